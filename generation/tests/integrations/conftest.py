"""A fake Gemini, and the real LiteLLM proxy in front of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from codegen_site.tests.plugin import PROXY_KEY
from generation.integrations.fake_gemini import serving_fake_gemini


@dataclass(frozen=True, kw_only=True)
class Gemini:
    """The fake, seen from a test."""

    url: str

    def script(self, *behaviours: dict[str, Any]) -> None:
        """How the next calls are answered; forgets the calls so far."""
        httpx2.post(f"{self.url}/_fake/script", json=behaviours, trust_env=False).raise_for_status()

    def calls(self) -> list[dict[str, Any]]:
        calls: list[dict[str, Any]] = httpx2.get(f"{self.url}/_fake/calls", trust_env=False).json()
        return calls


@dataclass(frozen=True, kw_only=True)
class RealProxy:
    url: str
    api_key: str


@pytest.fixture(scope="session")
def gemini_url() -> Iterator[str]:
    with serving_fake_gemini() as url:
        yield url


@pytest.fixture
def gemini(gemini_url: str) -> Gemini:
    fake = Gemini(url=gemini_url)
    fake.script()
    return fake


@pytest.fixture(scope="session")
def real_proxy(gemini_url: str, start_proxy: Callable[[dict[str, str]], str]) -> RealProxy:
    variables = {"GEMINI_API_KEY": "AIza-of-the-tests", "GEMINI_API_BASE": f"{gemini_url}/v1beta"}
    return RealProxy(url=start_proxy(variables), api_key=PROXY_KEY)
