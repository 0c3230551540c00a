"""An entry: who, as what, did what to which object, from where."""

import logging

import pytest
from django.db import connection, transaction
from django.test import RequestFactory

from accounts.actor import actor_for, nobody, operator
from accounts.audit.actions import Action, describe_actions
from accounts.audit.circumstances import acting_as, note_request
from accounts.audit.command import command_actor
from accounts.audit.record import record_act, record_deed
from accounts.models import AuditEntry, Membership, Organization
from accounts.testing import make_cast, make_key, make_service_account, make_user
from accounts.tests.audit.conftest import write

pytestmark = pytest.mark.django_db


def who(entry: AuditEntry) -> tuple[str, str, str, str]:
    entry.refresh_from_db()
    return entry.actor_kind, entry.actor_id, entry.actor, entry.role


def test_it_tells_who_did_what_as_what_and_from_where(settings: object) -> None:
    cast = make_cast()
    request = RequestFactory(headers={"user-agent": "curl/8"}).get("/", REMOTE_ADDR="203.0.113.7")
    request.request_id = "req-1"  # type: ignore[attr-defined]
    note_request(request)
    entry = record_deed(
        Action.ORGANIZATION_CHANGED,
        cast.organization,
        by=actor_for(Membership.objects.get(user=cast.alice)),
        before={"name": "Acme", "slug": "acme"},
        after={"name": "Acme & Sons", "slug": "acme"},
    )
    note_request(None)
    assert who(entry) == ("person", str(cast.alice.pk), "alice@example.org", "owner")
    assert (entry.action, entry.object_kind, entry.object_id) == (
        "organization.changed",
        "organization",
        str(cast.organization.pk),
    )
    assert (entry.before, entry.after) == ({"name": "Acme"}, {"name": "Acme & Sons"})
    assert (entry.address, entry.user_agent, entry.request_id) == ("203.0.113.7", "curl/8", "req-1")


def test_a_key_a_service_account_an_operator_a_command_and_nobody_are_told_apart(acme: Organization) -> None:
    account = make_service_account(acme)
    key, _ = make_key(acme)
    robot, _ = make_key(acme, owner=account)
    staff = make_user("operator@example.org", is_staff=True)
    assert who(record_deed(Action.API_KEY_CHANGED, key, by=actor_for(key))) == (
        "key",
        str(key.pk),
        f"key {key.prefix}",
        "admin",
    )
    told = who(record_deed(Action.API_KEY_CHANGED, robot, by=actor_for(robot)))
    assert told == ("service_account", str(account.pk), f"key {robot.prefix}", "developer")
    told = who(record_deed(Action.API_KEY_CHANGED, key, by=operator(staff)))
    assert told == ("operator", str(staff.pk), "operator@example.org", "superuser")
    with acting_as(command_actor("api_key")):
        kind, _id, name, role = who(record_deed(Action.API_KEY_CHANGED, key))
    assert (kind, role) == ("system", "")
    assert name.startswith("manage.py api_key (")
    entry = record_act(Action.USER_LOGIN_FAILED, object_id="x@example.org", by=nobody("x@example.org"))
    assert who(entry) == ("anonymous", "", "x@example.org", "")
    assert (entry.organization_id, entry.chain) == (None, "installation")
    assert who(write(acme)) == ("system", "", "system", "")


def test_what_is_no_action_is_refused(acme: Organization) -> None:
    with pytest.raises(ValueError, match=r"tea\.made"):
        record_deed("tea.made", acme)


def test_it_is_there_with_what_it_tells_of_or_not_at_all(acme: Organization) -> None:
    before = AuditEntry.objects.count()
    with transaction.atomic():
        write(acme)
        transaction.set_rollback(True)
    assert AuditEntry.objects.count() == before


def test_it_costs_one_statement(acme: Organization, django_assert_num_queries: object) -> None:
    write(acme)
    with django_assert_num_queries(1):  # type: ignore[operator]
        write(acme, why="x" * 999)


def test_hostile_texts_are_stored(acme: Organization) -> None:
    entry = write(acme, text="nul \0 half \ud83d \u202e '; DROP TABLE", big=10**30, infinite=1e400)
    entry.refresh_from_db()
    assert "DROP TABLE" in entry.details["text"]


@pytest.mark.django_db(transaction=True)
def test_the_log_of_the_service_hears_of_it_once_it_is_committed(
    acme: Organization, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="accounts.audit"):
        with transaction.atomic():
            entry = write(acme)
            assert not [record for record in caplog.records if record.message == "audit.entry"]
        [told] = [vars(record) for record in caplog.records if record.message == "audit.entry"]
    assert (told["entry"], told["digest"]) == (str(entry.pk), entry.digest)
    assert connection.in_atomic_block is False


def test_every_action_has_a_kind_and_a_sentence() -> None:
    rows = list(describe_actions())
    assert len(rows) == len(Action) + 2
    assert all(action.kind and action.label for action in Action)
