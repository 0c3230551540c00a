"""What the calls of a generation used, by model and purpose."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.ledger.usage import Used
from generation.models import Attempt, Generation


@dataclass(frozen=True, kw_only=True, slots=True)
class CallUsage:
    """One call that came to its end."""

    model: str
    purpose: str
    input_tokens: int
    output_tokens: int
    reasoning_tokens: int
    cached_tokens: int
    cost_microusd: int


FIGURES = ("input_tokens", "output_tokens", "reasoning_tokens", "cached_tokens", "cost_microusd")


def usage_of(calls: Iterable[CallUsage]) -> list[Used]:
    """In the order in which the purposes came up."""
    groups: dict[tuple[str, str], list[CallUsage]] = {}
    for call in calls:
        groups.setdefault((call.model, call.purpose), []).append(call)
    return [
        Used(
            model=model,
            purpose=purpose,
            calls=len(group),
            **{name: sum(getattr(call, name) for call in group) for name in FIGURES},
        )
        for (model, purpose), group in groups.items()
    ]


def calls_of(generation: Generation) -> list[CallUsage]:
    """Those of this run. What it had bought when it failed, before it was run once more, was told then."""
    if generation.started_at is None:
        return []
    ended = Attempt.objects.filter(
        generation=generation, status=Attempt.Status.FINISHED, started_at__gte=generation.started_at
    )
    rows = ended.order_by("id").values_list("purpose", "model", *FIGURES)
    return [
        CallUsage(model=model, purpose=purpose, **dict(zip(FIGURES, figures, strict=True)))
        for purpose, model, *figures in rows
    ]
