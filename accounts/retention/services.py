from collections.abc import Mapping

from django.db import transaction

from accounts.actor import OPERATOR, Actor
from accounts.audit.actions import Action
from accounts.audit.record import record_deed
from accounts.models import Organization, RetentionPolicy
from accounts.organizations.services import lock_organization
from accounts.retention.classes import Kept
from accounts.retention.periods import chosen_days


@transaction.atomic
def change_retention(
    *, organization: Organization, days: Mapping[Kept, int | None], by: Actor = OPERATOR
) -> None:
    """What is given; None is the default of the installation again. It takes effect with the next run."""
    locked = lock_organization(organization)
    before = chosen_days(locked)
    given = {f"{kept.value}_days": number for kept, number in days.items()}
    RetentionPolicy.objects.update_or_create(organization=locked, defaults=given)
    record_deed(
        Action.RETENTION_CHANGED,
        locked,
        by=by,
        before={kept.value: number for kept, number in before.items()},
        after={kept.value: number for kept, number in chosen_days(locked).items()},
    )
