import json
import logging
from typing import Any

import pytest
import structlog

from codegen_site.logging import logging_config, redact

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


def log(message: str, *args: object, exception: Exception | None = None) -> dict[str, Any]:
    """The line of JSON that the message becomes."""
    formatter = logging_config(level="INFO", json=True)["formatters"]["structured"].copy()
    handler = logging.StreamHandler()
    handler.setFormatter(formatter.pop("()")(**formatter))
    info = (type(exception), exception, exception.__traceback__) if exception else None
    record = logging.LogRecord("jobs", logging.INFO, "", 0, message, args, info)
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
