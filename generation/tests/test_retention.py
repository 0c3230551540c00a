"""What was kept for long enough goes, class by class, and nothing else does."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import AuditEntry, Organization, StoredBytes
from accounts.organizations.deletion import delete_in_chunks
from accounts.retention.applying import apply_retention
from accounts.retention.classes import ERASERS, Kept
from accounts.retention.services import change_retention
from accounts.testing import Cast
from codegen_site.tests.isolation_world import Things, fill
from generation.integrations import known_answers
from generation.models import Attempt, File, Generation, WebhookDelivery, WebhookEvent
from generation.settling import bytes_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def things(cast: Cast, settings: Settings) -> dict[str, Things]:
    """Of two organizations, all of it forty days old."""
    filled = {one.slug: fill(one) for one in (cast.organization, cast.other_organization)}
    then = timezone.now() - timedelta(days=40)
    Generation.objects.update(finished_at=then, created_at=then)
    Attempt.objects.update(messages=[{"role": "user", "content": "mark-acme-messages"}])
    WebhookEvent.objects.update(created_at=then)
    StoredBytes.objects.all().delete()
    settings.RETENTION_DAYS = dict.fromkeys(settings.RETENTION_DAYS, 0)
    return filled


def apply(organization: Organization, *, dry_run: bool = False, **days: Any) -> dict[str, int]:
    change_retention(organization=organization, days={Kept(name): number for name, number in days.items()})
    outcomes = apply_retention(organizations=[organization], dry_run=dry_run)
    return {outcome.kept.value: outcome.number for outcome in outcomes}


def state(slug: str) -> dict[str, Any]:
    generation = Generation.objects.filter(organization__slug=slug, files__isnull=False).first()
    owned = Generation.objects.filter(organization__slug=slug)
    attempts = Attempt.objects.filter(generation__in=owned)
    return {
        "prompts": owned.exclude(prompt="").count(),
        "metadata": owned.exclude(metadata={}).count(),
        "messages": attempts.exclude(messages=[]).count(),
        "files": File.objects.filter(generation__in=owned).count(),
        "texts": owned.exclude(message="").count(),
        "answers": attempts.exclude(answer="").count(),
        "events": WebhookEvent.objects.filter(organization__slug=slug).count(),
        "deliveries": WebhookDelivery.objects.filter(organization__slug=slug).count(),
        "generation": bool(generation) or owned.exists(),
    }


ALL = {
    "prompts": 2,
    "metadata": 1,
    "messages": 1,
    "files": 1,
    "texts": 1,
    "answers": 1,
    "events": 1,
    "deliveries": 1,
    "generation": True,
}
GONE: dict[str, dict[str, int]] = {
    "prompts": {"prompts": 0, "metadata": 0, "messages": 0},
    "files": {"files": 0, "texts": 0},
    "raw_answers": {"answers": 0, "messages": 0},
    "events": {"events": 0, "deliveries": 0},
}


@pytest.mark.parametrize("kept", GONE)
def test_one_class_goes_and_the_others_stay(things: dict[str, Things], cast: Cast, kept: str) -> None:
    assert state("acme") == ALL
    days: Any = {kept: 30}
    assert apply(cast.organization, dry_run=True, **days) == {kept: 2 if kept == "prompts" else 1}
    assert state("acme") == ALL
    assert apply(cast.organization, **days) == {kept: 2 if kept == "prompts" else 1}
    assert state("acme") == {**ALL, **GONE[kept]}
    assert state("elsewhere") == ALL
    assert apply_retention(organizations=[cast.organization]) == []
    entry = AuditEntry.objects.filter(action="retention.applied").latest("id")
    assert (entry.details["kept"], entry.details["days"], entry.object_id) == (
        kept,
        30,
        str(cast.organization.pk),
    )


def test_what_is_younger_stays(things: dict[str, Things], cast: Cast) -> None:
    days: Any = dict.fromkeys(GONE, 41)
    days["events"] = 30
    WebhookEvent.objects.update(created_at=timezone.now() - timedelta(days=29))
    assert apply(cast.organization, **days) == {}
    assert state("acme") == ALL


def test_nothing_is_left_of_any_class(
    things: dict[str, Things], cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    forgotten: list[str] = []
    monkeypatch.setattr(known_answers, "forget_answer", forgotten.append)
    Generation.objects.filter(organization=cast.organization).update(answer_key="known")
    apply(cast.organization, prompts=1, files=1, raw_answers=1, events=1)
    rows = [*Generation.objects.values(), *Attempt.objects.values(), *WebhookEvent.objects.values()]
    acme = str([row for row in rows if "mark-elsewhere" not in str(row)]) + str(list(File.objects.values()))
    private = ("prompt", "metadata", "message", "file", "answer", "messages", "event")
    assert [mark for mark in private if f"mark-acme-{mark}'" in acme or f'mark-acme-{mark}"' in acme] == []
    assert "known" in forgotten
    assert bytes_of(cast.organization) == 0
    assert StoredBytes.objects.get(organization=cast.organization).bytes < 0  # it was not counted before


def test_what_runs_and_what_a_refinement_needs_stays(things: dict[str, Things], cast: Cast) -> None:
    parent = Generation.objects.filter(organization=cast.organization, files__isnull=False).get()
    Generation.objects.create(organization=cast.organization, prompt="blue", model="m", parent=parent)
    assert "files" not in apply(cast.organization, files=1)
    assert File.objects.filter(generation=parent).exists()


def test_an_event_on_its_way_stays(things: dict[str, Things], cast: Cast) -> None:
    WebhookDelivery.objects.update(status=WebhookDelivery.Status.PENDING)
    assert apply(cast.organization, events=1) == {}


def test_every_class_has_an_eraser() -> None:
    assert set(ERASERS) == set(Kept)


def test_many_go_some_at_a_time(
    things: dict[str, Things], cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generation.retention.AT_ONCE", 3)
    then = timezone.now() - timedelta(days=40)
    Generation.objects.bulk_create(
        Generation(organization=cast.organization, prompt="x", model="m", status="failed", finished_at=then)
        for _ in range(10)
    )
    assert apply(cast.organization, prompts=30) == {"prompts": 12}
    assert delete_in_chunks(Generation.objects.filter(prompt="x")) == 0


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generation.erasing.purge_events", lambda **_: None)
