"""An organization stops, goes on, and goes for good: what others hear of it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.dispatch import Signal
from django.utils import timezone
from pytest_django import Settings

from accounts.actor import OPERATOR
from accounts.api_keys.authenticate import authenticate_key
from accounts.models import ApiKey, AuditEntry, Invitation, Membership, Organization, User
from accounts.organizations import deletion
from accounts.organizations.deletion import (
    delete_in_chunks,
    due_organizations,
    erase_organization,
    request_deletion,
    undo_deletion,
)
from accounts.organizations.invitations import invite
from accounts.organizations.signals import organization_erased, organization_resumed, organization_stopped
from accounts.organizations.suspension import suspend_organization, unsuspend_organization
from accounts.testing import Cast, make_cast, make_service_account, written_mails
from codegen_site.errors import Conflict, InvalidApiKey, ValidationException

pytestmark = pytest.mark.django_db

SIGNALS = {
    "stopped": organization_stopped,
    "resumed": organization_resumed,
    "erased": organization_erased,
}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def heard() -> Iterator[list[str]]:
    """What was told, in turn."""
    told: list[str] = []
    receivers = {name: _receiver(told, name) for name in SIGNALS}
    for name, signal in SIGNALS.items():
        signal.connect(receivers[name])
    yield told
    for name, signal in SIGNALS.items():
        signal.disconnect(receivers[name])


def _receiver(told: list[str], name: str) -> Any:
    def receive(sender: type, signal: Signal, organization: Organization, **kwargs: Any) -> None:
        told.append(name)

    return receive


def ask(organization: Organization, confirmation: str | None = None) -> Organization:
    return request_deletion(
        organization=organization, confirmation=confirmation or organization.slug, by=OPERATOR
    )


def let_it_be_due(organization: Organization) -> None:
    Organization.objects.filter(pk=organization.pk).update(deletion_due_at=timezone.now())


def test_it_is_suspended_and_goes_on(cast: Cast, heard: list[str]) -> None:
    stopped = suspend_organization(organization=cast.organization, reason="spam", by=OPERATOR)
    assert (stopped.is_suspended, stopped.suspended_reason) == (True, "spam")
    suspend_organization(organization=cast.organization, reason="again", by=OPERATOR)
    resumed = unsuspend_organization(organization=cast.organization, by=OPERATOR)
    assert (resumed.is_suspended, resumed.suspended_reason) == (False, "")
    unsuspend_organization(organization=cast.organization, by=OPERATOR)
    assert heard == ["stopped", "resumed"]
    assert authenticate_key(cast.key).organization == cast.organization
    actions = AuditEntry.objects.filter(action__endswith="suspended").order_by("id")
    assert [entry.action for entry in actions] == ["organization.suspended", "organization.unsuspended"]


def test_a_deletion_stops_it_at_once_and_for_some_days(
    cast: Cast, heard: list[str], settings: Settings
) -> None:
    settings.ORGANIZATION_DELETION_DELAY_DAYS = 3
    invite(organization=cast.organization, email="e@example.org", by=OPERATOR, site="")
    with written_mails() as mails:
        asked = ask(cast.organization)
        ask(cast.organization)
    assert asked.is_suspended
    assert asked.deletion_due_at is not None
    assert abs(asked.deletion_due_at - timezone.now() - timedelta(days=3)) < timedelta(minutes=1)
    with pytest.raises(InvalidApiKey):
        authenticate_key(cast.key)
    assert not Invitation.objects.open().exists()
    assert [mail.to for mail in mails] == ["alice@example.org"]
    assert "Acme" in mails[0].subject
    assert heard == ["stopped"]
    assert not due_organizations()


@pytest.mark.parametrize("confirmation", ["Acme", "acme ", "yes", "elsewhere"])
def test_it_takes_the_slug_to_delete_it(cast: Cast, confirmation: str) -> None:
    with pytest.raises(ValidationException) as refused:
        ask(cast.organization, confirmation)
    assert refused.value.details[0]["field"] == "confirm"
    cast.organization.refresh_from_db()
    assert not cast.organization.is_suspended


def test_it_is_undone_but_its_keys_stay_revoked(cast: Cast, heard: list[str]) -> None:
    ask(cast.organization)
    assert not undo_deletion(organization=cast.organization, by=OPERATOR).is_suspended
    assert heard == ["stopped", "resumed"]
    assert not ApiKey.objects.for_organization(cast.organization).filter(revoked_at=None).exists()
    with pytest.raises(Conflict):
        undo_deletion(organization=cast.organization, by=OPERATOR)


def test_what_is_suspended_stays_so_when_its_deletion_is_undone(cast: Cast, heard: list[str]) -> None:
    suspend_organization(organization=cast.organization, reason="spam", by=OPERATOR)
    ask(cast.organization)
    unsuspend_organization(organization=cast.organization, by=OPERATOR)
    suspend_organization(organization=cast.organization, reason="spam", by=OPERATOR)
    undo_deletion(organization=cast.organization, by=OPERATOR)
    assert heard == ["stopped"]
    cast.organization.refresh_from_db()
    assert cast.organization.is_suspended


def test_when_it_is_due_it_is_too_late(cast: Cast) -> None:
    ask(cast.organization)
    let_it_be_due(cast.organization)
    with pytest.raises(Conflict, match="too late"):
        undo_deletion(organization=cast.organization, by=OPERATOR)
    assert due_organizations() == [cast.organization.pk]


def test_it_goes_with_all_that_it_owns_and_nothing_of_others(cast: Cast, heard: list[str]) -> None:
    make_service_account(cast.organization)
    invite(organization=cast.organization, email="e@example.org", by=OPERATOR, site="")
    ask(cast.organization)
    assert not erase_organization(cast.organization.pk)
    let_it_be_due(cast.organization)
    assert erase_organization(cast.organization.pk)
    assert heard == ["stopped", "erased"]
    for model in (ApiKey, AuditEntry, Invitation, Membership):
        assert not model._default_manager.filter(organization=cast.organization.pk).exists()
    assert list(Organization.objects.all()) == [cast.other_organization]
    entry = AuditEntry.objects.get(action="organization.erased")
    assert (entry.organization_id, entry.object_id) == (None, str(cast.organization.pk))
    assert authenticate_key(cast.other_key)
    # Persons stay: they may belong elsewhere.
    assert User.objects.filter(email="alice@example.org").exists()
    assert not erase_organization(cast.organization.pk)


def test_an_interrupted_deletion_goes_on(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(cast.organization)
    let_it_be_due(cast.organization)
    monkeypatch.setattr(deletion, "delete_in_chunks", lambda rows: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        erase_organization(cast.organization.pk)
    monkeypatch.undo()
    assert due_organizations() == [cast.organization.pk]
    assert erase_organization(cast.organization.pk)


def test_many_rows_go_some_at_a_time(cast: Cast) -> None:
    for number in range(5):
        invite(organization=cast.organization, email=f"{number}@example.org", by=OPERATOR, site="")
    assert delete_in_chunks(Invitation.objects.for_organization(cast.organization), at_once=2) == 5
    assert delete_in_chunks(Invitation.objects.for_organization(cast.organization), at_once=2) == 0
