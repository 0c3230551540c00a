"""All quotas of an organization with what is used of them."""

from django.utils import timezone

from accounts.ledger.caps import Caps
from accounts.ledger.periods import month_of
from accounts.ledger.places import count_keys
from accounts.ledger.quota import Quota, QuotaState
from accounts.ledger.states import states_of_key, states_of_organization
from accounts.models import ApiKey, Organization
from accounts.plans.reading import limits_of


def quotas_of_request(organization: Organization, api_key: ApiKey | None) -> list[QuotaState]:
    """Those that a request uses up, in the order in which they are looked at."""
    now = timezone.now()
    states = states_of_organization(organization, caps=Caps.of_plan(limits_of(organization)), now=now)
    if api_key is not None and api_key.monthly_budget_microusd is not None:
        states += states_of_key(api_key, now=now)
    return states


def all_quotas(organization: Organization, api_key: ApiKey | None) -> list[QuotaState]:
    limits = limits_of(organization)
    period = f"{month_of(timezone.now()):%Y-%m}"
    return [
        *quotas_of_request(organization, api_key),
        QuotaState(
            quota=Quota.MEMBERS, used=organization.memberships.count(), limit=limits.members, period=period
        ),
        QuotaState(quota=Quota.KEYS, used=count_keys(organization), limit=limits.keys, period=period),
    ]
