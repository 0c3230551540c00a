"""What processes know of keys: several of them, with a real Redis and without one."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.api_keys import known_keys
from accounts.api_keys.authenticate import authenticate_key
from accounts.api_keys.services import revoke_api_key
from accounts.api_keys.text import new_key_text
from accounts.bounded import Bounded
from accounts.models import ApiKey, Membership, Role
from accounts.organizations.roles import Permission
from accounts.testing import make_key, make_member, make_organization
from codegen_site.errors import InvalidApiKey

pytestmark = [pytest.mark.servers, pytest.mark.django_db(transaction=True)]

Elsewhere = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Elsewhere:
    """A function: as long as its block lasts, this is another process, which goes on where it was."""
    known: Bounded[tuple[known_keys.KnownKey, float]] = Bounded(known_keys.MOST_KNOWN)
    unknown: Bounded[float] = Bounded(known_keys.MOST_UNKNOWN)

    @contextmanager
    def as_another() -> Iterator[None]:
        with monkeypatch.context() as patch:
            patch.setattr(known_keys, "_known", known)
            patch.setattr(known_keys, "_unknown", unknown)
            yield

    return as_another


def works(text: str) -> bool:
    try:
        authenticate_key(text)
    except InvalidApiKey:
        return False
    return True


def seconds_until(condition: Callable[[], bool], patience_s: float) -> float:
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < patience_s, "it did not come true in time"
        time.sleep(0.02)
    return time.monotonic() - started


def test_a_revocation_is_known_elsewhere_within_a_second(redis: None, elsewhere: Elsewhere) -> None:
    api_key, text = make_key()
    with elsewhere():
        assert works(text)
    revoke_api_key(api_key=api_key)
    with elsewhere():
        assert seconds_until(lambda: not works(text), 1.0) < 1.0


def test_so_is_a_demotion(redis: None, elsewhere: Elsewhere) -> None:
    organization = make_organization()
    member = Membership.objects.get(user=make_member(organization))
    _api_key, text = make_key(organization, owner=member.user)
    with elsewhere():
        assert authenticate_key(text).may(Permission.GENERATION_CREATE)
    member.role = Role.VIEWER
    member.save()
    with elsewhere():
        seconds_until(lambda: not authenticate_key(text).may(Permission.GENERATION_CREATE), 1.0)


def test_what_one_process_has_looked_up_another_need_not(redis: None, elsewhere: Elsewhere) -> None:
    _api_key, text = make_key()
    authenticate_key(text)
    with elsewhere(), CaptureQueriesContext(connection) as captured:
        assert works(text)
    assert len(captured) == 0


def test_redis_holds_neither_a_secret_nor_what_is_no_longer_true(redis: None, elsewhere: Elsewhere) -> None:
    from django.core.cache import cache  # noqa: PLC0415 - the one of these settings

    api_key, text = make_key()
    authenticate_key(text)
    name = known_keys._name_of(api_key.prefix)
    held = cache.get(name)
    assert held is not None
    assert text[21:53] not in repr(held)
    revoke_api_key(api_key=api_key)
    with elsewhere():
        assert not works(text)


def test_what_changes_while_it_is_read_is_not_believed(
    redis: None, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    api_key, text = make_key()
    read = type(ApiKey.objects).find

    def read_just_before_the_revocation(manager: object, prefix: str) -> ApiKey | None:
        found: ApiKey | None = read(manager, prefix)
        monkeypatch.undo()
        revoke_api_key(api_key=ApiKey.objects.get(pk=api_key.pk))
        return found

    monkeypatch.setattr(type(ApiKey.objects), "find", read_just_before_the_revocation)
    works(text)
    seconds_until(lambda: not works(text), 1.0)


def test_a_revocation_that_is_rolled_back_never_was(redis: None, elsewhere: Elsewhere) -> None:
    api_key, text = make_key()
    assert works(text)
    with transaction.atomic():
        revoke_api_key(api_key=api_key)
        transaction.set_rollback(True)
    assert works(text)


def test_without_redis_a_revocation_holds_here_at_once_and_elsewhere_after_a_while(
    no_redis: None, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known_keys, "FRESH_FOR_S", 1.5)
    api_key, text = make_key()
    assert works(text)
    with elsewhere():
        assert works(text)
    revoke_api_key(api_key=api_key)
    assert not works(text)
    with elsewhere():
        assert works(text)
        assert 0.5 < seconds_until(lambda: not works(text), 3.0) < 2.0


def test_nobody_believes_what_is_too_old_whatever_redis_says(
    redis: None, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known_keys, "FRESH_FOR_S", 1.0)
    api_key, text = make_key()
    with elsewhere():
        assert works(text)
    ApiKey.objects.filter(pk=api_key.pk).update(revoked_at=api_key.created_at)  # past everybody
    with elsewhere():
        assert works(text)
        assert 0.5 < seconds_until(lambda: not works(text), 2.0) < 1.5


def test_an_epoch_that_redis_forgot_is_no_old_one_again(redis: None, elsewhere: Elsewhere) -> None:
    from django.core.cache import cache  # noqa: PLC0415

    api_key, text = make_key()
    assert works(text)
    ApiKey.objects.filter(pk=api_key.pk).update(revoked_at=api_key.created_at)
    cache.clear()
    seconds_until(lambda: not works(text), 1.0)


def test_unknown_keys_are_remembered_in_bounds(monkeypatch: pytest.MonkeyPatch, no_redis: None) -> None:
    monkeypatch.setattr(known_keys, "_unknown", Bounded(3))
    monkeypatch.setattr("accounts.api_keys.authenticate.refuse_guesser", lambda customer: None)
    for _ in range(10):
        assert not works(new_key_text().reveal())
    assert len(known_keys._unknown) == 3
