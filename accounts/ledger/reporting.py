"""What an organization used and was billed for, grouped as it asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Sum, TextChoices
from django.db.models.functions import Coalesce

from accounts.models import ApiKey, Membership, Organization, UsageRecord
from accounts.models.usage_record import UsageRecordQuerySet
from codegen_site.errors import ValidationException

MOST_DAYS = 366
MOST_ROWS = 10_000


class Dimension(TextChoices):
    DAY = "day"
    MODEL = "model"
    KEY = "key"
    MEMBER = "member"
    FRAMEWORK = "framework"
    PURPOSE = "purpose"


# The columns of a dimension: the first is stored, the second looked up by it.
COLUMNS: Mapping[Dimension, tuple[str, ...]] = {
    Dimension.DAY: ("day",),
    Dimension.MODEL: ("model",),
    Dimension.KEY: ("api_key_id", "api_key_name"),
    Dimension.MEMBER: ("member_id", "member_email"),
    Dimension.FRAMEWORK: ("framework",),
    Dimension.PURPOSE: ("purpose",),
}
SUMMED = (
    "calls",
    "input_tokens",
    "output_tokens",
    "reasoning_tokens",
    "cached_tokens",
    "cost_microusd",
)
FIGURES = ("generations", *SUMMED)
AGGREGATES = {
    "sum_generations": Count("generation_id", distinct=True),
    **{f"sum_{name}": Coalesce(Sum(name), 0) for name in SUMMED},
}


@dataclass(frozen=True, kw_only=True, slots=True)
class UsageQuery:
    """Both days belong to it."""

    organization: Organization
    since: date
    until: date
    group_by: tuple[Dimension, ...]

    @property
    def columns(self) -> list[str]:
        return [*(column for one in self.group_by for column in COLUMNS[one]), *FIGURES]

    def records(self) -> UsageRecordQuerySet:
        own = UsageRecord.objects.for_organization(self.organization)
        return own.filter(billed=True, day__gte=self.since, day__lte=self.until)


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """`rows` have the columns of the query."""

    rows: Sequence[dict[str, Any]]
    by_purpose: Sequence[dict[str, Any]]
    total: dict[str, Any]


def report_usage(query: UsageQuery) -> Report:
    """Raises `ValidationException` when there would be too many rows."""
    rows = _group(query, query.group_by)
    _add_names(query, rows)
    return Report(
        rows=rows,
        by_purpose=_group(query, (Dimension.PURPOSE,)),
        total=_figures_of(query.records().aggregate(**AGGREGATES)),
    )


def _group(query: UsageQuery, dimensions: Sequence[Dimension]) -> list[dict[str, Any]]:
    stored = [COLUMNS[dimension][0] for dimension in dimensions]
    grouped = query.records().order_by(*stored).values(*stored).annotate(**AGGREGATES)
    found = list(grouped[: MOST_ROWS + 1])
    if len(found) > MOST_ROWS:
        problem = {"field": "group_by", "message": f"This makes more than {MOST_ROWS:,} rows: ask for fewer."}
        raise ValidationException("The report would be too long.", details=[problem])
    return [{**{name: row[name] for name in stored}, **_figures_of(row)} for row in found]


def _figures_of(row: Mapping[str, Any]) -> dict[str, int]:
    return {name: row[f"sum_{name}"] for name in FIGURES}


def _add_names(query: UsageQuery, rows: Sequence[dict[str, Any]]) -> None:
    """Of keys and members that are still there."""
    if Dimension.KEY in query.group_by:
        keys = ApiKey.objects.for_organization(query.organization)
        names: dict[Any, str] = dict(keys.values_list("id", "name"))
        for row in rows:
            row["api_key_name"] = names.get(row["api_key_id"])
    if Dimension.MEMBER in query.group_by:
        members = Membership.objects.for_organization(query.organization)
        emails: dict[Any, str] = dict(members.values_list("id", "user__email"))
        for row in rows:
            row["member_email"] = emails.get(row["member_id"])
