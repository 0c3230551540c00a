from typing import Any

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from accounts.limits.sizes import Sizes, check_body, check_prompt, sizes_of
from accounts.models import Organization
from codegen_site.errors import RequestTooLarge, ValidationException

SOMEBODY = Organization(name="Somebody")


@pytest.fixture(autouse=True)
def _small_plan(settings: Settings) -> None:
    settings.MAX_BODY_BYTES = 100
    settings.MAX_PROMPT_CHARS = 10


def body(size: int, **meta: Any) -> None:
    request = RequestFactory().post("/", b"x" * size, content_type="application/json", **meta)
    check_body(request, organization=SOMEBODY)


def test_a_body_up_to_the_limit_passes() -> None:
    body(100)
    with pytest.raises(RequestTooLarge, match="at most 100 bytes"):
        body(101)


@pytest.mark.parametrize("announced", ["", "-1", "ten", "1e9"])
def test_a_length_that_says_nothing_is_left_to_whoever_reads(announced: str) -> None:
    body(500, CONTENT_LENGTH=announced)


def test_a_length_of_any_number_of_digits_is_read() -> None:
    with pytest.raises(RequestTooLarge):
        body(5, CONTENT_LENGTH="9" * 10_000)


def test_a_prompt_is_counted_in_characters() -> None:
    check_prompt("ä" * 10, organization=SOMEBODY)
    with pytest.raises(ValidationException) as refusal:
        check_prompt("ä" * 11, organization=SOMEBODY)
    assert refusal.value.details == [
        {"field": "prompt", "message": "At most 10 characters; this prompt has 11."}
    ]


def test_by_default_everybody_has_the_limits_of_the_installation() -> None:
    assert sizes_of(SOMEBODY) == Sizes(max_body_bytes=100, max_prompt_chars=10)


def test_a_plan_lowers_them_and_does_not_lift_them() -> None:
    small = Organization(name="Small", plan_overrides={"max_body_bytes": 50, "max_prompt_chars": 20})
    assert sizes_of(small) == Sizes(max_body_bytes=50, max_prompt_chars=10)
