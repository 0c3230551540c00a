"""Rate limits as a caller meets them."""

import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings as site_settings
from django.db import connection
from django.test import AsyncClient, Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django import Settings
from rest_framework.permissions import AllowAny

from accounts.limits.own_buckets import own_buckets
from accounts.limits.within_limits import WithinLimits
from accounts.scopes import Scope
from accounts.testing import Cast, bearer, make_cast, make_key, make_user
from codegen_site import rate_limits
from generation.models import Generation

GENERATIONS = "/api/v1/generations"
NOBODYS = "01900000-0000-7000-8000-000000000000"
LIMIT, POLICY = "RateLimit", "RateLimit-Policy"


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def api(cast: Cast) -> Client:
    return Client(headers=bearer(cast.key))


@pytest.fixture
def allow(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sets the limits, while the clock of the buckets stands still: `allow(read_key=3)`."""
    monkeypatch.setattr(own_buckets, "_clock_us", lambda: 10**12)

    def set_limits(**tokens: int) -> None:
        limits: dict[str, dict[str, dict[str, float]]] = {}
        for name, count in tokens.items():
            route_class, scope = name.split("_")
            limits.setdefault(route_class, {})[scope] = {"tokens": count, "refill_per_s": 0.01}
        settings.RATE_LIMITS = limits

    return set_limits


def test_an_answer_says_what_is_allowed_and_what_is_left(api: Client, allow: Callable[..., None]) -> None:
    allow(read_key=10, read_organization=20, read_address=30)
    assert api.get(GENERATIONS).status_code == 200
    second = api.get(GENERATIONS)
    assert (
        second[POLICY]
        == '"read-key";q=10;w=1000, "read-organization";q=20;w=2000, "read-address";q=30;w=3000'
    )
    assert second[LIMIT] == '"read-key";r=8;t=100, "read-organization";r=18;t=100, "read-address";r=28;t=100'
    assert "Retry-After" not in second


def test_who_asks_too_much_is_told_when_to_come_again(api: Client, allow: Callable[..., None]) -> None:
    allow(read_key=2, read_address=100)
    assert [api.get(GENERATIONS).status_code for _ in range(3)] == [200, 200, 429]
    refused = api.get(GENERATIONS)
    error = refused.json()["error"]
    assert (error["code"], error["retryable"], error["request_id"]) == (
        "rate_limited",
        True,
        refused["X-Request-ID"],
    )
    assert error["message"] == "Too many requests: read-key allows 2 in 200 s."
    assert error["details"] == {
        "policy": "read-key",
        "scope": "key",
        "limit": 2,
        "window_s": 200,
        "retry_after": 100,
    }
    assert refused["Retry-After"] == "100"
    assert refused[LIMIT] == '"read-key";r=0;t=100, "read-address";r=98;t=100'
    assert refused[POLICY] == '"read-key";q=2;w=200, "read-address";q=100;w=10000'


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", GENERATIONS, {}, 200),
        ("OPTIONS", GENERATIONS, {}, 200),
        ("GET", f"{GENERATIONS}?status=exploded", {}, 400),
        ("GET", GENERATIONS, {"Authorization": "Bearer cg_live_nobody"}, 401),
        ("GET", GENERATIONS, {"Authorization": ""}, 401),
        ("POST", "/api/v1/webhooks", {}, 403),
        ("GET", f"{GENERATIONS}/{NOBODYS}", {}, 404),
        ("GET", "/api/v1/nothing", {}, 404),
        ("PUT", GENERATIONS, {}, 405),
        ("GET", GENERATIONS, {"Accept": "image/png"}, 406),
        ("POST", "/api/v1/generate_code", {"Content-Type": "text/plain"}, 415),
    ],
)
def test_every_answer_of_the_api_says_so(
    api: Client, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    content_type = headers.pop("Content-Type", "application/json")
    response = api.generic(method, path, b"{}", content_type=content_type, headers=headers)
    assert response.status_code == status
    assert LIMIT in response.headers
    assert POLICY in response.headers


def test_a_stream_says_so_too(api: Client, cast: Cast) -> None:
    generation = Generation.objects.create(organization=cast.organization, prompt="x", model="m")
    response = api.get(f"{GENERATIONS}/{generation.id}/download")
    assert (response.status_code, response.streaming, LIMIT in response.headers) == (200, True, True)


def test_so_does_an_answer_of_the_event_loop(transactional_db: None, allow: Callable[..., None]) -> None:
    allow(anonymous_address=2)

    async def ask() -> list[Any]:
        client = AsyncClient()
        answers = [await client.post("/api/v1/generate_code", {}) for _ in range(3)]
        return [*answers, await client.get("/"), await client.get("/health")]

    *answers, page, health = async_to_sync(ask)()
    assert (page.status_code, health.status_code) == (429, 200)
    assert [answer.status_code for answer in answers] == [401, 401, 429]
    assert [answer[LIMIT] for answer in answers] == [
        '"anonymous-address";r=1;t=100',
        '"anonymous-address";r=0;t=100',
        '"anonymous-address";r=0;t=100',
    ]


def test_a_refused_request_does_nothing(api: Client, allow: Callable[..., None]) -> None:
    allow(generate_key=0)
    response = api.post(
        "/api/v1/generate_code", {"prompt": "A page", "async": True}, headers={"Idempotency-Key": "mine"}
    )
    assert response.status_code == 429
    assert not Generation.objects.exists()


def test_who_lacks_a_scope_is_counted_all_the_same(cast: Cast, allow: Callable[..., None]) -> None:
    allow(read_key=2)
    reader = Client(headers=bearer(make_key(cast.organization, scopes=[Scope.GENERATE])[1]))
    assert [reader.get(GENERATIONS).status_code for _ in range(3)] == [403, 403, 429]


def test_keys_share_the_bucket_of_their_organization_and_no_other(
    api: Client, cast: Cast, allow: Callable[..., None]
) -> None:
    allow(read_key=2, read_organization=3)
    colleague = Client(headers=bearer(make_key(cast.organization)[1]))
    outsider = Client(headers=bearer(cast.other_key))
    assert [api.get(GENERATIONS).status_code for _ in range(3)] == [200, 200, 429]
    assert [colleague.get(GENERATIONS).status_code for _ in range(2)] == [200, 429]
    assert colleague.get(GENERATIONS)[LIMIT] == '"read-organization";r=0;t=100, "read-key";r=1;t=100'
    assert outsider.get(GENERATIONS).status_code == 200


def test_a_key_that_is_unknown_counts_against_its_address(cast: Cast, allow: Callable[..., None]) -> None:
    allow(anonymous_address=3, read_key=100)
    stranger = Client(headers=bearer("cg_live_" + "a" * 12 + "_" + "B" * 32))
    assert [stranger.get(GENERATIONS).status_code for _ in range(5)] == [401, 401, 401, 429, 429]
    assert stranger.get(GENERATIONS)["Retry-After"] == "100"
    # Others at the same address have keys that are known, and elsewhere nobody is concerned.
    assert Client(headers=bearer(cast.key)).get(GENERATIONS).status_code == 200
    assert stranger.get(GENERATIONS, REMOTE_ADDR="203.0.113.7").status_code == 401


def test_reading_and_writing_have_buckets_of_their_own(api: Client, allow: Callable[..., None]) -> None:
    allow(read_key=1, write_key=1, generate_key=1, batch_key=1)
    tried = [
        ("GET", GENERATIONS),
        ("DELETE", f"{GENERATIONS}/{NOBODYS}"),
        ("POST", "/api/v1/generate_code"),
    ]
    for method, path in tried:
        answers = [api.generic(method, path, b"{}", content_type="application/json") for _ in range(2)]
        assert answers[0].status_code != 429
        assert answers[1].status_code == 429


@pytest.mark.django_db(transaction=True)  # batches are read in threads of their own
def test_a_batch_takes_one_token_however_many_lines_it_has(
    stored_jobs: None, allow: Callable[..., None]
) -> None:
    allow(batch_key=2, generate_key=1)
    api = Client(headers=bearer(make_key()[1]))
    lines = b'{"prompt": "A page"}\n' * 50
    answers = [api.post("/api/v1/batches", lines, content_type="application/jsonl") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert [answer[LIMIT] for answer in answers] == [f'"batch-key";r={left};t=100' for left in (1, 0, 0)]


def test_health_metrics_and_static_files_are_not_limited(db: None, allow: Callable[..., None]) -> None:
    allow(anonymous_address=0, read_address=0)
    client = Client()
    assert client.get("/").status_code == 429
    assert client.get("/health").status_code == 200
    assert client.get("/metrics").status_code == 200
    assert client.get("/static/codegen_site/home.css").status_code == 200


def test_docs_and_schema_are_for_anybody_within_limits(db: None, allow: Callable[..., None]) -> None:
    allow(anonymous_address=3)
    client = Client()
    assert [client.get(path).status_code for path in ("/", "/api/schema", "/api/docs")] == [200] * 3
    refused = client.get("/api/docs")
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "rate_limited")
    page = client.get("/", headers={"Accept": "text/html"})
    assert (page.status_code, page["Content-Type"], page["Retry-After"]) == (
        429,
        "text/html; charset=utf-8",
        "100",
    )


def test_operators_are_limited_by_their_address(db: None, allow: Callable[..., None]) -> None:
    allow(read_address=2, read_key=0, read_organization=0)
    operator = Client()
    operator.force_login(make_user(is_staff=True))
    assert [operator.get("/admin/").status_code for _ in range(3)] == [200, 200, 429]
    assert operator.get("/admin/", REMOTE_ADDR="203.0.113.7").status_code == 200


@pytest.mark.parametrize("path", sorted(rate_limits.LOGINS))
def test_logins_have_a_bucket_of_their_own(db: None, allow: Callable[..., None], path: str) -> None:
    allow(login_address=2)
    form = {"username": "alice@example.org", "password": "wrong"}
    assert [Client().post(path, form).status_code == 429 for _ in range(3)] == [False, False, True]
    assert Client().get(path).status_code != 429


def test_a_page_of_the_browsable_api_takes_one_token(cast: Cast, allow: Callable[..., None]) -> None:
    allow(read_key=10)
    member = Client(headers={"Accept": "text/html"})
    member.force_login(cast.alice)
    page = member.get("/api/v1/batches")
    assert (page.status_code, page["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert page[LIMIT] == '"read-key";r=9;t=100'


@pytest.mark.servers
@pytest.mark.django_db(transaction=True)
def test_of_two_hundred_requests_at_once_ten_pass(
    settings: Settings, redis_url: str, allow: Callable[..., None]
) -> None:
    settings.CACHES = {"default": {"BACKEND": "codegen_site.redis_cache.RedisCache", "LOCATION": redis_url}}
    allow(read_key=10, read_organization=1_000, read_address=1_000)
    headers = bearer(make_key()[1])

    def ask(_: int) -> int:
        try:
            return Client(headers=headers).get("/api/v1/frameworks").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=16) as threads:
        statuses = list(threads.map(ask, range(200)))
    assert (statuses.count(200), statuses.count(429)) == (10, 190)


def test_no_label_of_a_metric_tells_who_it_was(api: Client, cast: Cast, allow: Callable[..., None]) -> None:
    allow(read_key=1, read_organization=5)
    for _ in range(2):
        api.get(GENERATIONS)
    told = Client().get("/metrics").content.decode()
    labels = set(re.findall(r"codegen_rate_limit_decisions_total\{(.*)\}", told))
    assert 'outcome="refused",policy="read",scope="key"' in labels
    assert 'outcome="allowed",policy="read",scope="organization"' in labels
    names = [str(cast.organization.pk), *map(str, cast.organization.api_keys.values_list("pk", flat=True))]
    assert not any(name in told for name in names)


def test_no_sql_is_added(api: Client, django_assert_num_queries: Any) -> None:
    api.get(GENERATIONS)  # notes when the key was used
    with django_assert_num_queries(0):  # the key is known by now
        assert "RateLimit" in api.get("/api/v1/frameworks").headers


def views(patterns: Iterable[URLPattern | URLResolver], prefix: str = "/") -> Iterator[tuple[str, Any]]:
    """The addresses of the API and the classes of their views."""
    for pattern in patterns:
        path = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns, path)
        elif path.startswith(rate_limits.API):
            yield path, getattr(pattern.callback, "cls", None)


def test_every_view_of_the_api_asks_whether_the_caller_is_within_limits_before_anything_else() -> None:
    first = {path: cls.permission_classes[0] for path, cls in views(get_resolver().url_patterns)}
    assert len(first) > 15
    assert set(first.values()) == {WithinLimits}


def test_what_a_view_without_limits_has_done_is_told_all_the_same(
    api: Client, allow: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    allow(anonymous_address=0)
    monkeypatch.setattr("generation.views.catalog.FrameworkListView.permission_classes", [AllowAny])
    assert api.get("/api/v1/frameworks").status_code == 200
    assert Client().get("/api/v1/nothing").status_code == 429


def test_the_addresses_that_are_told_apart_are_there() -> None:
    assert {reverse(name) for name in ("health", "ready", "metrics")} == rate_limits.NEVER_LIMITED
    doors = (
        "login",
        "login-code",
        "login-prove",
        "password-forgotten",
        "password-new",
        "sign-up",
        "invitation-page",
    )
    assert {reverse(name) for name in doors} == rate_limits.LOGINS
    assert (reverse("admin:index"), rate_limits.API) == (rate_limits.ADMIN, "/api/v1/")
    assert site_settings.STATIC_URL.endswith("static/")
