"""A view that derives from `IdempotentView`, with every way in which its first request can end."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier
from typing import Any, ClassVar

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from accounts import idempotency, idempotent_view
from accounts.idempotent_view import IdempotentView
from accounts.models import IdempotencyKey, Organization
from accounts.organizations.services import create_organization
from accounts.scopes import Scope
from accounts.testing import Cast, bearer, make_cast, make_key
from codegen_site.errors import Conflict, ValidationException

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "whsec_shown_once"
Post = Callable[..., Response]


class CreateView(IdempotentView):
    """Its effect is an organization, named in the body."""

    required_scopes = {"POST": Scope.GENERATE}

    def post(self, request: Request) -> Response:
        made = create_organization(name=dict(request.data)["name"])
        after_effect(request)
        data = {"id": made.id, "created_at": made.created_at, "secret": SECRET}
        return Response(data, status=201, headers={"Location": f"/organizations/{made.id}"})


class PreparedView(CreateView):
    """Reads the name where that may take its time."""

    prepared: ClassVar[list[str]] = []

    def prepare(self, request: Request, **kwargs: Any) -> None:
        assert not connection.in_atomic_block
        name = dict(request.data)["name"]
        if name == "refused":
            raise Conflict
        self.prepared.append(name)


class ShowView(IdempotentView):
    is_repeatable = True
    required_scopes = {"POST": Scope.GENERATE}

    def post(self, request: Request) -> Response:
        after_effect(request)
        return Response({"organizations": Organization.objects.count()})


def after_effect(request: Request) -> None:
    """What a test puts in the way of a view that has done its work."""


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def post(cast: Cast) -> Post:
    return poster(cast.key)


def poster(api_key: str | None) -> Post:
    def post(
        name: str = "new",
        *,
        view: type[IdempotentView] = CreateView,
        key: str | None = "k",
        path: str = "/organizations",
    ) -> Response:
        headers = {"Accept": "application/json", **(bearer(api_key) if api_key else {})}
        if key is not None:
            headers["Idempotency-Key"] = key
        request = APIRequestFactory().post(path, {"name": name}, format="json", headers=headers)
        response: Response = view.as_view()(request)
        response.render()
        return response

    return post


def made(name: str = "new") -> int:
    return Organization.objects.filter(name=name).count()


def on_effect(monkeypatch: pytest.MonkeyPatch, do: Callable[[Request], None]) -> None:
    monkeypatch.setattr(f"{__name__}.after_effect", do)


def test_a_repetition_gets_the_first_response_and_does_nothing(post: Post) -> None:
    first, second = post(), post()
    assert (first.status_code, second.status_code, made()) == (201, 201, 1)
    assert first.content == second.content
    assert first["Location"] == second["Location"]
    assert first["Content-Type"] == second["Content-Type"]
    assert second["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first


@pytest.mark.parametrize("key", ["k", None])
def test_what_takes_long_is_prepared_before_the_transaction(post: Post, key: str | None) -> None:
    PreparedView.prepared.clear()
    assert post(view=PreparedView, key=key).status_code == 201
    assert PreparedView.prepared == ["new"]


def test_a_repetition_is_not_prepared_again(post: Post) -> None:
    PreparedView.prepared.clear()
    assert post(view=PreparedView).content == post(view=PreparedView).content
    assert PreparedView.prepared == ["new"]


def test_what_is_refused_before_the_transaction_frees_its_key(post: Post) -> None:
    assert post("refused", view=PreparedView).status_code == 409
    assert IdempotencyKey.objects.count() == 0
    assert post(view=PreparedView).status_code == 201


def test_without_a_key_every_request_takes_effect(post: Post) -> None:
    post(key=None)
    post(key=None)
    assert (made(), IdempotencyKey.objects.count()) == (2, 0)


def test_another_body_or_address_is_refused(post: Post) -> None:
    post()
    for response in (post("another"), post(path="/elsewhere"), post(view=ShowView, path="/show")):
        assert (response.status_code, response.data["error"]["code"]) == (422, "idempotency_key_reused")
    assert made("another") == 0


def test_the_same_key_of_another_organization_is_another_key(post: Post, cast: Cast) -> None:
    first, second = post(), poster(cast.other_key)()
    assert first.data["id"] != second.data["id"]
    assert "Idempotent-Replayed" not in second


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "é", "a\tb", "a\n", "\x7f", "\0"])
def test_a_malformed_key_is_named(post: Post, key: str) -> None:
    response = post(key=key)
    assert (response.status_code, made(), IdempotencyKey.objects.count()) == (400, 0, 0)
    assert [detail["field"] for detail in response.data["error"]["details"]] == ["Idempotency-Key"]


@pytest.mark.parametrize("key", ["x" * 255, '"8e03978e-40d5-43e8-bc93-6894a57f9324"', "!~%'\\"])
def test_any_visible_ascii_is_a_key(post: Post, key: str) -> None:
    assert post(key=key).content == post(key=key).content
    assert made() == 1


def test_while_the_first_runs_the_second_is_told_to_come_back(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile: list[Response] = []

    def repeat(request: Request) -> None:
        with ThreadPoolExecutor(1) as thread:
            meanwhile.append(thread.submit(in_thread, post).result())

    on_effect(monkeypatch, repeat)
    assert post().status_code == 201
    [response] = meanwhile
    assert (response.status_code, response.data["error"]["code"]) == (409, "idempotency_key_in_use")
    assert response.data["error"]["retryable"]
    assert int(response["Retry-After"]) >= 1
    assert made() == 1


def test_of_many_at_once_one_takes_effect(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them have looked, and found nothing, before any takes the key."""
    all_have_looked = Barrier(6)
    find_key = idempotency.find_key

    def find(sent: Any) -> Any:
        found = find_key(sent)
        all_have_looked.wait(timeout=30)
        return found

    monkeypatch.setattr(idempotent_view, "find_key", find)
    with ThreadPoolExecutor(6) as threads:
        responses = list(threads.map(lambda _: in_thread(post), range(6)))
    assert sorted(response.status_code for response in responses) == [201, 409, 409, 409, 409, 409]
    assert made() == 1


def in_thread(post: Post) -> Response:
    try:
        return post()
    finally:
        connections.close_all()


@pytest.mark.parametrize("error", [ValidationException, Conflict, ZeroDivisionError, SystemExit])
def test_a_request_that_was_refused_did_nothing_and_frees_its_key(
    post: Post, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    def refuse(request: Request) -> None:
        raise error

    on_effect(monkeypatch, refuse)
    with suppress(SystemExit):
        assert post().status_code in (400, 409, 500)
    assert (made(), IdempotencyKey.objects.count()) == (0, 0)
    on_effect(monkeypatch, lambda request: None)
    assert post("another").status_code == 201


def test_a_refusal_that_is_returned_is_not_kept(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CreateView, "post", lambda *args: Response({"no": "way"}, status=429))
    assert post().status_code == 429
    assert not IdempotencyKey.objects.exists()


def test_after_a_death_the_key_is_free_again(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idempotent_view, "free_key", lambda held: None)

    def die(request: Request) -> None:
        raise KeyboardInterrupt

    on_effect(monkeypatch, die)
    with pytest.raises(KeyboardInterrupt):
        post()
    on_effect(monkeypatch, lambda request: None)
    assert (post().status_code, made()) == (409, 0)
    lapse()
    assert (post().status_code, made()) == (201, 1)


def lapse() -> None:
    past = timezone.now() - timedelta(seconds=1)
    assert IdempotencyKey.objects.filter(lease_until__isnull=False).update(lease_until=past)


def test_a_request_that_was_overtaken_is_undone(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    def overtake(request: Request) -> None:
        # As if the lease had lapsed and a repetition had taken the key.
        IdempotencyKey.objects.all().delete()

    on_effect(monkeypatch, overtake)
    assert (post().status_code, made()) == (409, 0)


def test_an_expired_key_takes_effect_anew(post: Post) -> None:
    post()
    IdempotencyKey.objects.update(expires_at=timezone.now())
    assert (post().status_code, made()) == (201, 2)


def test_how_long_a_key_is_kept_is_a_setting(post: Post, settings: Settings) -> None:
    settings.IDEMPOTENCY_KEY_TTL_S = 3600
    post()
    record = IdempotencyKey.objects.get()
    assert record.expires_at - record.created_at == timedelta(hours=1)


def test_a_response_is_encrypted_at_rest(post: Post, settings: Settings) -> None:
    first = post()
    sealed = bytes(IdempotencyKey.objects.get().response or b"")
    assert sealed
    assert SECRET.encode() not in sealed
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "new"
    assert post().content == first.content


def test_a_response_that_can_no_longer_be_read_is_not_made_twice(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    post()
    monkeypatch.setattr("accounts.kept_response.PURPOSE", "under another key")
    response = post()
    assert (response.status_code, response.data["error"]["code"], made()) == (410, "response_not_kept", 1)


def test_a_response_too_large_to_keep_is_not_made_twice(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.kept_response.MAX_SEALED_BYTES", 50)
    assert post().status_code == 201
    response = post()
    assert (response.status_code, response.data["error"]["code"], made()) == (410, "response_not_kept", 1)


def test_a_repeatable_view_runs_again_and_nothing_is_stored(post: Post) -> None:
    first = post(view=ShowView)
    create_organization(name="one more")
    second = post(view=ShowView)
    assert second.data["organizations"] == first.data["organizations"] + 1
    assert second["Idempotent-Replayed"] == "true"
    assert IdempotencyKey.objects.get().response is None


def test_a_caller_who_may_not_do_it_touches_no_key(cast: Cast) -> None:
    reader = make_key(cast.organization, scopes=["read"])[1]
    for caller, status in ((None, 401), ("wrong", 401), (reader, 403)):
        for key in ("k", "mal formed"):
            with CaptureQueriesContext(connection) as queries:
                assert poster(caller)(key=key).status_code == status
            assert not [query for query in queries if "idempotencykey" in query["sql"]]


def test_a_body_that_is_no_json_is_refused_before_the_key_is_taken(cast: Cast) -> None:
    headers = {"Idempotency-Key": "k", "Accept": "application/json", **bearer(cast.key)}
    request = APIRequestFactory().post("/", b"{", content_type="application/json", headers=headers)
    assert CreateView.as_view()(request).status_code == 400
    assert not IdempotencyKey.objects.exists()
