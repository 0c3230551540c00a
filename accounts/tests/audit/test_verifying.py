"""What is done to the log behind its back shows, and where."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from accounts.audit.canonical import GENESIS, INSTALLATION, digest_of, tie
from accounts.audit.pruning import count_prunable, erase_chain, prune_entries
from accounts.audit.resuming import resume_chain
from accounts.audit.sealing import ChainBroken, seal_chain, seal_entries
from accounts.audit.triggers import install_triggers, remove_triggers
from accounts.audit.verifying import Verdict, known_chains, verify_chain
from accounts.models import AuditAnchor, AuditChain, AuditEntry, Organization
from accounts.testing import make_organization
from accounts.tests.audit.conftest import write

pytestmark = pytest.mark.django_db


def reasons(organization: Organization) -> list[str]:
    return [f"{broken.position}: {broken.reason}" for broken in verify_chain(str(organization.pk)).breaks]


@pytest.fixture
def sealed(acme: Organization) -> Organization:
    """With ten entries: the first is that it was made."""
    write(acme, 9)
    assert seal_entries() >= 10
    assert reasons(acme) == []
    return acme


class Editor:
    """Without the transaction that SQLite's own wants to be in, or not."""

    connection = connection

    def execute(self, sql: str, params: None = None) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql)


@contextmanager
def without_triggers() -> Iterator[None]:
    """As somebody who may do everything with the database."""
    editor: Any = Editor()
    remove_triggers(editor)
    yield
    columns = [str(field.column) for field in AuditEntry._meta.concrete_fields]
    install_triggers(editor, entry_columns=columns)


def raw(organization: Organization, position: int) -> AuditEntry:
    return AuditEntry.objects.get(chain=str(organization.pk), position=position)


def change(entry: AuditEntry, **values: object) -> None:
    with without_triggers():
        AuditEntry._base_manager.filter(pk=entry.pk).update(**values)


def test_a_chain_holds_from_its_beginning(sealed: Organization) -> None:
    verdict = verify_chain(str(sealed.pk))
    assert (verdict.checked, verdict.breaks) == (10, [])
    head = AuditChain.objects.get(name=str(sealed.pk))
    assert (head.position, head.start, head.start_hash) == (10, 0, GENESIS)
    assert str(sealed.pk) in known_chains()
    write(sealed)
    assert reasons(sealed) == []  # what is not sealed yet is no break
    assert seal_entries() == 1
    assert seal_entries() == 0


@pytest.mark.parametrize(
    "values",
    [
        {"actor": "somebody else"},
        {"role": "admin"},
        {"before": {"name": "x"}},
        {"after": None},
        {"details": {"x": 1}},
        {"address": "10.0.0.1"},
        {"created_at": timezone.now() - timedelta(days=1)},
        {"organization_id": None},
    ],
    ids=lambda values: next(iter(values)),
)
def test_a_change_shows_at_its_place(sealed: Organization, values: dict[str, object]) -> None:
    change(raw(sealed, 4), **values)
    assert reasons(sealed) == ["4: the entry was changed"]


def test_a_change_with_the_right_digest_shows(sealed: Organization) -> None:
    entry = raw(sealed, 4)
    entry.actor = "somebody else"
    change(entry, actor="somebody else", digest=digest_of(entry))
    assert reasons(sealed) == ["4: the entry was not written by the service"]


def test_a_change_after_which_the_chain_is_tied_anew_shows(sealed: Organization) -> None:
    """By who knows how all is computed, but not the secret."""
    before = raw(sealed, 3).hash
    with without_triggers():
        for position in range(4, 11):
            entry = raw(sealed, position)
            entry.actor = "somebody else"
            digest = digest_of(entry)
            before = tie(chain=entry.chain, position=position, before=before, digest=digest)
            AuditEntry._base_manager.filter(pk=entry.pk).update(
                actor="somebody else", digest=digest, hash=before
            )
        AuditChain.objects.filter(name=str(sealed.pk)).update(hash=before)
    assert reasons(sealed) == ["0: its head is not what was signed"]


@pytest.mark.parametrize(("gone", "place"), [([4], 4), ([1], 1), ([4, 5, 6], 4), ([10], 10)])
def test_what_is_gone_shows(sealed: Organization, gone: list[int], place: int) -> None:
    with without_triggers():
        AuditEntry._base_manager.filter(chain=str(sealed.pk), position__in=gone).delete()
    [reason] = reasons(sealed)
    assert reason.startswith(f"{place}: ")


def test_two_that_have_changed_places_show(sealed: Organization) -> None:
    one, other = raw(sealed, 4), raw(sealed, 5)
    with without_triggers():
        AuditEntry._base_manager.filter(pk=one.pk).update(position=99)
        AuditEntry._base_manager.filter(pk=other.pk).update(position=4, hash=one.hash)
        AuditEntry._base_manager.filter(pk=one.pk).update(position=5, hash=other.hash)
    assert reasons(sealed) == ["4: it is not tied to the entry before it"]


def test_one_that_somebody_slips_in_is_not_sealed_and_shows(sealed: Organization) -> None:
    forged = write(sealed)
    change(forged, actor="somebody else")
    seal_entries()
    forged.refresh_from_db()
    assert forged.position is None
    assert reasons(sealed) == ["0: an entry was changed, or not written by the service"]


def test_an_entry_of_another_chain_does_not_pass_for_one_of_this(sealed: Organization) -> None:
    other = make_organization()
    foreign = write(other)
    change(foreign, chain=str(sealed.pk))
    assert reasons(sealed) == ["0: an entry was changed, or not written by the service"]


def test_a_head_that_was_put_back_shows(sealed: Organization) -> None:
    """With the signature that it had then."""
    head = AuditChain.objects.filter(name=str(sealed.pk))
    earlier = head.values().get()
    write(sealed, 3)
    cache.delete(f"audit-head:{sealed.pk}")
    AuditChain.objects.update(anchored_at=timezone.now() - timedelta(hours=2))
    # The time is in no signature: an hour has passed.
    seal_chain(str(sealed.pk))
    with without_triggers():
        AuditEntry._base_manager.filter(chain=str(sealed.pk), position__gt=10).delete()
    head.update(**earlier)
    assert reasons(sealed)[0] == "11: an anchor knows entries up to 13: the newest were cut off"


def test_nothing_is_sealed_on_a_broken_head(sealed: Organization) -> None:
    AuditChain.objects.filter(name=str(sealed.pk)).update(position=7)
    write(sealed)
    with pytest.raises(ChainBroken):
        seal_chain(str(sealed.pk))
    other = make_organization()
    assert seal_entries() == 1  # that of another
    assert reasons(other) == []
    AuditChain.objects.filter(name=str(sealed.pk)).delete()
    assert "0: its head is missing" in reasons(sealed)


def test_who_looked_lets_it_go_on(sealed: Organization) -> None:
    change(raw(sealed, 4), actor="somebody else")
    assert reasons(sealed)
    assert resume_chain(str(sealed.pk), reason="looked at") == 10
    assert reasons(sealed) == []
    entry = AuditEntry.objects.get(action="audit.resumed")
    assert (entry.position, entry.details["reason"]) == (11, "looked at")


def test_it_is_verified_from_an_anchor(sealed: Organization) -> None:
    AuditChain.objects.filter(name=str(sealed.pk)).update(anchored_at=timezone.now() - timedelta(hours=2))
    write(sealed, 5)
    seal_entries()
    assert AuditAnchor.objects.filter(chain=str(sealed.pk)).count() == 2
    assert verify_chain(str(sealed.pk), since=timezone.now()).checked == 0
    assert verify_chain(str(sealed.pk)).checked == 15


def test_the_secret_can_be_rotated(sealed: Organization, settings: Settings) -> None:
    old = settings.SECRETS_KEYS
    settings.SECRETS_KEYS = ["a-new-secret-of-the-installation", *old]
    write(sealed)
    seal_entries()
    assert reasons(sealed) == []
    newest = AuditChain.objects.get(name=str(sealed.pk)).signed_with
    assert newest != raw(sealed, 4).signed_with
    settings.SECRETS_KEYS = ["a-new-secret-of-the-installation"]
    settings.SECRET_KEY = "another-one-which-nobody-knows"
    assert reasons(sealed) == []  # what was signed with a secret that went is held by the chain alone


def test_what_was_kept_for_long_enough_goes_and_the_rest_holds(sealed: Organization) -> None:
    limit = timezone.now()
    write(sealed, 3)
    seal_entries()
    assert count_prunable(sealed.pk, before=limit) == 10
    assert prune_entries(sealed.pk, before=limit) == 10
    assert AuditEntry.objects.for_organization(sealed).count() == 4
    seal_entries()
    assert reasons(sealed) == []
    assert verify_chain(str(sealed.pk)).checked == 4
    assert prune_entries(sealed.pk, before=limit) == 0
    entry = AuditEntry.objects.get(action="audit.pruned")
    assert entry.details["entries"] == 10


def test_what_is_pruned_by_somebody_else_shows(sealed: Organization) -> None:
    """The trigger lets go what the head says is pruned: that is signed."""
    AuditChain.objects.filter(name=str(sealed.pk)).update(pruned_to=5)
    AuditEntry._base_manager.filter(chain=str(sealed.pk), position__lte=5).delete()
    assert reasons(sealed) == ["0: its head is not what was signed"]


def test_all_of_an_organization_goes_with_it(sealed: Organization) -> None:
    assert erase_chain(sealed.pk) == 10
    assert not AuditEntry.objects.for_organization(sealed).exists()
    assert reasons(sealed) == []


def test_what_nobody_seals_is_told(acme: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.audit.verifying.SEALED_WITHIN", timedelta(0))
    assert reasons(acme) == ["0: it was not sealed: nobody seals"]


def test_an_empty_log_is_well(db: None) -> None:
    assert (seal_entries(), known_chains()) == (0, [])
    assert verify_chain(INSTALLATION) == Verdict(chain=INSTALLATION, checked=0, breaks=[])
