"""How many generations of an hour have failed; and an anomaly is an event of webhooks."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.db.models.functions import TruncHour
from django.dispatch import receiver

from accounts.anomalies.finding import Subject, reads_calls
from accounts.anomalies.judging import Calls
from accounts.models import Anomaly
from accounts.signals import anomaly_found
from generation.models import EventType, Generation
from generation.webhooks.events import record_event


@reads_calls
def calls_of(organization_id: UUID, since: datetime) -> Mapping[Subject, Mapping[datetime, Calls]]:
    """Of those that ended; what was cancelled says nothing."""
    ended = Generation.objects.filter(organization=organization_id, finished_at__gte=since)
    counted = ended.exclude(status=Generation.Status.CANCELLED).order_by()
    by_hour = counted.annotate(hour=TruncHour("finished_at", tzinfo=UTC)).values("api_key_id", "hour")
    calls: dict[Subject, dict[datetime, Calls]] = defaultdict(dict)
    failed = Count("id", filter=Q(status=Generation.Status.FAILED))
    for row in by_hour.annotate(total=Count("id"), failed=failed):
        for subject in {None, row["api_key_id"]}:
            known = calls[subject].get(row["hour"], Calls(total=0, failed=0))
            calls[subject][row["hour"]] = Calls(
                total=known.total + row["total"], failed=known.failed + row["failed"]
            )
    return calls


@receiver(anomaly_found)
def record_anomaly(anomaly: Anomaly, **kwargs: Any) -> None:
    record_event(
        organization_id=anomaly.organization_id,
        event_type=EventType.ANOMALY_FOUND,
        data={
            "id": str(anomaly.id),
            "object": "anomaly",
            "kind": str(anomaly.kind),
            "api_key_id": anomaly.subject or None,
            "where": anomaly.where,
            "observed": anomaly.observed,
            "expected": anomaly.expected,
            "key_suspended": anomaly.key_suspended,
        },
    )
