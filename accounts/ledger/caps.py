"""The limits that one balance is held against."""

from dataclasses import dataclass
from typing import Self

from accounts.models import ApiKey, Balance
from accounts.plans.limits import Limits


@dataclass(frozen=True, kw_only=True, slots=True)
class Caps:
    """`None` is no limit."""

    microusd: int | None = None
    tokens: int | None = None
    requests: int | None = None
    stored_bytes: int | None = None

    @classmethod
    def of_plan(cls, limits: Limits) -> Self:
        return cls(
            microusd=limits.money_per_month_microusd,
            tokens=limits.tokens_per_month,
            requests=limits.requests_per_day,
            stored_bytes=limits.stored_bytes,
        )

    @classmethod
    def of_key(cls, api_key: ApiKey) -> Self:
        return cls(microusd=api_key.monthly_budget_microusd)

    @classmethod
    def last_seen(cls, balance: Balance) -> Self:
        """Those of the last reservation."""
        return cls(
            microusd=balance.limit_microusd, tokens=balance.limit_tokens, requests=balance.limit_requests
        )
