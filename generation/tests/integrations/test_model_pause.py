"""A model that is left alone: by all processes with Redis, by this one while it is away."""

import logging

import pytest

from accounts.tests.conftest import no_redis, redis
from codegen_site.errors import LLMRateLimited
from generation.integrations import model_pause
from generation.integrations.model_pause import check_pause, pause_model

__all__ = ["no_redis", "redis"]  # fixtures

pytestmark = pytest.mark.servers


@pytest.fixture(autouse=True)
def _own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_pause, "_here", {})


def go_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """As another process, which knows nothing by itself."""
    monkeypatch.setattr(model_pause, "_here", {})


def test_with_redis_another_process_leaves_it_alone_too(redis: None, monkeypatch: pytest.MonkeyPatch) -> None:
    pause_model("m", LLMRateLimited(retry_after=30))
    go_elsewhere(monkeypatch)
    with pytest.raises(LLMRateLimited) as refused:
        check_pause("m")
    assert 25 < (refused.value.retry_after or 0) <= 30
    check_pause("another")


def test_without_redis_this_process_does_and_says_so(
    no_redis: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger="generation"):
        pause_model("m", LLMRateLimited(retry_after=30))
    assert "the pause of m is known to this process alone: Redis is away" in caplog.messages
    with pytest.raises(LLMRateLimited):
        check_pause("m")
    go_elsewhere(monkeypatch)
    check_pause("m")
