"""How long after so many failures the next attempt has to wait. Growing, and never for ever."""

from dataclasses import dataclass
from datetime import timedelta

from accounts.models import LockOut

LONGEST = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """`free` failures cost nothing, the next ones 1, 2, 4… times `first`; after `forgotten` all are."""

    free: int
    forgotten: timedelta
    first: timedelta = timedelta(seconds=1)
    longest: timedelta = LONGEST


POLICIES: dict[str, Policy] = {
    # Of a whole office, perhaps.
    LockOut.Kind.ADDRESS: Policy(free=20, forgotten=timedelta(hours=1)),
    LockOut.Kind.ACCOUNT: Policy(free=5, forgotten=timedelta(days=1)),
    LockOut.Kind.DEVICE: Policy(free=10, forgotten=timedelta(hours=1)),
    LockOut.Kind.CODE: Policy(free=5, forgotten=timedelta(days=1)),
    # Not failures, but e-mails: a few, and then one now and then.
    LockOut.Kind.LETTER: Policy(
        free=3, forgotten=timedelta(days=1), first=timedelta(minutes=5), longest=timedelta(hours=6)
    ),
    LockOut.Kind.ASKER: Policy(free=10, forgotten=timedelta(hours=1), first=timedelta(seconds=30)),
}


def delay_after(failures: int, policy: Policy) -> timedelta:
    over = failures - policy.free
    if over <= 0:
        return timedelta()
    # Bounded before it is multiplied: a timedelta has its limits.
    factor: int = 2 ** min(over - 1, 20)
    return min(policy.first * factor, policy.longest)
