"""The table of what came of each version of the prompt texts."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from generation.models import PromptVersion
from generation.prompts.outcomes import Outcome, outcomes_since
from generation.prompts.serving import Serving, current_serving

WINDOWS = ("1", "7", "30", "90")
USUAL_WINDOW = "7"


class WindowFilter(admin.SimpleListFilter):
    """Filters no row: it says for how many days the outcomes are shown."""

    title = "days of the outcomes"
    parameter_name = "days"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(days, f"The last {days}") for days in WINDOWS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset

    def choices(self, changelist: Any) -> Iterator[Any]:
        shown = self.value() or USUAL_WINDOW
        for days, title in self.lookup_choices:
            query = changelist.get_query_string({self.parameter_name: days})
            yield {"selected": days == shown, "query_string": query, "display": title}


def outcome_table(request: HttpRequest, version: PromptVersion | None = None) -> dict[str, Any]:
    """Of all versions; on the page of one, its own beside those that are in use."""
    wanted = request.GET.get(WindowFilter.parameter_name, USUAL_WINDOW)
    days = int(wanted if wanted in WINDOWS else USUAL_WINDOW)
    serving = current_serving()
    outcomes = outcomes_since(timezone.now() - timedelta(days=days))
    if version:
        in_use = {chosen.row_id for chosen in (serving.usual, serving.candidate) if chosen}
        outcomes = [outcome for outcome in outcomes if outcome.row_id in {version.id, *in_use}]
    return {
        "outcome_days": days,
        "outcomes": [_row_of(outcome, serving) for outcome in outcomes],
        "usual_version": serving.usual.texts.version,
        "candidate_version": serving.candidate.texts.version if serving.candidate else "",
        "candidate_share": serving.share,
    }


def _row_of(outcome: Outcome, serving: Serving) -> dict[str, Any]:
    low, high = outcome.interval
    page = reverse("admin:generation_promptversion_change", args=[outcome.row_id]) if outcome.row_id else ""
    return {
        "outcome": outcome,
        "page": page,
        "is_in_use": outcome.version in {texts.version for texts in serving.all_texts()},
        "share": f"{100 * outcome.completed_share:.0f}",
        "low": f"{100 * low:.0f}",
        "high": f"{100 * high:.0f}",
        "width": f"{max(1.0, 100 * (high - low)):.0f}",
        "cost": f"{outcome.cost_microusd / 1_000_000:,.4f}",
        "latency": "" if outcome.latency_s is None else f"{outcome.latency_s:.1f}",
    }
