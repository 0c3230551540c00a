"""What looks like a secret, or is known to be one, is hidden wherever it stands."""

import json
import time
from html import escape
from urllib.parse import quote

import pytest

from codegen_site import redaction
from codegen_site.redaction import learn, learn_setting, redact

PLANT = "S3cr3tS3cr3tS3cr3tS3cr3tS3cr3t"


@pytest.fixture(autouse=True)
def _forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is learnt here is forgotten again."""
    monkeypatch.setattr(redaction, "_known", set())
    monkeypatch.setattr(redaction, "_by_heart", None)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"cg_live_abcd12345678_{PLANT}", "cg_live_abcd"),
        (f"cg_inv_abcd{PLANT}", "cg_inv_abcd"),
        (f"cg_reset_eyJ1abc{PLANT}:1vN:{PLANT}", "cg_reset_eyJ1"),
        (f"Bearer {PLANT}", "Bearer "),
        (f"sk-proj-{PLANT}", "sk-"),
        (f"AIza{PLANT}", "AIza"),
        (f"ghp_{PLANT}", "ghp_"),
        (f"github_pat_{PLANT}", "github_pat_"),
        (f"whsec_{PLANT}+/=", "whsec_"),
        (f"eyJhbGciOi{PLANT}.eyJzdWIiOi{PLANT}.{PLANT}", "eyJ"),
        (f"postgres://codegen:{PLANT}@db.example/codegen", "db.example/codegen"),
        (f"redis://:{PLANT}@cache.example:6379/0", "cache.example"),
        (f"host=db.example password={PLANT} port=5432", "port=5432"),
        (f"Authorization: Basic {PLANT}\nHost: codegen.example", "Host: codegen.example"),
        (f"Cookie: sessionid={PLANT}; csrftoken={PLANT}", "Cookie: "),
        (f"Set-Cookie: sessionid={PLANT}; HttpOnly", "Set-Cookie: "),
        (f"{{'Authorization': 'Basic {PLANT}', 'Host': 'codegen.example'}}", "codegen.example"),
        (f"[(b'cookie', b'sessionid={PLANT}'), (b'host', b'codegen.example')]", "codegen.example"),
        (f'{{"password": "correct horse {PLANT}", "next": "/"}}', '"next": "/"'),
        (f"password={PLANT}&next=/", "&next=/"),
        (f"api_key = {PLANT}", "api_key"),
        (f"-----BEGIN PRIVATE KEY-----\n{PLANT}\n{PLANT}==\n-----END PRIVATE KEY-----", "BEGIN PRIVATE KEY"),
    ],
)
def test_a_secret_is_hidden_and_what_stands_around_it_is_not(text: str, kept: str) -> None:
    for spelled in (text, json.dumps(text)[1:-1]):
        redacted = redact(spelled)
        assert "S3cr3t" not in redacted
        assert "[redacted]" in redacted
    assert kept in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "GET /api/v1/generations/01a21563-c86a-70a4-bec6-0e59fff46af6 200",
        "plain text, cg_liver, task-sk-1, through the night",
        "input_tokens=3, tokens: 512",
        "see https://codegen.example:8000/docs and mail me@example.org",
        "connection to server at 127.0.0.1, port 5432 failed",
    ],
)
def test_other_texts_are_left_alone(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize(
    "secret", ["opens-every-door", 'with "quotes" & <angles>', "back\\slash'and\nline", "naïve-😀-secret"]
)
def test_a_secret_that_is_known_is_found_however_it_is_spelled(secret: str) -> None:
    learn([secret])
    for spelled in (secret, json.dumps(secret), repr(secret), escape(secret), quote(secret, safe="")):
        assert "[redacted]" in redact(f"said {spelled} aloud")
    assert secret not in redact(f"said {secret} aloud")


def test_secrets_of_settings_are_known_by_the_names_and_in_addresses() -> None:
    learn_setting("SECRETS_KEYS", "the-newest-key, the-oldest-key")
    learn_setting("DATABASE_URL", "postgres://codegen:p%40ss-word@db.example/codegen")
    learn_setting("DEFAULT_MODEL", "gemini-2.5-flash")
    said = redact("the-oldest-key p@ss-word p%40ss-word gemini-2.5-flash")
    assert said == "[redacted] [redacted] [redacted] gemini-2.5-flash"


@pytest.mark.parametrize("value", ["86400", "on", "postgres", "password", "/run/secrets/key"])
def test_what_would_be_found_everywhere_is_not_learnt(value: str) -> None:
    learn_setting("SOME_KEY_FILE" if value.startswith("/") else "SOME_KEY", value)
    assert redact(f"a {value} b") == f"a {value} b"


@pytest.mark.parametrize(
    "unit",
    [
        *("a", "eyJ-", "bearer ", "http://a:b", "authorization ", "cookie: a\n", " ", "token=", "a_", "sk-"),
        *("-----BEGIN PRIVATE KEY-----", "password", '"password":', "authorization: ", "://x:"),
    ],
)
def test_hostile_texts_take_time_in_proportion(unit: str) -> None:
    def seconds(length: int) -> float:
        text = unit * (length // len(unit))
        started = time.perf_counter()
        redact(text)
        return time.perf_counter() - started

    seconds(10_000)
    assert seconds(400_000) < 40 * max(min(seconds(40_000) for _ in range(3)), 0.005)
