"""How many generations and batches may be in flight, and who gets the last place."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.models import ApiKey, Membership, Organization
from accounts.testing import Cast, make_key
from codegen_site.errors import TooManyInFlight
from generation import transitions
from generation.batch_cancelling import cancel_batch
from generation.batch_lines import check_lines, number_values
from generation.batch_services import start_batch
from generation.integrations import known_answers
from generation.models import Batch, Generation
from generation.pipeline.records import GenerationRequest
from generation.services import cancel_generation, start_generation
from generation.tests.conftest import TWO_FILES, post_lines
from jobs.testing import run_all_jobs

pytestmark = pytest.mark.django_db(transaction=True)

REQUEST = GenerationRequest(prompt="A page", model="gemini-2.5-flash")


def start(cast: Cast, *, key: ApiKey | None = None, **options: Any) -> Generation:
    return start_generation(
        organization=cast.organization, request=REQUEST, caller=key, **{"cache": "off", **options}
    )


def post(client: Client, **body: Any) -> Any:
    body = {"prompt": "A page", "async": True, "cache": "off", **body}
    return client.post("/api/v1/generate_code", body, content_type="application/json")


def at_once(count: int, ask: Callable[[int], object]) -> int:
    """How many of so many threads were not refused."""
    together = threading.Barrier(count)

    def ask_together(number: int) -> bool:
        together.wait(30)
        try:
            ask(number)
        except TooManyInFlight:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=count) as threads:
        return sum(threads.map(ask_together, range(count)))


def test_one_more_than_may_be_is_refused(api: Client, settings: Settings) -> None:
    settings.MAX_GENERATIONS_IN_FLIGHT = 2
    assert [post(api).status_code for _ in range(2)] == [202, 202]
    refused = post(api)
    error = refused.json()["error"]
    assert (refused.status_code, error["code"], error["retryable"]) == (429, "too_many_in_flight", True)
    assert error["message"] == "2 generations of this organization are in flight, and 2 may be."
    assert error["details"] == {"scope": "organization", "in_flight": 2, "limit": 2}
    assert (refused["Retry-After"], "RateLimit" in refused.headers) == ("5", True)
    assert Generation.objects.count() == 2


def test_a_place_is_free_when_one_has_ended_however_it_ended(cast: Cast, settings: Settings) -> None:
    settings.MAX_GENERATIONS_IN_FLIGHT = 1
    cancel_generation(generation=start(cast))
    with transaction.atomic():
        transitions.fail(start(cast).id, code="job_lost", message="Its worker died.", retryable=True)
    assert start(cast).is_live
    with pytest.raises(TooManyInFlight):
        start(cast)


def test_one_that_runs_holds_its_place(cast: Cast, settings: Settings) -> None:
    settings.MAX_GENERATIONS_IN_FLIGHT = 1
    assert transitions.start(start(cast).id)
    with pytest.raises(TooManyInFlight):
        start(cast)


def test_a_key_has_a_limit_of_its_own_beside_that_of_its_organization(cast: Cast, settings: Settings) -> None:
    settings.MAX_GENERATIONS_IN_FLIGHT_OF_KEY = 2
    settings.MAX_GENERATIONS_IN_FLIGHT = 3
    one, other = make_key(cast.organization)[0], make_key(cast.organization)[0]
    start(cast, key=one)
    start(cast, key=one)
    with pytest.raises(TooManyInFlight) as refusal:
        start(cast, key=one)
    assert refusal.value.details == {"scope": "key", "in_flight": 2, "limit": 2}
    start(cast, key=other)
    with pytest.raises(TooManyInFlight) as refusal:
        start(cast)
    assert refusal.value.details["scope"] == "organization"


def test_a_plan_lowers_what_the_installation_allows_and_lifts_nothing(cast: Cast, settings: Settings) -> None:
    settings.MAX_GENERATIONS_IN_FLIGHT = 2
    for of_plan in (1, 5):
        cast.organization.plan_overrides = {"generations_in_flight": of_plan}
        start(cast)
        with pytest.raises(TooManyInFlight):
            start(cast)


def test_another_organization_is_not_concerned(api: Client, outsider: Client, settings: Settings) -> None:
    settings.MAX_GENERATIONS_IN_FLIGHT = 1
    assert [post(client).status_code for client in (api, api, outsider)] == [202, 429, 202]


def test_a_refused_request_may_be_sent_again_with_its_key(api: Client, settings: Settings) -> None:
    settings.MAX_GENERATIONS_IN_FLIGHT = 1
    first = post(api).json()
    api.defaults["HTTP_IDEMPOTENCY_KEY"] = "mine"
    assert post(api).status_code == 429
    cancel_generation(generation=Generation.objects.get(id=first["job_id"]))
    accepted = post(api)
    assert accepted.status_code == 202
    # A repetition starts nothing, and needs no place.
    repeated = post(api)
    assert (repeated.status_code, repeated.json()) == (202, accepted.json())


def test_of_many_at_once_as_many_are_accepted_as_there_are_places(cast: Cast, settings: Settings) -> None:
    settings.MAX_GENERATIONS_IN_FLIGHT = 3
    assert at_once(12, lambda _: start(cast)) == 3
    assert Generation.objects.in_flight().count() == 3


def test_so_it_is_for_a_key(cast: Cast, settings: Settings) -> None:
    settings.MAX_GENERATIONS_IN_FLIGHT_OF_KEY = 1
    key = make_key(cast.organization)[0]
    assert at_once(8, lambda _: start(cast, key=key)) == 1


def test_and_for_batches(cast: Cast, settings: Settings) -> None:
    settings.MAX_BATCHES_IN_FLIGHT = 1
    caller = Membership(organization=cast.organization)
    lines = check_lines(number_values([{"prompt": "A page"}]), caller=caller)
    assert at_once(6, lambda _: start_batch(organization=cast.organization, lines=lines)) == 1
    assert Batch.objects.count() == 1


def test_the_lines_of_a_batch_take_no_place_and_a_batch_does(api: Client, settings: Settings) -> None:
    settings.MAX_GENERATIONS_IN_FLIGHT = 2
    settings.MAX_BATCHES_IN_FLIGHT = 1
    assert post_lines(api, *[{"prompt": f"Page {number}"} for number in range(5)]).status_code == 202
    assert [post(api).status_code for _ in range(3)] == [202, 202, 429]
    refused = post_lines(api, {"prompt": "A page"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "too_many_in_flight")
    assert refused.json()["error"]["message"] == "1 batches are in flight, and 1 may be."
    cancel_batch(batch=Batch.objects.get())
    assert post_lines(api, {"prompt": "A page"}).status_code == 202


@pytest.mark.servers
def test_an_identical_request_takes_a_place_and_a_known_answer_none(
    cast: Cast, settings: Settings, redis_url: str, script: Callable[..., Any]
) -> None:
    settings.CACHES = {"default": {"BACKEND": "codegen_site.redis_cache.RedisCache", "LOCATION": redis_url}}
    settings.MAX_GENERATIONS_IN_FLIGHT = 2
    script(TWO_FILES)
    start(cast, cache="use")
    assert start(cast, cache="use").is_joined
    with pytest.raises(TooManyInFlight):
        start(cast, cache="use")
    asyncio.run(run_all_jobs())
    settings.MAX_GENERATIONS_IN_FLIGHT = 0
    assert start(cast, cache="use").cached


@pytest.mark.servers
def test_nobody_waits_for_one_that_was_refused(cast: Cast, settings: Settings, redis_url: str) -> None:
    settings.CACHES = {"default": {"BACKEND": "codegen_site.redis_cache.RedisCache", "LOCATION": redis_url}}
    settings.MAX_GENERATIONS_IN_FLIGHT = 0
    with pytest.raises(TooManyInFlight):
        start(cast, cache="use")
    settings.MAX_GENERATIONS_IN_FLIGHT = 1
    leader = start(cast, cache="use")
    assert known_answers.lead_or_find_leader(leader.answer_key, leader.id) == leader.id


def test_who_has_no_limit_waits_for_nobody(cast: Cast, settings: Settings) -> None:
    settings.MAX_GENERATIONS_IN_FLIGHT = settings.MAX_GENERATIONS_IN_FLIGHT_OF_KEY = None
    with CaptureQueriesContext(connection) as queries:
        start(cast)
    assert counting(queries) == []
    assert not any("FOR NO KEY UPDATE" in query["sql"] for query in queries)


def counting(queries: CaptureQueriesContext) -> list[str]:
    words = ("COUNT", "generation_generation")
    return [query["sql"] for query in queries if all(word in query["sql"] for word in words)]


def test_they_are_counted_in_an_index_that_holds_nothing_else(cast: Cast) -> None:
    key = make_key(cast.organization)[0]
    _fill(cast.organization, key)
    with CaptureQueriesContext(connection) as queries:
        start(cast, key=key)
    [statement] = counting(queries)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE generation_generation")
        cursor.execute(f"EXPLAIN {'QUERY PLAN' if connection.vendor == 'sqlite' else ''} {statement}")
        plan = " ".join(str(row) for row in cursor.fetchall())
    assert "generation_in_flight" in plan
    assert ("Index Only Scan" if connection.vendor == "postgresql" else "COVERING INDEX") in plan


def _fill(organization: Organization, key: ApiKey) -> None:
    """Many that have ended, and many lines of a batch that have not."""
    batch = Batch.objects.create(organization=organization, total=2_000)
    common = {"organization": organization, "api_key": key, "prompt": "x", "model": "m"}
    Generation.objects.bulk_create(
        [
            *(Generation(**common, status="completed") for _ in range(2_000)),
            *(Generation(**common, batch=batch) for _ in range(2_000)),
        ]
    )


def test_the_key_of_a_generation_is_kept(api: Client, cast: Cast) -> None:
    post(api)
    post_lines(api, {"prompt": "A page"})
    keys = {generation.api_key for generation in Generation.objects.all()}
    assert [str(key) for key in keys] == [str(cast.organization.api_keys.get())]


def test_a_member_who_is_logged_in_has_no_key(cast: Cast) -> None:
    member = Client()
    member.force_login(cast.alice)
    assert post(member).status_code == 202
    assert Generation.objects.get().api_key is None
