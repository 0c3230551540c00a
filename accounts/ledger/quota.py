"""How much of a quota is used, and whether more fits in: figures, and decisions over them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models

from codegen_site.errors import QuotaExceeded


class Quota(models.TextChoices):
    REQUESTS = "requests_per_day", "requests of this day"
    TOKENS = "tokens_per_month", "tokens of this month"
    MONEY = "money_per_month", "money of this month"
    KEY_MONEY = "key_money_per_month", "this key's money of this month"
    STORED_BYTES = "stored_bytes", "bytes that may be stored"
    MEMBERS = "members", "members"
    KEYS = "keys", "API keys"


UNITS: dict[str, str] = {
    Quota.REQUESTS: "requests",
    Quota.TOKENS: "tokens",
    Quota.MONEY: "micro_usd",
    Quota.KEY_MONEY: "micro_usd",
    Quota.STORED_BYTES: "bytes",
    Quota.MEMBERS: "members",
    Quota.KEYS: "keys",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class QuotaState:
    """`limit` is `None` where there is none, `resets_at` where time alone frees nothing.

    `period` is the day or the month that it is about, or empty; `subject` the key with a budget of its own.
    """

    quota: Quota
    used: int
    reserved: int = 0
    limit: int | None = None
    resets_at: datetime | None = None
    period: str = ""
    subject: UUID | None = None

    @property
    def left(self) -> int | None:
        """Not below zero, also where a generation has cost more than was held for it."""
        return None if self.limit is None else max(0, self.limit - self.used - self.reserved)

    def takes(self, wanted: int) -> bool:
        """Something that wants nothing of a quota is not refused for it."""
        return self.left is None or wanted == 0 or wanted <= self.left

    def figures(self) -> dict[str, Any]:
        """JSON."""
        return {
            "quota": self.quota.value,
            "unit": UNITS[self.quota],
            "limit": self.limit,
            "used": self.used,
            "reserved": self.reserved,
            "resets_at": self.resets_at.isoformat().replace("+00:00", "Z") if self.resets_at else None,
        }


def find_shortage(wanted: Iterable[tuple[QuotaState, int]]) -> tuple[QuotaState, int] | None:
    """The first quota that has less left than is wanted of it."""
    return next(((state, more) for state, more in wanted if not state.takes(more)), None)


class Refusal(QuotaExceeded):
    """With the figures of the quota that has too little left."""

    def __init__(self, state: QuotaState, wanted: int) -> None:
        self.state = state
        taken = f"{state.used:,} are used" + (f" and {state.reserved:,} reserved" if state.reserved else "")
        super().__init__(
            f"The quota of {state.limit or 0:,} {UNITS[state.quota]} ({state.quota.label}) has no room for"
            f" {wanted:,} more: {taken}.",
            details={**state.figures(), "requested": wanted},
        )
