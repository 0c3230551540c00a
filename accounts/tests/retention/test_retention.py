"""For how long something is kept, who says so, and what goes of the audit log."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.audit.sealing import seal_entries
from accounts.audit.verifying import verify_chain
from accounts.models import AuditChain, AuditEntry
from accounts.retention.applying import apply_retention
from accounts.retention.classes import Kept
from accounts.retention.periods import days_in_force, in_force
from accounts.retention.services import change_retention
from accounts.testing import Cast, make_cast
from accounts.tests.audit.conftest import write

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/organization/retention"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def alice(cast: Cast, client: Client) -> Client:
    client.force_login(cast.alice)
    return client


def change(client: Client, **days: Any) -> Any:
    return client.patch(ADDRESS, days, content_type="application/json")


@pytest.mark.parametrize(
    ("kept", "chosen", "usual", "days"),
    [
        (Kept.PROMPTS, None, 0, 0),
        (Kept.PROMPTS, None, 30, 30),
        (Kept.PROMPTS, 7, 0, 7),
        (Kept.PROMPTS, 7, 30, 7),
        (Kept.PROMPTS, 90, 30, 30),
        (Kept.AUDIT, 7, 0, 90),
        (Kept.AUDIT, 7, 365, 90),
        (Kept.AUDIT, 120, 365, 120),
        (Kept.AUDIT, 500, 365, 365),
        (Kept.AUDIT, 7, 30, 30),
    ],
)
def test_what_is_in_force(kept: Kept, chosen: int | None, usual: int, days: int) -> None:
    assert in_force(kept, chosen=chosen, usual=usual) == days


def test_an_owner_chooses_and_it_is_told(cast: Cast, alice: Client, settings: Settings) -> None:
    settings.RETENTION_DAYS = {**settings.RETENTION_DAYS, "files": 60}
    assert change(alice, prompts=7, audit=100).status_code == 200
    shown = change(alice, prompts=14).json()
    assert shown == alice.get(ADDRESS).json()
    assert shown["chosen"] == {
        "prompts": 14,
        "files": None,
        "raw_answers": None,
        "events": None,
        "audit": 100,
    }
    assert shown["in_force"] == {
        "prompts": 14,
        "files": 60,
        "raw_answers": None,
        "events": 30,
        "audit": 100,
    }
    entry = AuditEntry.objects.filter(action="retention.changed").latest("id")
    assert (entry.before, entry.after) == ({"prompts": 7}, {"prompts": 14})
    assert change(alice, prompts=None).json()["in_force"]["prompts"] is None


@pytest.mark.parametrize("days", [0, -1, 3_651, "7", True, 1.5])
def test_what_is_no_number_of_days_is_refused(alice: Client, days: Any) -> None:
    response = change(alice, files=days)
    assert response.status_code == 400
    assert response.json()["error"]["details"][0]["field"] == "files"


def test_old_entries_go_and_the_chain_holds(cast: Cast, settings: Settings) -> None:
    """The clock is the only thing that makes entries old: their time is signed."""
    settings.RETENTION_AUDIT_AT_LEAST_DAYS = 0
    organization = cast.organization
    write(organization, 5)
    seal_entries()
    number = AuditEntry.objects.for_organization(organization).count()
    change_retention(organization=organization, days={Kept.AUDIT: 1})
    assert days_in_force(organization)[Kept.AUDIT] == 1
    assert apply_retention(organizations=[organization]) == []
    tomorrow = timezone.now() + timedelta(days=1, seconds=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("accounts.retention.applying.timezone.now", lambda: tomorrow)
        [would] = apply_retention(organizations=[organization], dry_run=True)
        assert AuditEntry.objects.for_organization(organization).count() == number + 1
        [outcome] = apply_retention(organizations=[organization])
    assert (would.number, outcome.number) == (number, number)
    seal_entries()
    assert verify_chain(str(organization.pk)).breaks == []
    assert verify_chain(str(cast.other_organization.pk)).breaks == []


def test_a_broken_chain_stays_whole(cast: Cast, settings: Settings) -> None:
    settings.RETENTION_DAYS = {**settings.RETENTION_DAYS, "audit": 1}
    write(cast.organization, 5)
    seal_entries()
    AuditChain.objects.filter(name=str(cast.organization.pk)).update(position=2)
    number = AuditEntry.objects.for_organization(cast.organization).count()
    tomorrow = timezone.now() + timedelta(days=2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("accounts.retention.applying.timezone.now", lambda: tomorrow)
        assert apply_retention(organizations=[cast.organization]) == []
    assert AuditEntry.objects.for_organization(cast.organization).count() == number


def test_the_command_says_what_would_go(cast: Cast) -> None:
    out = io.StringIO()
    call_command("retention", "--dry-run", "--organization", "acme", stdout=out)
    assert out.getvalue() == "Nothing was kept for long enough.\n"
    call_command("retention", stdout=out)
    with pytest.raises(CommandError, match="no organization"):
        call_command("retention", "--organization", "nowhere")
