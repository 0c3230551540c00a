"""The ledger hears of new plans."""

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from accounts.ledger.caps import Caps
from accounts.ledger.periods import month_of
from accounts.models import Balance, Organization, StoredBytes
from accounts.plans.reading import limits_of
from accounts.signals import plan_changed


@receiver(plan_changed)
def note_limits(organization: Organization, **kwargs: Any) -> None:
    """Thresholds are those of the new plan from now on, and not only after the next request."""
    caps = Caps.of_plan(limits_of(organization))
    balances = Balance.objects.for_organization(organization)
    balances.filter(api_key_id=None, month__gte=month_of(timezone.now())).update(
        limit_microusd=caps.microusd, limit_tokens=caps.tokens, limit_requests=caps.requests
    )
    StoredBytes.objects.for_organization(organization).update(limit_bytes=caps.stored_bytes)
