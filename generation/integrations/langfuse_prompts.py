"""Prompts of a Langfuse, by label: one GET of its public API for each.

Not through its SDK: that would bring half a second of imports, OpenTelemetry and threads of its own to every
process for one request, and its cache does not keep a fallback, which ours has to.
https://api.reference.langfuse.com/#tag/prompts/GET/api/public/v2/prompts/{promptName}
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx2
from django.conf import settings

from codegen_site.errors import ServiceFault

TIMEOUT_S = 1.0
MAX_BYTES = 200_000


class LangfuseUnavailable(ServiceFault):
    """It cannot be reached, refuses us, or says what cannot be read. Only operators hear of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LangfusePrompt:
    """`text` is None for a prompt that is not one text, such as a chat."""

    name: str
    version: int
    text: str | None


class LangfusePrompts:
    """The prompts of one project. Never takes longer than twice `timeout` seconds for one of them."""

    def __init__(
        self, *, base_url: str, public_key: str, secret_key: str, timeout: float = TIMEOUT_S
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._auth = (public_key, secret_key)
        self._timeout = timeout

    @contextmanager
    def connected(self) -> Iterator["Connection"]:
        with httpx2.Client(auth=self._auth, timeout=self._timeout, trust_env=False) as client:
            yield Connection(client, base_url=self._base_url, timeout=self._timeout)


class Connection:
    def __init__(self, client: httpx2.Client, *, base_url: str, timeout: float) -> None:
        self._client = client
        self._base_url = base_url
        self._timeout = timeout

    def get(self, name: str, *, label: str) -> LangfusePrompt | None:
        """None where there is no such prompt with that label. Raises `LangfuseUnavailable`."""
        try:
            body = self._read(f"/api/public/v2/prompts/{quote(name, safe='')}", label=label)
            return None if body is None else _parse(json.loads(body))
        except httpx2.HTTPError as error:
            raise LangfuseUnavailable(f"Langfuse cannot be reached: {type(error).__name__}.") from error
        except (ValueError, LookupError, TypeError) as error:
            raise LangfuseUnavailable("Langfuse's answer cannot be read.") from error

    def _read(self, path: str, *, label: str) -> bytes | None:
        deadline, body = time.monotonic() + self._timeout, bytearray()
        with self._client.stream("GET", self._base_url + path, params={"label": label}) as response:
            if response.status_code == httpx2.codes.NOT_FOUND:
                return None
            if not response.is_success:
                raise LangfuseUnavailable(f"Langfuse answers {response.status_code}.")
            for chunk in response.iter_bytes():
                body += chunk
                # A byte now and then would keep every timeout of a single read from running out.
                if len(body) > MAX_BYTES or time.monotonic() > deadline:
                    raise LangfuseUnavailable("Langfuse's answer is too long, or comes too slowly.")
        return bytes(body)


def _parse(data: Any) -> LangfusePrompt:
    text = data["prompt"] if data["type"] == "text" else None
    if text is not None and not isinstance(text, str):
        raise TypeError("a text prompt without a text")
    return LangfusePrompt(name=str(data["name"]), version=int(data["version"]), text=text)


def prompts_from_settings() -> LangfusePrompts:
    return LangfusePrompts(
        base_url=settings.LANGFUSE_BASE_URL,
        public_key=settings.LANGFUSE_PUBLIC_KEY,
        secret_key=settings.LANGFUSE_SECRET_KEY,
    )
