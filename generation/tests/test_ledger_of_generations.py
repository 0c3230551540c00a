"""What a generation does to the books from its acceptance to its end, in every way it can end."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.ledger.checking import check_balances
from accounts.ledger.closing import release
from accounts.ledger.stored_bytes import count_stored_bytes
from accounts.ledger.sweeping import sweep_holds
from accounts.ledger.testing import figures_of, hold, limit
from accounts.models import ApiKey, Hold, LedgerEntry, Membership, QuotaNotice, StoredBytes, UsageRecord
from accounts.testing import Cast
from codegen_site.errors import LLMRefused, QuotaExceeded
from generation.batch_cancelling import cancel_batch
from generation.batch_lines import check_lines, number_values
from generation.batch_services import start_batch
from generation.holds import expect
from generation.integrations import known_answers
from generation.models import Batch, Generation
from generation.pipeline.records import GenerationRequest, Usage
from generation.services import cancel_generation, delete_generation, start_generation
from generation.settling import bytes_of, find_fates
from generation.testing import ScriptedAnswer, ScriptedModel
from generation.tests.conftest import TWO_FILES
from jobs.errors import RetryRefused
from jobs.models import Job
from jobs.services import retry_dead_job
from jobs.testing import run_all_jobs, run_job

pytestmark = pytest.mark.django_db(transaction=True)

Script = Callable[..., ScriptedModel]
REQUEST = GenerationRequest(prompt="A page", model="gemini-2.5-flash", framework="html")


def start(cast: Cast, **options: Any) -> Generation:
    options = {"cache": "off", "request": REQUEST, **options}
    return start_generation(organization=cast.organization, **options)


def held() -> int:
    return expect(REQUEST).amount.microusd


def run() -> None:
    Job.objects.filter(status=Job.Status.READY).update(run_after=None)
    asyncio.run(run_all_jobs())


def state_of(generation: Generation) -> str:
    return Hold.objects.get(generation_id=generation.id).state


def kinds() -> list[str]:
    return list(LedgerEntry.objects.order_by("id").values_list("kind", flat=True))


@pytest.fixture(autouse=True)
def books_agree() -> Any:
    yield
    assert check_balances() == []


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What Redis would know, kept here."""
    answers: dict[str, Any] = {}
    leaders: dict[str, UUID] = {}
    for name, double in {
        "find_answer": answers.get,
        "remember_answer": answers.__setitem__,
        "forget_answer": lambda key: answers.pop(key, None),
        "lead_or_find_leader": leaders.setdefault,
        "take_lead": leaders.__setitem__,
        "leave_lead": lambda key: leaders.pop(key, None),
    }.items():
        monkeypatch.setattr(known_answers, name, double)
    return leaders


def test_it_is_held_when_it_is_accepted_and_billed_when_it_ends(cast: Cast, script: Script) -> None:
    script(TWO_FILES)
    generation = start(cast)
    assert figures_of(cast.organization) == (held(), 0, expect(REQUEST).amount.tokens, 0)
    run()
    assert figures_of(cast.organization) == (0, 30, 0, 30)
    assert (state_of(generation), kinds()) == ("settled", ["reserve", "settle"])


def test_what_it_used_is_recorded_and_outlives_it(cast: Cast, script: Script) -> None:
    script("I would rather talk.", TWO_FILES)
    key = ApiKey.objects.get(organization=cast.organization)
    generation = start(cast, caller=key)
    run()
    delete_generation(generation=Generation.objects.get())
    records = list(UsageRecord.objects.order_by("id"))
    assert [record.purpose for record in records] == ["answer", "retry"]
    for record in records:
        assert (record.generation_id, record.organization, record.api_key) == (
            generation.id,
            cast.organization,
            key,
        )
        assert (record.model, record.framework) == ("gemini-2.5-flash", "html")
        assert (record.calls, record.input_tokens, record.output_tokens) == (1, 10, 20)
        assert (record.cost_microusd, record.billed, record.member) == (30, True, None)
    assert figures_of(cast.organization, key)[1] == 60


def test_a_failure_costs_nothing_and_says_what_it_cost_us(cast: Cast, script: Script) -> None:
    script("No code.", "Still none.")
    generation = start(cast)
    run()
    assert (figures_of(cast.organization), state_of(generation)) == ((0, 0, 0, 0), "released")
    records = UsageRecord.objects.order_by("id")
    usage = records.values_list("purpose", "billed", "calls", "cost_microusd")
    assert list(usage) == [("answer", False, 1, 30), ("retry", False, 1, 30)]


def test_a_failure_without_an_answer_leaves_no_usage(cast: Cast, script: Script) -> None:
    script(ScriptedAnswer(error=LLMRefused("No.")))
    start(cast)
    run()
    assert figures_of(cast.organization) == (0, 0, 0, 0)
    assert not UsageRecord.objects.exists()


def test_a_cancel_costs_nothing(cast: Cast) -> None:
    generation = start(cast)
    cancel_generation(generation=generation)
    assert (figures_of(cast.organization), state_of(generation)) == ((0, 0, 0, 0), "released")


def test_a_cancel_that_comes_too_late_changes_nothing(cast: Cast, script: Script) -> None:
    script(TWO_FILES)
    generation = start(cast)
    run()
    assert not cancel_generation(generation=generation)
    assert figures_of(cast.organization)[1] == 30


def test_a_worker_that_died_is_billed_once(cast: Cast, script: Script) -> None:
    script(ScriptedAnswer(text="```html", hangs=True), TWO_FILES)
    generation = start(cast)

    async def die() -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(run_job(generation.id), 0.5)

    asyncio.run(die())
    Job.objects.update(lease_until="2020-01-01T00:00:00Z")
    asyncio.run(run_job(generation.id))
    assert figures_of(cast.organization)[:2] == (0, 30)
    assert kinds() == ["reserve", "settle"]


def test_what_cost_more_than_was_held_is_booked_in_full(cast: Cast, script: Script) -> None:
    limit(cast.organization, money_per_month_microusd=held())
    dear = Usage(input_tokens=10, output_tokens=20, cost_microusd=held() * 3)
    script(ScriptedAnswer(text=TWO_FILES, usage=dear))
    start(cast)
    run()
    assert figures_of(cast.organization)[:2] == (0, held() * 3)
    with pytest.raises(QuotaExceeded):
        start(cast)


def test_a_refusal_leaves_nothing_behind_but_a_notice(cast: Cast) -> None:
    limit(cast.organization, money_per_month_microusd=held() - 1)
    for _ in range(2):
        with pytest.raises(QuotaExceeded):
            start(cast)
    for rows in (Generation, Hold, LedgerEntry):
        assert not rows.objects.exists()
    assert QuotaNotice.objects.get().percent == 100
    assert [job.task_path for job in Job.objects.all()] == ["generation.quota_mail.mail_quota_notice"]


def test_a_known_answer_costs_nothing_not_even_a_request(
    cast: Cast, known: dict[str, Any], script: Script
) -> None:
    script(TWO_FILES)
    limit(cast.organization, requests_per_day=1)
    start(cast, cache="use")
    run()
    again = start(cast, cache="use")
    assert (again.cached, again.status) == (True, "completed")
    assert figures_of(cast.organization)[:2] == (0, 30)
    assert (Hold.objects.count(), UsageRecord.objects.count()) == (1, 1)


def test_who_joins_costs_nothing(cast: Cast, known: dict[str, Any], script: Script) -> None:
    script(TWO_FILES)
    limit(cast.organization, requests_per_day=1, money_per_month_microusd=held())
    leader, follower = start(cast, cache="use"), start(cast, cache="use")
    assert follower.leader_id == leader.id
    assert Hold.objects.count() == 1
    run()
    assert figures_of(cast.organization)[:2] == (0, 30)
    assert UsageRecord.objects.count() == 1


def test_the_heir_of_a_cancelled_leader_gets_its_hold(
    cast: Cast, known: dict[str, Any], script: Script
) -> None:
    script(TWO_FILES)
    limit(cast.organization, requests_per_day=1, money_per_month_microusd=held())
    leader, heir, other = (start(cast, cache="use") for _ in range(3))
    cancel_generation(generation=leader)
    assert (state_of(leader), state_of(heir), Hold.objects.count()) == ("released", "open", 2)
    assert figures_of(cast.organization)[0] == held()
    cancel_generation(generation=heir)
    run()
    assert (state_of(heir), state_of(other)) == ("released", "settled")
    assert figures_of(cast.organization)[:2] == (0, 30)


def test_a_cancelled_follower_leaves_the_hold_of_the_leader(cast: Cast, known: dict[str, Any]) -> None:
    leader, follower = start(cast, cache="use"), start(cast, cache="use")
    cancel_generation(generation=follower)
    assert state_of(leader) == "open"
    assert figures_of(cast.organization)[0] == held()


def test_nobody_waits_for_a_leader_that_was_refused(cast: Cast, known: dict[str, Any]) -> None:
    limit(cast.organization, requests_per_day=0)
    with pytest.raises(QuotaExceeded):
        start(cast, cache="use")
    assert known == {}


def test_a_retry_is_held_for_again_and_may_be_refused(cast: Cast, script: Script) -> None:
    script("No code.", "Still none.", TWO_FILES)
    generation = start(cast)
    run()
    other = hold(cast.organization, held())
    limit(cast.organization, requests_per_day=1, money_per_month_microusd=held())
    with pytest.raises(RetryRefused, match="no room"):
        retry_dead_job(generation.id)
    assert Generation.objects.get().status == "failed"
    release(other)
    assert retry_dead_job(generation.id)
    assert (state_of(generation), figures_of(cast.organization)[0]) == ("open", held())
    run()
    assert (state_of(generation), figures_of(cast.organization)[:2]) == ("settled", (0, 30))
    usage = UsageRecord.objects.order_by("id").values_list("billed", "calls", "cost_microusd")
    assert list(usage) == [(False, 1, 30), (False, 1, 30), (True, 1, 30)]


def start_lines(cast: Cast, *lines: dict[str, Any], **options: Any) -> Batch:
    return start_batch(
        organization=cast.organization,
        lines=check_lines(number_values(lines), caller=Membership(organization=cast.organization)),
        **options,
    )


def test_each_line_of_a_batch_has_a_hold(cast: Cast, script: Script) -> None:
    script(TWO_FILES, "No code.", "Still none.")
    line = {"prompt": "A page", "framework": "html", "cache": "off"}
    key = ApiKey.objects.get(organization=cast.organization)
    start_lines(cast, line, {"prompt": ""}, line, caller=key)
    assert (Hold.objects.count(), LedgerEntry.objects.count()) == (2, 2)
    assert figures_of(cast.organization)[0] == 2 * held()
    assert figures_of(cast.organization, key) == figures_of(cast.organization)
    run()
    assert figures_of(cast.organization)[:2] == (0, 30)


def test_a_batch_that_is_not_covered_is_refused_as_a_whole(cast: Cast) -> None:
    limit(cast.organization, money_per_month_microusd=3 * held() - 1)
    line = {"prompt": "A page", "framework": "html"}
    with pytest.raises(QuotaExceeded) as refused:
        start_lines(cast, *[line] * 3)
    assert refused.value.details["requested"] == 3 * held()
    for rows in (Batch, Generation, Hold, LedgerEntry, Job):
        assert not rows.objects.exists()
    start_lines(cast, *[line] * 2)


def test_a_cancelled_batch_is_released(cast: Cast) -> None:
    line = {"prompt": "A page"}
    batch = start_lines(cast, line, line)
    cancel_batch(batch=batch)
    assert figures_of(cast.organization) == (0, 0, 0, 0)
    assert set(Hold.objects.values_list("state", flat=True)) == {"released"}


def test_a_line_that_finds_its_answer_known_costs_nothing(
    cast: Cast, known: dict[str, Any], script: Script
) -> None:
    script(TWO_FILES)
    line = {"prompt": "A page"}
    start_lines(cast, line, line)
    run()
    assert figures_of(cast.organization)[:2] == (0, 30)
    assert sorted(Hold.objects.values_list("state", flat=True)) == ["released", "settled"]


def test_holds_that_were_forgotten_are_swept_by_what_became_of_them(cast: Cast, script: Script) -> None:
    script(TWO_FILES)
    ended = start(cast)
    run()
    live, gone, failed = start(cast), start(cast), start(cast)
    Generation.objects.filter(id=failed.id).update(status="failed")
    Generation.objects.filter(id=gone.id).delete()
    Hold.objects.exclude(generation_id=ended.id).update(expires_at="2020-01-01T00:00:00Z")
    assert sweep_holds(find_fates) == 2
    assert (state_of(live), state_of(gone), state_of(failed)) == ("open", "released", "released")
    Generation.objects.filter(id=live.id).update(
        status="completed", cost_microusd=50, input_tokens=1, output_tokens=2
    )
    Hold.objects.update(expires_at="2020-01-01T00:00:00Z")
    assert sweep_holds(find_fates) == 1
    assert (state_of(live), figures_of(cast.organization)) == ("settled", (0, 80, 0, 33))


def test_stored_bytes_follow_what_is_stored_and_deleted(
    cast: Cast, known: dict[str, Any], script: Script
) -> None:
    script(TWO_FILES)
    start(cast, cache="use")
    run()
    first = Generation.objects.get()
    size = sum(first.files.values_list("size", flat=True))
    start(cast, cache="use")
    stored = StoredBytes.objects.get(organization=cast.organization)
    assert stored.bytes == 2 * size > 0
    delete_generation(generation=first)
    stored.refresh_from_db()
    assert stored.bytes == size == bytes_of(cast.organization)


def test_stored_bytes_are_counted_anew(cast: Cast, script: Script) -> None:
    script(TWO_FILES)
    start(cast)
    run()
    StoredBytes.objects.update(bytes=1)
    assert count_stored_bytes(bytes_of) == 1
    assert count_stored_bytes(bytes_of) == 0
    assert StoredBytes.objects.get(organization=cast.organization).bytes == bytes_of(cast.organization) > 0


def test_who_asked_is_kept_with_the_generation(cast: Cast, api: Client) -> None:
    body = {"prompt": "A page", "async": True, "cache": "off"}
    assert api.post("/api/v1/generate_code", body, content_type="application/json").status_code == 202
    by_key = Generation.objects.latest("id")
    assert (by_key.api_key, by_key.member) == (ApiKey.objects.get(organization=cast.organization), None)
    member = Client()
    member.force_login(cast.bob)
    assert member.post("/api/v1/generate_code", body, content_type="application/json").status_code == 202
    by_member = Generation.objects.latest("id")
    assert (by_member.api_key, by_member.member) == (None, Membership.objects.get(user=cast.bob))


def test_a_quota_answers_402_with_figures_and_starts_nothing(cast: Cast, api: Client) -> None:
    limit(cast.organization, requests_per_day=0)
    body = {"prompt": "A page", "async": True, "cache": "off"}
    response = api.post("/api/v1/generate_code", body, content_type="application/json")
    assert response.status_code == 402
    error = response.json()["error"]
    assert (error["code"], error["retryable"]) == ("quota_exceeded", False)
    assert (error["details"]["quota"], error["details"]["limit"]) == ("requests_per_day", 0)
    assert "Retry-After" not in response.headers
    assert not Generation.objects.exists()


def test_an_idempotency_key_is_free_again_after_a_refusal(cast: Cast, api: Client) -> None:
    body = {"prompt": "A page", "async": True, "cache": "off"}
    headers = {"Idempotency-Key": "k"}
    statuses = []
    for requests_per_day in (0, 1, 1):
        limit(cast.organization, requests_per_day=requests_per_day)
        response = api.post("/api/v1/generate_code", body, content_type="application/json", headers=headers)
        statuses.append(response.status_code)
    assert statuses == [402, 202, 202]
    assert Generation.objects.count() == 1


LEDGER_TABLES = ("accounts_balance", "accounts_hold", "accounts_ledgerentry", "accounts_storedbytes")


def statements(queries: CaptureQueriesContext) -> list[str]:
    return [
        one["sql"].split(" ")[0] for one in queries if any(table in one["sql"] for table in LEDGER_TABLES)
    ]


def test_acceptance_takes_four_statements_of_the_ledger(cast: Cast) -> None:
    limit(cast.organization, money_per_month_microusd=10**9, requests_per_day=99, stored_bytes=10**9)
    key = ApiKey.objects.get(organization=cast.organization)
    start(cast, caller=key)
    with CaptureQueriesContext(connection) as queries:
        start(cast, caller=key)
    assert statements(queries) == ["INSERT", "INSERT", "UPDATE", "UPDATE"]
    with CaptureQueriesContext(connection) as queries:
        start(cast)
    assert statements(queries) == ["INSERT", "INSERT", "UPDATE"]


def test_an_end_takes_six_statements_of_the_ledger(cast: Cast, script: Script) -> None:
    script(TWO_FILES, TWO_FILES)
    key = ApiKey.objects.get(organization=cast.organization)
    start(cast, caller=key)
    run()
    start(cast, caller=key)
    with CaptureQueriesContext(connection) as queries:
        async_to_sync(run_all_jobs)()
    written = statements(queries)
    assert (written.count("UPDATE"), written.count("INSERT"), written.count("SELECT")) == (4, 1, 1)
