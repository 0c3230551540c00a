"""What came of the generations that were asked with each version of the texts."""

from dataclasses import dataclass
from datetime import datetime
from math import sqrt

from django.db.models import Avg, Count, Exists, F, OuterRef, Q, Sum

from generation.models import Attempt, Generation

Status = Generation.Status
ENDED = (Status.COMPLETED, Status.INCOMPLETE, Status.FAILED)
# Of the normal distribution, for an interval that holds the true share in 95 of 100 cases.
Z = 1.96


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """Of those that ended: `repaired` needed more than one call of a model. Tokens and time are means."""

    row_id: int | None
    version: str
    ended: int
    completed: int
    incomplete: int
    failed: int
    repaired: int
    input_tokens: float
    output_tokens: float
    cost_microusd: int
    latency_s: float | None

    @property
    def completed_share(self) -> float:
        return self.completed / self.ended

    @property
    def interval(self) -> tuple[float, float]:
        """Where the share of completed ones lies in truth, very likely."""
        return wilson_interval(self.completed, self.ended)


def outcomes_since(since: datetime) -> list[Outcome]:
    """Those of all versions, the most used first. In one query.

    Left out is what no model was asked for: answers that were known, and requests that had joined another.
    """
    asked = Generation.objects.filter(
        created_at__gte=since, status__in=ENDED, cached=False, leader=None
    ).exclude(prompt_version="")
    later_call = Attempt.objects.filter(generation=OuterRef("pk"), number__gt=1)
    rows = (
        asked.order_by()
        .values("prompt_texts_id", "prompt_version")
        .annotate(
            ended=Count("pk"),
            completed=Count("pk", filter=Q(status=Status.COMPLETED)),
            incomplete=Count("pk", filter=Q(status=Status.INCOMPLETE)),
            failed=Count("pk", filter=Q(status=Status.FAILED)),
            repaired=Count("pk", filter=Exists(later_call)),
            mean_input_tokens=Avg("input_tokens"),
            mean_output_tokens=Avg("output_tokens"),
            total_microusd=Sum("cost_microusd"),
            mean_time=Avg(F("finished_at") - F("started_at")),
        )
        .order_by("-ended", "prompt_version")
    )
    return [
        Outcome(
            row_id=row["prompt_texts_id"],
            version=row["prompt_version"],
            ended=row["ended"],
            completed=row["completed"],
            incomplete=row["incomplete"],
            failed=row["failed"],
            repaired=row["repaired"],
            input_tokens=row["mean_input_tokens"],
            output_tokens=row["mean_output_tokens"],
            cost_microusd=row["total_microusd"],
            latency_s=row["mean_time"].total_seconds() if row["mean_time"] is not None else None,
        )
        for row in rows
    ]


def wilson_interval(hits: int, of: int) -> tuple[float, float]:
    """Wilson's score interval, which is honest for few tries and for shares near 0 and 1."""
    if of == 0:
        return 0.0, 1.0
    share, square = hits / of, Z * Z / of
    middle = (share + square / 2) / (1 + square)
    half = Z * sqrt(share * (1 - share) / of + square / (4 * of)) / (1 + square)
    return max(0.0, middle - half), min(1.0, middle + half)
