from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from accounts import idempotency
from accounts.idempotency import (
    SentKey,
    find_key,
    fingerprint_of,
    free_key,
    hold_key,
    keep_response,
    keep_subject,
    prune_idempotency_keys,
)
from accounts.kept_response import KeptResponse, unseal
from accounts.models import IdempotencyKey, Organization
from accounts.testing import make_organization
from codegen_site.errors import IdempotencyKeyInUse, IdempotencyKeyReused

pytestmark = pytest.mark.django_db

RESPONSE = KeptResponse(status=201, headers={"Location": "/a"}, body={"id": 1})


@pytest.fixture
def organization() -> Organization:
    return make_organization()


def sent(organization: Organization, key: str = "k", fingerprint: str = "f") -> SentKey:
    return SentKey(organization=organization, key=key, fingerprint=fingerprint)


def pass_time(**changes: Any) -> None:
    past = timezone.now() - timedelta(seconds=1)
    assert IdempotencyKey.objects.update(**dict.fromkeys(changes, past))


def fingerprint(method: str = "POST", path: str = "/a", body: Any = None) -> str:
    return fingerprint_of(method=method, path=path, body={"a": 1, "b": [1, 2]} if body is None else body)


def test_a_new_key_is_held_until_its_response_is_kept(organization: Organization) -> None:
    assert find_key(sent(organization)) is None
    held = hold_key(sent(organization))
    found = find_key(sent(organization))
    assert found is not None
    assert found.is_running
    keep_response(held, RESPONSE)
    found = find_key(sent(organization))
    assert found is not None
    assert not found.is_running
    assert unseal(found.response) == RESPONSE


def test_it_finds_what_was_made(organization: Organization) -> None:
    subject = uuid4()
    keep_subject(sent(organization), subject=subject)
    found = find_key(sent(organization))
    assert found is not None
    assert (found.subject, found.is_running) == (subject, False)


def test_without_a_key_nothing_is_kept() -> None:
    keep_subject(None, subject=uuid4())
    assert not IdempotencyKey.objects.exists()


def test_a_key_is_taken_once(organization: Organization) -> None:
    keep_subject(sent(organization), subject=uuid4())
    with pytest.raises(IdempotencyKeyInUse):
        hold_key(sent(organization))
    with pytest.raises(IdempotencyKeyInUse):
        keep_subject(sent(organization), subject=uuid4())
    assert IdempotencyKey.objects.count() == 1


def test_keys_differ_in_case_and_between_organizations(organization: Organization) -> None:
    hold_key(sent(organization))
    assert find_key(sent(organization, key="K")) is None
    assert find_key(sent(make_organization())) is None
    hold_key(sent(organization, key="K"))
    hold_key(sent(make_organization()))


def test_another_request_with_the_same_key_is_refused(organization: Organization) -> None:
    hold_key(sent(organization))
    with pytest.raises(IdempotencyKeyReused):
        find_key(sent(organization, fingerprint="another"))


def test_an_expired_key_was_never_seen(organization: Organization) -> None:
    keep_subject(sent(organization), subject=uuid4())
    pass_time(expires_at=True)
    assert find_key(sent(organization, fingerprint="another")) is None
    hold_key(sent(organization, fingerprint="another"))
    assert IdempotencyKey.objects.count() == 1


def test_a_key_whose_holder_died_is_free_after_its_lease(organization: Organization) -> None:
    hold_key(sent(organization))
    pass_time(lease_until=True)
    assert find_key(sent(organization)) is None
    hold_key(sent(organization))


def test_a_holder_that_was_overtaken_can_neither_keep_nor_free(organization: Organization) -> None:
    first = hold_key(sent(organization))
    pass_time(lease_until=True)
    second = hold_key(sent(organization))
    with pytest.raises(IdempotencyKeyInUse), transaction.atomic():
        keep_response(first, RESPONSE)
    free_key(first)
    keep_response(second, RESPONSE)
    assert IdempotencyKey.objects.get().pk == second.pk


def test_what_is_done_is_not_freed(organization: Organization) -> None:
    held = hold_key(sent(organization))
    keep_response(held, RESPONSE)
    free_key(held)
    assert IdempotencyKey.objects.exists()


def test_only_expired_keys_are_pruned(organization: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idempotency, "PRUNED_AT_ONCE", 2)
    for number in range(5):
        hold_key(sent(organization, key=str(number)))
    pass_time(expires_at=True)
    hold_key(sent(organization, key="new"))
    assert prune_idempotency_keys() == 5
    assert [record.key for record in IdempotencyKey.objects.all()] == ["new"]
    assert prune_idempotency_keys() == 0


def test_the_same_json_has_the_same_fingerprint() -> None:
    assert fingerprint() == fingerprint(body={"b": [1, 2], "a": 1})
    others = [
        fingerprint(method="PUT"),
        fingerprint(path="/b"),
        fingerprint(body={"a": 1, "b": [2, 1]}),
        fingerprint(body={"a": "1", "b": [1, 2]}),
        fingerprint(body={}),
    ]
    assert len({fingerprint(), *others}) == 6
