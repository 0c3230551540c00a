"""An hour is compared with those before it: of an organization, and of each of its keys."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Sum
from django.db.models.functions import TruncHour

from accounts.anomalies.judging import Calls, fails_oddly, share_limit, spend_limit
from accounts.anomalies.networks import new_networks
from accounts.ledger.periods import day_of
from accounts.models import AnomalyKind, UsageRecord

HISTORY = timedelta(days=14)
HOUR = timedelta(hours=1)

# The whole organization, or one of its keys; and the beginning of the hour.
Subject = UUID | None
Hours = Mapping[datetime, int]
# Of an organization since a time: the calls of each hour, for all of it and for each key.
CallsReader = Callable[[UUID, datetime], Mapping[Subject, Mapping[datetime, Calls]]]

_readers: list[CallsReader] = []


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    kind: AnomalyKind
    subject: Subject
    where: str
    observed: str
    expected: str = ""


def reads_calls(reader: CallsReader) -> CallsReader:
    """Above a function that knows how many calls there were, and how many failed."""
    _readers.append(reader)
    return reader


def find_anomalies(organization_id: UUID, *, hour: datetime) -> Iterator[Finding]:
    """In the hour that begins then."""
    yield from _find_spend(organization_id, hour)
    yield from _find_errors(organization_id, hour)
    for known in new_networks(organization_id, since=hour).filter(first_seen_at__lt=hour + HOUR):
        yield Finding(
            kind=AnomalyKind.NETWORK,
            subject=known.api_key_id,
            where=known.network,
            observed=known.network,
        )


def _find_spend(organization_id: UUID, hour: datetime) -> Iterator[Finding]:
    for subject, hours in _spend_of(organization_id, hour - HISTORY, hour + HOUR).items():
        history = [spent for at, spent in hours.items() if at < hour]
        limit = spend_limit(history, floor=settings.ANOMALY_SPEND_FLOOR_MICROUSD)
        if limit is not None and hours.get(hour, 0) > limit:
            yield Finding(
                kind=AnomalyKind.SPEND,
                subject=subject,
                where=hour.isoformat(),
                observed=f"{hours[hour] / 1_000_000:.6f} USD",
                expected=f"at most {limit / 1_000_000:.6f} USD",
            )


def _find_errors(organization_id: UUID, hour: datetime) -> Iterator[Finding]:
    for reader in _readers:
        for subject, hours in reader(organization_id, hour - HISTORY).items():
            history = [calls for at, calls in hours.items() if at < hour]
            now = hours.get(hour, Calls(total=0, failed=0))
            if fails_oddly(now, history):
                yield Finding(
                    kind=AnomalyKind.ERRORS,
                    subject=subject,
                    where=hour.isoformat(),
                    observed=f"{now.failed:,} of {now.total:,} failed",
                    expected=f"at most {share_limit(history):.0%}",
                )


def _spend_of(organization_id: UUID, since: datetime, until: datetime) -> dict[Subject, dict[datetime, int]]:
    records = UsageRecord.objects.filter(
        organization=organization_id, day__gte=day_of(since), created_at__gte=since, created_at__lt=until
    )
    by_hour = (
        records.order_by().annotate(hour=TruncHour("created_at", tzinfo=UTC)).values("api_key_id", "hour")
    )
    spent: dict[Subject, dict[datetime, int]] = defaultdict(lambda: defaultdict(int))
    for row in by_hour.annotate(cost=Sum("cost_microusd")):
        spent[None][row["hour"]] += row["cost"]
        if row["api_key_id"]:
            spent[row["api_key_id"]][row["hour"]] += row["cost"]
    return spent
