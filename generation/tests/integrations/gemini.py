"""The fake Gemini, seen from a test."""

import time
from dataclasses import dataclass
from typing import Any

import httpx2


@dataclass(frozen=True, kw_only=True)
class Gemini:
    url: str

    def script(self, *behaviours: dict[str, Any]) -> None:
        """How the next calls are answered; forgets the calls so far."""
        httpx2.post(f"{self.url}/_fake/script", json=behaviours, trust_env=False).raise_for_status()

    def calls(self) -> list[dict[str, Any]]:
        calls: list[dict[str, Any]] = httpx2.get(f"{self.url}/_fake/calls", trust_env=False).json()
        return calls

    def first_call(self, *, when: str = "started", within_s: float = 1.0) -> dict[str, Any]:
        """The first call as soon as the time of `when` is known; as it is when the patience ends."""
        deadline = time.monotonic() + within_s
        while not (calls := self.calls()) or calls[0][when] is None:
            if time.monotonic() > deadline:
                break
            time.sleep(0.02)
        return calls[0]
