"""An hour in which much fails is found, and told to the webhooks."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from accounts.anomalies.concluding import look_for_anomalies
from accounts.anomalies.judging import Calls
from accounts.models import Anomaly, ApiKey
from accounts.testing import Cast
from generation.anomalies import calls_of
from generation.models import Generation, WebhookEndpoint, WebhookEvent

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 12, 5, tzinfo=UTC)
HOUR = datetime(2026, 11, 20, 11, tzinfo=UTC)


def end(cast: Cast, at: datetime, *, completed: int = 0, failed: int = 0, cancelled: int = 0) -> None:
    key = ApiKey.objects.filter(organization=cast.organization)[0]
    statuses = ["completed"] * completed + ["failed"] * failed + ["cancelled"] * cancelled
    Generation.objects.bulk_create(
        Generation(
            organization=cast.organization, api_key=key, prompt="x", model="m", status=status, finished_at=at
        )
        for status in statuses
    )


def test_calls_are_counted_by_the_hour_for_all_and_for_each_key(cast: Cast) -> None:
    end(cast, HOUR, completed=3, failed=1, cancelled=5)
    end(cast, HOUR + timedelta(minutes=59), failed=2)
    key = ApiKey.objects.filter(organization=cast.organization)[0]
    expected = {HOUR: Calls(total=6, failed=3)}
    assert calls_of(cast.organization.pk, HOUR - timedelta(days=1)) == {None: expected, key.pk: expected}
    assert calls_of(cast.other_organization.pk, HOUR - timedelta(days=1)) == {}


def test_an_hour_in_which_much_fails_is_an_event(cast: Cast) -> None:
    WebhookEndpoint.objects.create(organization=cast.organization, url="https://hooks.example/x")
    for hours in range(1, 30):
        end(cast, HOUR - timedelta(hours=hours), completed=3)
    end(cast, HOUR, completed=10, failed=20)
    assert look_for_anomalies(now=NOW) == 2
    assert {anomaly.kind for anomaly in Anomaly.objects.all()} == {"errors"}
    bodies = [json.loads(event.body) for event in WebhookEvent.objects.filter(type="anomaly.found")]
    assert {body["data"]["observed"] for body in bodies} == {"20 of 30 failed"}
    assert len(bodies) == 2
