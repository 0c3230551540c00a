"""A plan says how large an organization's share of the queue is."""

from typing import Any

from django.dispatch import receiver

from accounts.models import Organization
from accounts.plans.reading import limits_of
from accounts.signals import plan_changed
from jobs.models import OwnerWeight

USUAL = 1.0


@receiver(plan_changed)
def weigh_owner(organization: Organization, **kwargs: Any) -> None:
    share = limits_of(organization).queue_share
    owner = str(organization.pk)
    if share == USUAL:
        OwnerWeight.objects.filter(owner=owner).delete()
    else:
        OwnerWeight.objects.update_or_create(owner=owner, defaults={"weight": share})
