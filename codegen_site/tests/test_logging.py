import json
import logging
from typing import Any
from uuid import UUID

import pytest
import structlog

from codegen_site.logging import logging_config
from codegen_site.redaction import redact

KEY = "cg_live_abcdefgh1234_S3cr3tS3cr3tS3cr3tS3cr3tS3cr3t"


@pytest.mark.parametrize(
    "text",
    [
        f"key {KEY} used",
        f"Authorization: Bearer {KEY}",
        "Bearer opaque.token-1",
        "sk-0123456789abcdef",
        "whsec_0123456789/S3cr3t+S3cr3t=",
    ],
)
def test_a_key_does_not_reach_a_log(text: str) -> None:
    redacted = redact(text)
    assert "[redacted]" in redacted
    for secret in ("S3cr3t", "opaque", "0123456789"):
        assert secret not in redacted


def test_other_words_are_left_alone() -> None:
    text = "a bearer of news; task-sk-1; cg_liver"
    assert redact("plain text, cg_liver") == "plain text, cg_liver"
    assert "news" in redact(text)


def log(
    message: str,
    *args: object,
    exception: Exception | None = None,
    extra: dict[str, Any] | None = None,
    logger: str = "jobs",
) -> dict[str, Any]:
    """The line of JSON that the message becomes."""
    formatter = logging_config(level="INFO", json=True)["formatters"]["structured"].copy()
    handler = logging.StreamHandler()
    handler.setFormatter(formatter.pop("()")(**formatter))
    info = (type(exception), exception, exception.__traceback__) if exception else None
    record = logging.getLogger(logger).makeRecord(
        logger, logging.INFO, "", 0, message, args, info, extra=extra
    )
    line: dict[str, Any] = json.loads(handler.format(record))
    return line


def test_a_line_is_json_with_the_request_and_without_secrets() -> None:
    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        line = log("said %s", KEY)
    assert (line["request_id"], line["level"], line["logger"]) == ("r-1", "info", "jobs")
    assert line["event"] == "said cg_live_abcd[redacted]"


@pytest.mark.parametrize("before", ["", "\n", "\t", '"', "\\"])
@pytest.mark.parametrize(
    "secret", [KEY, "Bearer opaque.token-1", "sk-0123456789abcdef", "whsec_0123456789/abc+="]
)
def test_a_line_stays_json_whatever_stands_around_a_secret(before: str, secret: str) -> None:
    event = log(f'{before}{secret}", said')["event"]
    assert event.endswith('[redacted]", said')
    assert secret[-8:] not in event


def test_a_traceback_shows_no_variables() -> None:
    def fail(prompt: str) -> None:
        raise ValueError(f"not with {KEY}")

    try:
        fail("the prompt of a customer")
    except ValueError as error:
        line = log("failed", exception=error)
    text = json.dumps(line)
    assert "test_logging.py" in text
    assert "not with cg_live_abcd[redacted]" in text
    assert "S3cr3t" not in text
    assert "locals" not in text


def test_django_s_own_line_is_kept_for_a_defect_alone() -> None:
    django = logging.getLogger("django.request")
    configured = logging_config(level="INFO", json=True)["filters"]["has_traceback"]["callback"]
    record = django.makeRecord(django.name, logging.WARNING, "", 0, "Not Found: /x", (), None)
    assert not configured(record)
    record.exc_info = (ValueError, ValueError(), None)
    assert configured(record)


PROMPT = "the prompt of a customer"


def test_of_what_is_private_only_numbers_ids_and_places_are_logged() -> None:
    job_id = UUID("01a21563-c86a-70a4-bec6-0e59fff46af6")

    def refuse(prompt: str) -> None:
        try:
            dict[str, str]()[prompt]
        except KeyError as error:
            raise ValueError(f"no answer to {prompt}") from error

    with structlog.contextvars.bound_contextvars(private=True, request_id="r-1"):
        try:
            refuse(PROMPT)
        except ValueError as error:
            line = log("job %s failed after %d: %s", job_id, 3, error, exception=error)
    text = json.dumps(line)
    assert "customer" not in text
    assert line["event"] == f"job {job_id} failed after 3: [private]"
    assert line["request_id"] == "r-1"
    assert "builtins.KeyError: [private]" in line["exception"]
    assert "builtins.ValueError: [private]" in line["exception"]
    assert "in refuse" in line["exception"]
    assert "private" not in line


def test_fields_of_what_is_private_are_withheld() -> None:
    with structlog.contextvars.bound_contextvars(private=True):
        line = log("asked", extra={"prompt": PROMPT, "answer": [PROMPT], "tokens": 12})
    assert (line["prompt"], line["answer"], line["tokens"]) == ("[private]", "[private]", 12)


def test_the_line_of_a_request_is_there_though_it_is_private() -> None:
    with structlog.contextvars.bound_contextvars(private=True):
        line = log("%s %s %s", "POST", "/api/v1/generate_code", 200, logger="request")
    assert line["event"] == "POST /api/v1/generate_code 200"


def test_a_secret_in_a_field_is_hidden_whole_by_the_name_of_the_field() -> None:
    line = log("sent", extra={"password": 'with "quotes" and more', "max_tokens": 12, "token": "a b"})
    assert (line["password"], line["max_tokens"], line["token"]) == ("[redacted]", 12, "[redacted]")
