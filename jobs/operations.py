"""What an operator can do to many jobs at once, in the admin and on the command line."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from jobs import services
from jobs.models import JobQuerySet


@dataclass(frozen=True, kw_only=True, slots=True)
class Operation:
    """`moment` is the field that tells since when a job qualifies."""

    name: str
    done: str
    those: str
    explanation: str
    qualified: Callable[[JobQuerySet], JobQuerySet]
    moment: str
    carry_out: Callable[[Iterable[UUID]], services.MassOutcome]

    @property
    def label(self) -> str:
        return self.name.capitalize()


RETRY = Operation(
    name="retry",
    done="retried",
    those="dead",
    explanation="Each runs again with all its attempts before it.",
    qualified=JobQuerySet.dead,
    moment="finished_at",
    carry_out=services.retry_dead_jobs,
)
DISCARD = Operation(
    name="discard",
    done="discarded",
    those="dead",
    explanation="Each stays on record as failed and is no dead letter any more. It cannot be retried later.",
    qualified=JobQuerySet.dead,
    moment="finished_at",
    carry_out=services.discard_jobs,
)
CANCEL = Operation(
    name="cancel",
    done="cancelled",
    those="waiting or running",
    explanation="What waits ends now; the worker of what runs stops it within moments.",
    qualified=JobQuerySet.unfinished,
    moment="enqueued_at",
    carry_out=services.cancel_jobs,
)
OPERATIONS = {operation.name: operation for operation in (RETRY, DISCARD, CANCEL)}


def offered_for(state: str) -> list[Operation]:
    """What can be done to a job in this state."""
    if state == "dead":
        return [RETRY, DISCARD]
    return [CANCEL] if state in ("ready", "parked", "scheduled", "running") else []
