"""The texts of a label: fetched behind everybody's back, kept as rows, never a reason to wait."""

import logging
import threading
from collections.abc import Iterator

import pytest
from django.utils import timezone
from prometheus_client import REGISTRY
from pytest_django import Settings
from uuid_utils.compat import uuid7

from generation.integrations.fake_langfuse import (
    PUBLIC_KEY,
    SECRET_KEY,
    FakeLangfuse,
    Fault,
    serving_fake_langfuse,
)
from generation.integrations.langfuse_prompts import LangfusePrompts
from generation.models import PromptVersion
from generation.prompts import from_langfuse
from generation.prompts.builtin import builtin_sources, builtin_texts
from generation.prompts.from_langfuse import refresh_texts
from generation.prompts.serving import ChosenTexts, choose_texts, forget_serving
from generation.tests.prompts.conftest import make_version

pytestmark = pytest.mark.django_db(transaction=True)

AGAIN = "Once more: {{ reason }}"


@pytest.fixture
def fake(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeLangfuse]:
    """A Langfuse that is configured, in a process that has not asked it yet."""
    monkeypatch.setattr(from_langfuse, "_refresh", from_langfuse._Refresh())
    with serving_fake_langfuse() as fake:
        settings.PROMPTS_FROM_LANGFUSE = "production"
        langfuse = LangfusePrompts(
            base_url=fake.url, public_key=PUBLIC_KEY, secret_key=SECRET_KEY, timeout=0.3
        )
        monkeypatch.setattr(from_langfuse, "prompts_from_settings", lambda: langfuse)
        yield fake
        join_refresh()


def join_refresh() -> None:
    for thread in threading.enumerate():
        if thread.name == "langfuse-prompts":
            thread.join()


def served() -> ChosenTexts:
    """What a generation gets after what was fetched in the background has come."""
    choose_texts(uuid7())
    join_refresh()
    forget_serving()
    return choose_texts(uuid7())


def age() -> None:
    """As if the texts had been fetched long ago."""
    from_langfuse._refresh.due_at = 0.0
    forget_serving()


def fetches(outcome: str) -> float:
    return REGISTRY.get_sample_value("codegen_langfuse_prompts_total", {"outcome": outcome}) or 0.0


def test_a_text_comes_from_there_and_the_others_are_the_built_in_ones(fake: FakeLangfuse) -> None:
    fake.put("codegen/no_file", AGAIN, labels=["production"])
    texts = served().texts
    assert texts("no_file.txt", {"reason": "<x>"}) == "Once more: <x>"
    assert texts.version.startswith("langfuse-codegen-no-file-v1-")
    values = {"marker": "m", "prompt": "p"}
    assert texts("user.txt", values) == builtin_texts()("user.txt", values)
    asked = {name for name, _ in fake.asked}
    assert asked == {f"codegen/{name.removesuffix('.txt')}" for name in builtin_sources()}
    row = PromptVersion.objects.get()
    assert (row.state, row.label, row.texts) == ("mirrored", "production", {"no_file.txt": AGAIN})


def test_a_request_does_not_wait_for_it(fake: FakeLangfuse, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = threading.Event()
    monkeypatch.setattr(from_langfuse, "refresh_texts", lambda label: answer.wait(10))
    assert choose_texts(uuid7()).row_id is None
    answer.set()


def test_it_is_asked_now_and_then(fake: FakeLangfuse) -> None:
    served()
    asked = len(fake.asked)
    for _ in range(50):
        forget_serving()
        choose_texts(uuid7())
    join_refresh()
    assert len(fake.asked) == asked


def test_a_label_that_moves_is_followed_and_back_again(fake: FakeLangfuse) -> None:
    fake.put("codegen/no_file", AGAIN, labels=["production"])
    first = served().texts.version
    fake.put("codegen/no_file", AGAIN + "!", labels=["production"])
    age()
    second = served().texts.version
    assert second.startswith("langfuse-codegen-no-file-v2-")
    fake.move("codegen/no_file", "production", to=1)
    age()
    assert served().texts.version == first
    assert PromptVersion.objects.count() == 2


def test_a_label_without_texts_is_the_built_in_version(fake: FakeLangfuse) -> None:
    fake.put("codegen/no_file", AGAIN, labels=["production"])
    assert served().row_id
    fake.remove("codegen/no_file")
    age()
    assert served() == ChosenTexts(row_id=None, texts=builtin_texts())


@pytest.mark.parametrize("fault", ["slow", "drips", "black_hole", "500", "malformed"])
def test_what_was_seen_last_stays_in_use_while_it_is_away(
    fake: FakeLangfuse, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    fake.put("codegen/no_file", AGAIN, labels=["production"])
    version = served().texts.version
    fake.fault = fault
    before = fetches("unavailable")
    for _ in range(3):
        age()
        assert served().texts.version == version
    assert fetches("unavailable") == before + 3
    assert caplog.text.count("stay in use") == 1
    fake.fault = None
    age()
    served()
    assert caplog.text.count("Langfuse is back") == 1


def test_a_process_that_starts_while_it_is_away_has_what_others_saw(fake: FakeLangfuse) -> None:
    fake.put("codegen/no_file", AGAIN, labels=["production"])
    version = served().texts.version
    fake.fault = "500"
    age()
    from_langfuse._refresh.refused.clear()
    assert choose_texts(uuid7()).texts.version == version


def test_where_it_never_was_there_the_built_in_texts_are_used(fake: FakeLangfuse) -> None:
    fake.fault = "black_hole"
    assert served() == ChosenTexts(row_id=None, texts=builtin_texts())


@pytest.mark.parametrize(
    ("prompt", "says"),
    [
        ("Without the reason.", "'reason' has to be shown"),
        ("{% load static %}{{ reason }}", "'load'"),
        ("{{ reason }} {{ secret }}", "no value 'secret'"),
        ([{"role": "user", "content": "{{ reason }}"}], "not a text"),
    ],
)
def test_a_text_that_cannot_be_used_is_refused_once_and_for_itself_alone(
    fake: FakeLangfuse, caplog: pytest.LogCaptureFixture, prompt: str | list[dict[str, str]], says: str
) -> None:
    fake.put("codegen/no_file", prompt, labels=["production"])
    fake.put(
        "codegen/complete_files",
        "{% for f in files %}{{ f.path }}: {{ f.reason }}{% endfor %}",
        labels=["production"],
    )
    before = fetches("refused")
    with caplog.at_level(logging.ERROR, "generation"):
        texts = served().texts
        age()
        served()
    assert texts("no_file.txt", {"reason": "x"}) == builtin_texts()("no_file.txt", {"reason": "x"})
    assert texts("complete_files.txt", {"files": [{"path": "a", "reason": "b"}]}) == "a: b"
    assert caplog.text.count("version 1 of codegen/no_file in Langfuse cannot be used") == 1
    assert says in caplog.text
    assert fetches("refused") == before + 2


def test_an_older_answer_does_not_win_over_what_another_process_has_seen(
    fake: FakeLangfuse, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.put("codegen/no_file", AGAIN, labels=["production"])
    slow = timezone.now()
    fake.put("codegen/no_file", AGAIN + "!", labels=["production"])
    assert refresh_texts("production")
    fake.move("codegen/no_file", "production", to=1)
    monkeypatch.setattr(timezone, "now", lambda: slow)
    refresh_texts("production")
    forget_serving()
    assert choose_texts(uuid7()).texts("no_file.txt", {"reason": "x"}) == "Once more: x!"


def test_a_candidate_gets_its_share_beside_the_texts_from_there(fake: FakeLangfuse) -> None:
    fake.put("codegen/no_file", AGAIN, labels=["production"])
    make_version("usual", state="active")
    make_version("new", state="candidate", share=50)
    served()
    names = {choose_texts(uuid7()).texts.version.rpartition("-")[0] for _ in range(100)}
    assert names == {"new", "langfuse-codegen-no-file-v1"}


def test_without_a_label_nothing_is_asked_and_nothing_of_it_is_served(
    fake: FakeLangfuse, settings: Settings
) -> None:
    fake.put("codegen/no_file", AGAIN, labels=["production"])
    served()
    fake.asked.clear()
    settings.PROMPTS_FROM_LANGFUSE = ""
    age()
    assert served().row_id is None
    assert fake.asked == []
