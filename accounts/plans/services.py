"""An organization gets another plan."""

from collections.abc import Mapping
from copy import copy
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.actor import OPERATOR, Actor
from accounts.audit.actions import Action
from accounts.audit.record import record_deed
from accounts.models import Organization
from accounts.signals import plan_changed
from codegen_site.errors import ValidationException

FIELDS = ("plan", "plan_overrides")


@transaction.atomic
def change_plan(
    *,
    organization: Organization,
    plan: str | None = None,
    overrides: Mapping[str, Any] | None = None,
    by: Actor = OPERATOR,
) -> None:
    """Change what is given; it holds from the next request on. Raises `ValidationException`."""
    before = _state_of(organization)
    changed = copy(organization)
    changed.plan = organization.plan if plan is None else plan
    changed.plan_overrides = organization.plan_overrides if overrides is None else dict(overrides)
    _refuse_malformed(changed)
    organization.plan, organization.plan_overrides = changed.plan, changed.plan_overrides
    organization.save(update_fields=FIELDS)
    after = _state_of(organization)
    record_deed(Action.ORGANIZATION_PLAN_CHANGED, organization, by=by, before=before, after=after)
    plan_changed.send(Organization, organization=organization)


def _state_of(organization: Organization) -> dict[str, Any]:
    return {name: getattr(organization, name) for name in FIELDS}


def _refuse_malformed(organization: Organization) -> None:
    try:
        organization.clean_fields(exclude={field.name for field in Organization._meta.fields} - set(FIELDS))
    except ValidationError as error:
        problems = error.message_dict.items()
        details = [{"field": field, "message": text} for field, texts in problems for text in texts]
        raise ValidationException(details=details) from error
