"""The journal of a job's paid calls. Called inside a transaction that is fenced by the claim."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from jobs.metrics import CALLS_LOST
from jobs.models import Step


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What a step gave when it was bought."""

    output: Any
    cost_microusd: int


def start_step(*, job_id: UUID, name: str, claim_no: int) -> Known | None:
    """Its output, if it was bought already; `None` when it is to be called.

    A call that was started earlier, and whose end nobody recorded, is counted as lost.
    """
    step, is_new = Step.objects.get_or_create(job_id=job_id, name=name, defaults={"claim_no": claim_no})
    if step.finished_at is not None:
        return Known(output=step.output, cost_microusd=step.cost_microusd)
    if not is_new:
        lost = int(step.is_calling)
        CALLS_LOST.inc(lost)
        Step.objects.filter(id=step.id).update(
            claim_no=claim_no, is_calling=True, calls_lost=F("calls_lost") + lost, started_at=timezone.now()
        )
    return None


def finish_step(*, job_id: UUID, name: str, output: Any, cost_microusd: int) -> None:
    Step.objects.filter(job_id=job_id, name=name).update(
        is_calling=False,
        output=output,
        cost_microusd=cost_microusd,
        lost_microusd=F("calls_lost") * cost_microusd,
        finished_at=timezone.now(),
    )


def fail_step(*, job_id: UUID, name: str) -> None:
    """The far side has refused the call, or broken off: it is over, and nothing was bought."""
    Step.objects.filter(job_id=job_id, name=name).update(is_calling=False)
