from typing import TYPE_CHECKING, Self, TypeVar

from django.db import models

if TYPE_CHECKING:
    from accounts.models import Organization

M_co = TypeVar("M_co", bound=models.Model, covariant=True)


class OrganizationQuerySet(models.QuerySet[M_co]):
    """The look-ups of a model with a field `organization`: the only way to a tenant's rows."""

    def for_organization(self, organization: "Organization") -> Self:
        return self.filter(organization=organization)
