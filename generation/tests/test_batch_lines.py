"""What counts as a line of a batch, which lines are refused and how, and what is too much."""

import io
import json
from typing import Any

import pytest
from pytest_django import Settings

from accounts.models import Membership, Organization
from codegen_site.errors import LLMServiceException, ValidationException
from generation import batch_lines
from generation.batch_lines import Line, check_lines, number_values, read_lines
from generation.catalog import request_limits
from generation.pipeline.validate_request import RequestLimits

GOOD = b'{"prompt": "A page"}'
CALLER = Membership(organization=Organization())


def check(text: bytes) -> list[Line]:
    return check_lines(read_lines(io.BytesIO(text)), caller=CALLER)


def refusal(value: Any) -> dict[str, Any]:
    """The error of a line, which leaves the lines around it alone."""
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    before, line, after = check(b"\n".join([GOOD, text, GOOD]))
    assert (before.error, after.error, before.number, after.number) == (None, None, 1, 3)
    assert line.request is None
    assert line.error is not None
    json.dumps(line.error, allow_nan=False).encode()
    return line.error


def test_a_line_is_a_request() -> None:
    [line] = check_lines(
        number_values(
            [
                {
                    "custom_id": "a-1",
                    "prompt": "A page",
                    "framework": "React",
                    "cache": "refresh",
                    "metadata": {"a": 1},
                }
            ]
        ),
        caller=CALLER,
    )
    assert line.error is None
    assert line.request is not None
    assert (line.request.prompt, line.request.framework) == ("A page", "react")
    assert (line.number, line.custom_id, line.cache, line.metadata) == (1, "a-1", "refresh", {"a": 1})


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        (GOOD, [1]),
        (GOOD + b"\n", [1]),
        (GOOD + b"\r\n" + GOOD + b"\r\n", [1, 2]),
        (b"\n\n" + GOOD + b"\n \t\n" + GOOD + b"\n\n", [3, 5]),
        (b"\xef\xbb\xbf" + GOOD + b"\n" + GOOD, [1, 2]),
        (b"\xef\xbb\xbf\n" + GOOD, [2]),
        (b"  " + GOOD + b"  ", [1]),
    ],
)
def test_lines_have_the_numbers_that_an_editor_shows(text: bytes, numbers: list[int]) -> None:
    lines = check(text)
    assert [line.number for line in lines] == numbers
    assert all(line.error is None for line in lines)


@pytest.mark.parametrize(
    "text",
    [
        b"{",
        b"nonsense",
        b'{"prompt": "A page"} {"prompt": "Another"}',
        b'{"prompt": "A \xff page"}',
        b'{"prompt": "A page"}\x00',
        b'{"prompt": "a\x00b"}',
        b'{"prompt": "A page", "temperature": NaN}',
        b'{"prompt": "A page", "temperature": -Infinity}',
        GOOD.decode().encode("utf-16"),
        b"\xef\xbb\xbf" + GOOD,
        b"[" * 100_000,
        b'{"prompt": "A page", "max_output_tokens": ' + b"9" * 5000 + b"}",
    ],
)
def test_what_is_not_json_is_an_error_of_its_line(text: bytes) -> None:
    error = refusal(text)
    assert (error["code"], error["retryable"]) == ("invalid_request", False)
    assert len(error["message"]) <= 500


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ([], ""),
        ("prompt", ""),
        (7, ""),
        (None, ""),
        ({}, "prompt"),
        ({"prompt": " "}, "prompt"),
        ({"prompt": "a\0b"}, "prompt"),
        ({"prompt": "a\ud800b"}, "prompt"),
        ({"prompt": "x" * 100_001}, "prompt"),
        ({"prompt": "A page", "stream": True}, "stream"),
        ({"prompt": "A page", "async": True}, "async"),
        ({"prompt": "A page", "promt": 1}, "promt"),
        ({"prompt": "A page", "a\0\ud800": 1}, "a\\0\\ud800"),
        (b'{"prompt": "A page", "temperature": 1e999}', "temperature"),
        (b'{"prompt": "A page", "metadata": {"a": 1e999}}', "metadata.a"),
        ({"prompt": "A page", "temperature": 3}, "temperature"),
        ({"prompt": "A page", "metadata": {"a": "\0"}}, "metadata.a"),
        ({"prompt": "A page", "metadata": {"a": "\ud800"}}, "metadata.a"),
        ({"prompt": "A page", "metadata": {"\udfff": 1}}, "metadata.\\udfff"),
        ({"prompt": "A page", "custom_id": 7}, "custom_id"),
        ({"prompt": "A page", "custom_id": ""}, "custom_id"),
        ({"prompt": "A page", "custom_id": "x" * 65}, "custom_id"),
        ({"prompt": "A page", "custom_id": "a\0"}, "custom_id"),
        ({"prompt": "A page", "custom_id": "a\ud800"}, "custom_id"),
    ],
)
def test_a_wrong_field_is_named(value: Any, field: str) -> None:
    error = refusal(value)
    assert error["code"] == "invalid_request"
    assert field in [detail["field"] for detail in error["details"]]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({"prompt": "A page", "framework": "reactt"}, "unknown_framework"),
        ({"prompt": "A page", "framework": "x" * 5000}, "unknown_framework"),
        ({"prompt": "A page", "model": "gpt-9"}, "unknown_model"),
    ],
)
def test_the_codes_are_those_of_a_single_request(
    value: dict[str, Any], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_lines, "request_limits", lambda model: request_limits(None))
    assert refusal(value)["code"] == code


def test_a_key_that_is_there_twice_counts_with_its_last_value_as_in_a_single_request() -> None:
    [line] = check(b'{"prompt": "one", "prompt": "two"}')
    assert line.request is not None
    assert line.request.prompt == "two"


def test_the_error_of_a_line_is_short_whatever_came_in() -> None:
    error = refusal({"prompt": "A page", **{f"{number}{'x' * 1000}": 1 for number in range(500)}})
    assert len(json.dumps(error)) < 50_000


def test_a_line_that_is_too_long_is_an_error_of_that_line(settings: Settings) -> None:
    error = refusal({"prompt": "x" * 5_000_000})
    assert error["code"] == "request_too_large"
    settings.MAX_BODY_BYTES = len(GOOD)
    assert [line.error for line in check(GOOD + b"\r\n" + GOOD + b"\n" + GOOD)] == [None, None, None]
    assert [line.error is None for line in check(GOOD + b"   \n" + GOOD)] == [False, True]
    [last] = check(GOOD + b"   ")
    assert last.error is not None


def test_of_two_lines_with_the_same_custom_id_the_second_is_refused() -> None:
    first, second, other, none, none_either = check_lines(
        number_values(
            {"prompt": "A page", "custom_id": custom_id}
            for custom_id in ("same", "same", "other", None, None)
        ),
        caller=CALLER,
    )
    assert (first.error, other.error, none.error, none_either.error) == (None, None, None, None)
    assert second.error is not None
    assert second.error["details"] == [
        {"field": "custom_id", "message": "An earlier line of the batch has the same."}
    ]
    assert second.custom_id == "same"


def test_a_refused_line_keeps_its_custom_id() -> None:
    [line] = check(b'{"custom_id": "a-1", "prompt": 7}')
    assert (line.custom_id, line.error is not None) == ("a-1", True)


@pytest.mark.parametrize("text", [b"", b"\n", b"\xef\xbb\xbf", b"\r\n \n"])
def test_an_empty_batch_is_refused(text: bytes) -> None:
    with pytest.raises(ValidationException, match="empty"):
        check(text)


def test_too_many_lines_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_lines, "MAX_LINES", 3)
    assert len(check(b"\n".join([GOOD] * 3))) == 3
    for text in (b"\n".join([GOOD] * 4), b"\n" * 8):
        with pytest.raises(ValidationException, match="at most 3 requests"):
            check(text)
    with pytest.raises(ValidationException, match="at most 3 requests"):
        check_lines(number_values([{}] * 4), caller=CALLER)


def test_the_list_of_models_is_asked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str | None] = []

    def limits(model: str | None) -> RequestLimits:
        asked.append(model)
        return request_limits(None)

    monkeypatch.setattr(batch_lines, "request_limits", limits)
    values = ({"prompt": "A page", "model": f"m-{number}"} for number in range(5))
    check_lines(number_values(values), caller=CALLER)
    assert len(asked) == 1


def test_without_the_list_of_models_the_batch_has_to_be_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def limits(model: str | None) -> RequestLimits:
        raise LLMServiceException

    monkeypatch.setattr(batch_lines, "request_limits", limits)
    with pytest.raises(LLMServiceException):
        check(b'{"prompt": "A page", "model": "other"}')
