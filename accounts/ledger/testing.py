"""Plans and holds for tests."""

from typing import Any
from uuid import UUID, uuid4

from accounts.ledger.amounts import Amount
from accounts.ledger.closing import Bill, settle
from accounts.ledger.reserving import NewHold, reserve
from accounts.models import ApiKey, Balance, Organization
from accounts.plans.services import change_plan


def limit(organization: Organization, **overrides: Any) -> Organization:
    """The organization with these limits in its plan, which has none of its own."""
    change_plan(organization=organization, plan="unlimited", overrides=overrides)
    return organization


def hold(
    organization: Organization, microusd: int, *, tokens: int = 10, api_key: ApiKey | None = None
) -> UUID:
    """The id of the generation for which it is held."""
    generation_id = uuid4()
    amount = Amount(microusd=microusd, tokens=tokens)
    reserve(
        organization=organization,
        api_key=api_key,
        holds=[NewHold(generation_id=generation_id, amount=amount)],
    )
    return generation_id


def bill(organization: Organization, generation_id: UUID, microusd: int, *, tokens: int = 10) -> bool:
    return settle(
        Bill(
            organization_id=organization.pk,
            api_key_id=None,
            generation_id=generation_id,
            amount=Amount(microusd=microusd, tokens=tokens),
        )
    )


def figures_of(organization: Organization, api_key: ApiKey | None = None) -> tuple[int, int, int, int]:
    """Of its only balance: reserved and spent money, reserved and spent tokens."""
    balance = Balance.objects.get(organization=organization, api_key_id=api_key.pk if api_key else None)
    return (
        balance.reserved_microusd,
        balance.spent_microusd,
        balance.reserved_tokens,
        balance.spent_tokens,
    )
