"""Which texts a generation gets, and that it keeps them."""

import logging
from collections import Counter
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from uuid_utils.compat import uuid7

from accounts.testing import make_organization
from generation.integrations.known_answers import answer_key
from generation.models import Generation, PromptVersion
from generation.prompts import serving
from generation.prompts.builtin import builtin_texts
from generation.prompts.serving import choose_texts, current_serving, forget_serving, percentile, texts_of
from generation.services import new_generation
from generation.tests.pipeline.requests import make_request
from generation.tests.prompts.conftest import make_version

pytestmark = pytest.mark.django_db


def new() -> Generation:
    generation = new_generation(
        organization=make_organization(), request=make_request(), metadata=None, cache="use", request_id=""
    )
    generation.save()
    return Generation.objects.select_related("prompt_texts").get(id=generation.id)


def test_without_a_version_the_built_in_texts_are_used() -> None:
    chosen = choose_texts(uuid7())
    assert (chosen.row_id, chosen.texts.version) == (None, builtin_texts().version)


def test_the_active_version_is_used_by_every_generation_from_then_on() -> None:
    earlier = new()
    version = make_version(state="active")
    forget_serving()
    later = new()
    assert (earlier.prompt_texts, texts_of(earlier)) == (None, builtin_texts())
    assert later.prompt_texts == version
    assert later.prompt_version.startswith("warm-")
    assert texts_of(later).version == later.prompt_version
    assert "This is warm." in texts_of(later)("no_file.txt", {"reason": ""})


def test_what_is_in_use_is_asked_once_in_a_few_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    make_version(state="active")
    with CaptureQueriesContext(connection) as queries:
        for _ in range(100):
            choose_texts(uuid7())
    assert len(queries) == 1
    PromptVersion.objects.update(state="retired")
    monkeypatch.setattr(serving._known, "until", 0.0)
    assert choose_texts(uuid7()).row_id is None


def test_a_candidate_gets_its_share_and_no_more() -> None:
    make_version("usual", state="active")
    make_version("new", state="candidate", share=20)
    chosen = Counter(choose_texts(uuid7()).texts.version.rpartition("-")[0] for _ in range(5000))
    # Six standard deviations about a fifth.
    assert 830 < chosen["new"] < 1170
    assert chosen["usual"] == 5000 - chosen["new"]


def test_every_percentile_is_as_likely_as_another() -> None:
    counts = Counter(percentile(uuid7()) for _ in range(20_000))
    assert len(counts) == 100
    expected = 200.0
    chi_square = sum((count - expected) ** 2 / expected for count in counts.values())
    # Of 99 degrees of freedom: exceeded once in a hundred million times.
    assert chi_square < 200


@pytest.mark.parametrize(
    ("generation_id", "expected"),
    [
        ("00000000-0000-7000-8000-000000000000", 28),
        ("0190a000-0000-7000-8000-000000000001", 45),
        ("0190a000-0000-7000-8000-000000000002", 38),
    ],
)
def test_an_id_has_its_percentile_on_every_machine(generation_id: str, expected: int) -> None:
    assert percentile(UUID(generation_id)) == expected


def test_a_larger_share_takes_nobody_out_of_the_candidate() -> None:
    version = make_version(state="candidate", share=10)
    ids = [uuid7() for _ in range(500)]
    few = {one for one in ids if choose_texts(one).row_id == version.id}
    PromptVersion.objects.update(share=40)
    forget_serving()
    assert few < {one for one in ids if choose_texts(one).row_id == version.id}


def test_a_generation_keeps_its_texts_when_another_version_becomes_active() -> None:
    version = make_version("first", state="active")
    generation = new()
    PromptVersion.objects.update(state="retired")
    make_version("second", state="active")
    forget_serving()
    assert texts_of(generation).version == generation.prompt_version
    assert new().prompt_texts != version


def test_a_version_that_was_deleted_is_made_up_for_with_a_note(caplog: pytest.LogCaptureFixture) -> None:
    version = make_version(state="active")
    generation = new()
    version.delete()
    generation = Generation.objects.select_related("prompt_texts").get(id=generation.id)
    with caplog.at_level(logging.WARNING, "generation"):
        assert texts_of(generation) == builtin_texts()
    assert f"{generation.prompt_version} of generation {generation.id} is gone" in caplog.text


def test_a_version_that_is_deleted_meanwhile_keeps_nothing_from_being_stored() -> None:
    make_version(state="active")
    current_serving()
    PromptVersion.objects.all().delete()
    generation = new()
    assert generation.prompt_texts is None
    assert texts_of(generation) == builtin_texts()


def test_texts_that_cannot_be_used_any_more_are_made_up_for(caplog: pytest.LogCaptureFixture) -> None:
    make_version("old", state="active", texts={"user.txt": "{% load nothing %}"})
    assert choose_texts(uuid7()).texts == builtin_texts()
    assert "old cannot be used" in caplog.text


def test_an_answer_of_one_version_is_not_known_to_another() -> None:
    make_version("usual", state="active")
    before = new()
    PromptVersion.objects.update(texts={})
    forget_serving()
    after = new()
    assert before.answer_key != after.answer_key
    assert after.answer_key == answer_key(
        organization_id=after.organization_id, request=make_request(), prompt_version=builtin_texts().version
    )
