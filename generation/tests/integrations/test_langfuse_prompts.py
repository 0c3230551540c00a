"""Langfuse's prompt API, spoken by us and by its own client with the same double."""

import time
from collections.abc import Iterator

import httpx2
import pytest
from langfuse import Langfuse
from langfuse.api import NotFoundError, Prompt_Text
from langfuse.api.client import LangfuseAPI
from pytest_django import Settings

from generation.integrations.fake_langfuse import (
    PUBLIC_KEY,
    SECRET_KEY,
    FakeLangfuse,
    Fault,
    serving_fake_langfuse,
)
from generation.integrations.langfuse_prompts import (
    LangfusePrompt,
    LangfusePrompts,
    LangfuseUnavailable,
    prompts_from_settings,
)

NAME = "codegen/system"


@pytest.fixture
def fake() -> Iterator[FakeLangfuse]:
    with serving_fake_langfuse() as fake:
        yield fake


def get(
    fake: FakeLangfuse, name: str = NAME, *, label: str = "production", secret_key: str = SECRET_KEY
) -> LangfusePrompt | None:
    prompts = LangfusePrompts(base_url=fake.url, public_key=PUBLIC_KEY, secret_key=secret_key, timeout=0.5)
    with prompts.connected() as connection:
        return connection.get(name, label=label)


def test_it_gets_the_text_under_a_label(fake: FakeLangfuse) -> None:
    fake.put(NAME, "old", labels=["production"])
    fake.put(NAME, "You write {{ framework }} & <b>.", labels=["staging"])
    assert get(fake) == LangfusePrompt(name=NAME, version=1, text="old")
    expected = LangfusePrompt(name=NAME, version=2, text="You write {{ framework }} & <b>.")
    assert get(fake, label="staging") == expected
    assert fake.asked == [(NAME, "production"), (NAME, "staging")]


def test_its_address_and_keys_are_those_of_the_settings(fake: FakeLangfuse, settings: Settings) -> None:
    fake.put(NAME, "one", labels=["production"])
    settings.LANGFUSE_BASE_URL = f"{fake.url}/"
    settings.LANGFUSE_PUBLIC_KEY, settings.LANGFUSE_SECRET_KEY = PUBLIC_KEY, SECRET_KEY
    with prompts_from_settings().connected() as connection:
        assert connection.get(NAME, label="production")


def test_a_label_moves(fake: FakeLangfuse) -> None:
    fake.put(NAME, "one", labels=["production"])
    fake.put(NAME, "two", labels=["production"])
    assert get(fake) == LangfusePrompt(name=NAME, version=2, text="two")
    fake.move(NAME, "production", to=1)
    assert get(fake) == LangfusePrompt(name=NAME, version=1, text="one")


def test_what_is_not_there_is_none(fake: FakeLangfuse) -> None:
    fake.put(NAME, "one", labels=["staging"])
    assert get(fake) is None
    assert get(fake, "codegen/other") is None


def test_a_chat_is_no_text(fake: FakeLangfuse) -> None:
    fake.put(NAME, [{"role": "system", "content": "x"}], labels=["production"])
    assert get(fake) == LangfusePrompt(name=NAME, version=1, text=None)


@pytest.mark.parametrize("fault", ["slow", "drips", "black_hole", "500", "malformed"])
def test_what_goes_wrong_there_is_one_error_and_takes_no_time(fake: FakeLangfuse, fault: Fault) -> None:
    fake.put(NAME, "one", labels=["production"])
    fake.fault = fault
    started = time.monotonic()
    with pytest.raises(LangfuseUnavailable):
        get(fake)
    assert time.monotonic() - started < 1.5


def test_a_wrong_key_and_a_server_that_is_not_there_are_the_same(fake: FakeLangfuse) -> None:
    with pytest.raises(LangfuseUnavailable, match="401"):
        get(fake, secret_key="sk-lf-of-another")
    fake.url = "http://127.0.0.1:1"
    with pytest.raises(LangfuseUnavailable, match="cannot be reached"):
        get(fake)


def test_an_answer_without_an_end_is_not_read_to_its_end(fake: FakeLangfuse) -> None:
    fake.put(NAME, "x" * 300_000, labels=["production"])
    with pytest.raises(LangfuseUnavailable, match="too long"):
        get(fake)


# The double speaks as the vendor does: its own client and its own types say so.


def test_the_vendors_client_reads_the_double(fake: FakeLangfuse) -> None:
    fake.put(NAME, "Build {{thing}}.", labels=["production"])
    langfuse = Langfuse(
        public_key=PUBLIC_KEY, secret_key=SECRET_KEY, base_url=fake.url, tracing_enabled=False
    )
    prompt = langfuse.get_prompt(NAME, label="production", max_retries=0)
    assert (prompt.name, prompt.version, prompt.compile(thing="a page")) == (NAME, 1, "Build a page.")
    assert fake.asked == [(NAME, "production")]
    langfuse.shutdown()


def test_the_vendors_types_hold_what_the_double_says(fake: FakeLangfuse) -> None:
    fake.put(NAME, "one", labels=["production"])
    url = f"{fake.url}/api/public/v2/prompts/codegen%2Fsystem"
    answer = httpx2.get(url, auth=(PUBLIC_KEY, SECRET_KEY), params={"label": "production"}, trust_env=False)
    prompt = Prompt_Text.model_validate(answer.json())
    assert (prompt.name, prompt.version, prompt.labels) == (NAME, 1, ["production", "latest"])
    api = LangfuseAPI(base_url=fake.url, username=PUBLIC_KEY, password=SECRET_KEY)
    with pytest.raises(NotFoundError) as missing:
        api.prompts.get("nothing", label="production")
    assert missing.value.body["error"] == "LangfuseNotFoundError"
