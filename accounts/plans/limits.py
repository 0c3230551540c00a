"""What an organization may do: its plan as a frozen record."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from accounts.limits.buckets import Rate


@dataclass(frozen=True, kw_only=True, slots=True)
class Rates:
    """The buckets of one class of routes; a request takes a token from each that there is."""

    key: Rate | None = None
    organization: Rate | None = None
    address: Rate | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """Money is in micro-USD, days and months are those of UTC. `None` is without a limit.

    `queue_share` is the size of the organization's window in the queue, 1 being the usual one.
    """

    plan: str
    name: str
    requests_per_day: int | None
    tokens_per_month: int | None
    money_per_month_microusd: int | None
    stored_bytes: int | None
    members: int | None
    keys: int | None
    generations_in_flight: int | None
    max_body_bytes: int | None
    max_prompt_chars: int | None
    queue_share: float
    rates: Mapping[str, Rates] = field(default_factory=lambda: MappingProxyType({}))


def tighter(of_plan: int | None, of_installation: int) -> int:
    return of_installation if of_plan is None else min(of_plan, of_installation)
