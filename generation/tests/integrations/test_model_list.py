"""The list of models: asked for now and then, and never by many at once."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from codegen_site.errors import LLMServiceException, LLMTimeout
from generation.integrations import model_list
from generation.integrations.litellm_proxy import ModelInfo
from generation.integrations.model_list import find_model, known_models, window_of
from generation.pipeline.count_tokens import ModelWindow

SMALL = ModelInfo(
    id="small",
    max_input_tokens=8192,
    max_output_tokens=4096,
    input_usd_per_million=0.1,
    output_usd_per_million=0.4,
)
Answer = tuple[ModelInfo, ...] | LLMServiceException


class Proxy:
    """Gives its answers in turn, the last one for ever."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = list(answers)
        self.asked = 0

    async def list_models(self) -> tuple[ModelInfo, ...]:
        self.asked += 1
        await asyncio.sleep(0.01)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, LLMServiceException):
            raise answer
        return answer


@pytest.fixture
def behind(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Proxy]:
    """A function that puts a proxy there, for a process that has not asked yet."""
    monkeypatch.setattr(model_list, "_last_seen", model_list._LastSeen())

    def put(*answers: Answer) -> Proxy:
        proxy = Proxy(*answers)
        monkeypatch.setattr(model_list, "model_from_settings", lambda: proxy)
        return proxy

    return put


def age() -> None:
    """As if what is known had been asked for long ago."""
    model_list._last_seen.until = 0.0


def test_it_is_asked_once_in_half_a_minute(behind: Callable[..., Proxy]) -> None:
    proxy = behind((SMALL,))
    assert known_models() == known_models() == (SMALL,)
    assert proxy.asked == 1
    age()
    known_models()
    assert proxy.asked == 2


def test_an_older_list_holds_while_the_proxy_is_away(behind: Callable[..., Proxy]) -> None:
    proxy = behind((SMALL,), LLMTimeout())
    known_models()
    age()
    assert known_models() == (SMALL,)
    assert known_models() == (SMALL,)
    assert proxy.asked == 2


def test_a_proxy_that_never_answered_is_not_asked_by_every_request(behind: Callable[..., Proxy]) -> None:
    proxy = behind(LLMTimeout())
    for _ in range(3):
        with pytest.raises(LLMTimeout):
            known_models()
    assert proxy.asked == 1
    assert find_model("small") is None
    assert window_of("small") == ModelWindow(model="small")


def test_of_many_who_want_it_one_asks(behind: Callable[..., Proxy]) -> None:
    proxy = behind((SMALL,))
    threads = [threading.Thread(target=known_models) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert proxy.asked == 1


def test_nobody_waits_for_a_second_answer(behind: Callable[..., Proxy]) -> None:
    proxy = behind((SMALL,))
    known_models()
    age()
    with model_list._last_seen.lock:  # another asks just now
        assert known_models() == (SMALL,)
    assert proxy.asked == 1


def test_the_window_of_a_model_is_what_the_proxy_says(behind: Callable[..., Proxy]) -> None:
    behind((SMALL,))
    assert window_of("small") == ModelWindow(model="small", context_tokens=8192, output_tokens=4096)
    assert window_of("other") == ModelWindow(model="other")
