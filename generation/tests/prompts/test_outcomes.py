"""What came of each version: counted once, in one query, and with how sure it is."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Organization
from accounts.testing import make_organization
from generation.models import Attempt, Generation
from generation.prompts.outcomes import outcomes_since, wilson_interval
from generation.tests.prompts.conftest import make_version


@pytest.fixture
def organization(db: None) -> Organization:
    return make_organization()


def make(organization: Organization, status: str, *, calls: int = 1, **values: Any) -> Generation:
    now = timezone.now()
    generation = Generation.objects.create(
        **{
            "organization": organization,
            "status": status,
            "prompt": "A page.",
            "model": "small",
            "prompt_version": "built-in-1",
            "started_at": now - timedelta(seconds=4),
            "finished_at": now,
            "input_tokens": 100,
            "output_tokens": 300,
            "cost_microusd": 50,
            **values,
        }
    )
    for number in range(1, calls + 1):
        Attempt.objects.create(
            generation=generation,
            claim_no=1,
            number=number,
            model="small",
            prompt_version=generation.prompt_version,
            messages=[],
        )
    return generation


def since(days: int = 1) -> Any:
    return timezone.now() - timedelta(days=days)


def test_it_counts_how_they_ended_and_what_they_took(organization: Organization) -> None:
    version = make_version(state="active")
    mine: dict[str, Any] = {"prompt_texts": version, "prompt_version": "warm-1"}
    make(organization, "completed", **mine)
    make(organization, "completed", calls=3, input_tokens=300, output_tokens=900, cost_microusd=150, **mine)
    make(organization, "incomplete", **mine)
    make(organization, "failed", calls=2, **mine)
    make(organization, "completed")
    found, built_in = outcomes_since(since())
    assert (found.row_id, found.version) == (version.id, "warm-1")
    assert (found.ended, found.completed, found.incomplete, found.failed, found.repaired) == (4, 2, 1, 1, 2)
    assert (found.input_tokens, found.output_tokens, found.cost_microusd) == (150, 450, 300)
    assert found.latency_s == pytest.approx(4)
    assert (found.completed_share, found.interval) == (0.5, wilson_interval(2, 4))
    assert (built_in.row_id, built_in.version, built_in.ended) == (None, "built-in-1", 1)


def test_what_no_model_was_asked_for_is_left_out(organization: Organization) -> None:
    leader = make(organization, "completed")
    make(organization, "completed", calls=0, leader=leader)
    make(organization, "completed", calls=0, cached=True)
    make(organization, "cancelled")
    make(organization, "running", finished_at=None)
    make(organization, "completed", prompt_version="")
    make(organization, "completed", created_at=since(2))
    [found] = outcomes_since(since(1))
    assert found.ended == 1
    [found] = outcomes_since(since(3))
    assert found.ended == 2


def test_of_a_generation_that_never_began_there_is_no_time(organization: Organization) -> None:
    make(organization, "failed", calls=0, started_at=None)
    [found] = outcomes_since(since())
    assert found.latency_s is None


def test_it_takes_one_query(organization: Organization) -> None:
    for number in range(5):
        make(organization, "completed", calls=2, prompt_version=f"v{number}")
    with CaptureQueriesContext(connection) as queries:
        assert len(outcomes_since(since())) == 5
    assert len(queries) == 1


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [
        # Of R's binom.confint(method = "wilson").
        (0, 0, 0.0, 1.0),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (5, 10, 0.2366, 0.7634),
        (81, 263, 0.2553, 0.3662),
        (950, 1000, 0.9347, 0.9619),
    ],
)
def test_an_interval_says_how_sure_a_share_is(hits: int, of: int, low: float, high: float) -> None:
    assert wilson_interval(hits, of) == pytest.approx((low, high), abs=0.0001)
