import json
import logging
import logging.config

import pytest
import structlog

from codegen_site.logging import logging_config, redact

KEY = "cg_live_abcdefgh1234_S3cr3tS3cr3tS3cr3tS3cr3tS3cr3t"


@pytest.mark.parametrize(
    "text",
    [f"key {KEY} used", f"Authorization: Bearer {KEY}", "Bearer opaque.token-1", "sk-0123456789abcdef"],
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


def test_a_line_is_json_with_the_request_and_without_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    config = logging_config(level="INFO", json=True)
    formatter = config["formatters"]["structured"].copy()
    handler = logging.StreamHandler()
    handler.setFormatter(formatter.pop("()")(**formatter))
    record = logging.LogRecord("jobs", logging.INFO, "", 0, "said %s", (KEY,), None)
    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        line = json.loads(handler.format(record))
    assert (line["request_id"], line["level"], line["logger"]) == ("r-1", "info", "jobs")
    assert line["event"] == "said cg_live_abcd[redacted]"
