"""The LiteLLM proxy, and through it every model: OpenAI's wire format over HTTP.

With its two neighbours (`litellm_answer`, `litellm_errors`) the only place that knows the proxy.
https://docs.litellm.ai/docs/proxy/user_keys
"""

import asyncio
import copy
import ssl
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

import httpx2
from django.conf import settings

from codegen_site.errors import LLMServiceException
from generation.integrations.litellm_answer import StreamedAnswer
from generation.integrations.litellm_errors import VENDOR_ERRORS, error_for_response, error_for_transport
from generation.pipeline.records import ChatModel, EditFormat, ModelCall, ModelEvent, TextDelta

# A worker has 400 calls in flight. The proxy closes a connection that is idle for 5 s: we do earlier.
LIMITS = httpx2.Limits(max_connections=500, max_keepalive_connections=400, keepalive_expiry=2.0)


DEFAULT_EDIT_FORMAT: EditFormat = "search_replace"


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelInfo:
    """A model that the proxy can call; None is not known.

    `max_input_tokens` is its context, which the answer shares with most models. Prices are in US dollars for
    a million tokens, which is millionths of a dollar for one.
    """

    id: str
    max_input_tokens: int | None = None
    max_output_tokens: int | None = None
    input_usd_per_million: float | None = None
    output_usd_per_million: float | None = None
    cached_input_usd_per_million: float | None = None
    # How it answers a refinement: `edit_format` of its `model_info`.
    edit_format: EditFormat = DEFAULT_EDIT_FORMAT


class LiteLLMProxy:
    """Implements `ChatModel`. Timeouts are in seconds; `read` is the longest silence in an answer."""

    def __init__(self, *, base_url: str, api_key: str, connect_timeout: float, read_timeout: float) -> None:
        self._base_url = base_url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {api_key}"}
        self._timeout = httpx2.Timeout(read_timeout, connect=connect_timeout, pool=connect_timeout)
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, httpx2.AsyncClient] = WeakKeyDictionary()

    def with_headers(self, headers: Mapping[str, str]) -> "LiteLLMProxy":
        """The same proxy and connections; `headers` (traceparent, X-Request-ID) go with every call."""
        other = copy.copy(self)
        other._headers = {**self._headers, **headers}
        return other

    async def stream(self, call: ModelCall, /) -> AsyncGenerator[ModelEvent, None]:
        answer = StreamedAnswer(model=call.model)
        body = _body(call)
        try:
            url = f"{self._base_url}/v1/chat/completions"
            async with self._client().sse(url, method="POST", json=body, headers=self._headers) as source:
                await _check(source.response)
                async for event in source:
                    for text in answer.read(event.data):
                        yield TextDelta(text=text)
        except VENDOR_ERRORS as error:
            raise error_for_transport(error, answering=answer.begun) from error
        yield answer.end()

    async def list_models(self) -> tuple[ModelInfo, ...]:
        """Every model that can be asked for, once, in the order of the proxy's configuration."""
        models: dict[str, ModelInfo] = {}
        async with self._get("/model/info") as body:
            for row in body["data"]:
                models.setdefault(row["model_name"], _read_model(row))
        return tuple(models.values())

    async def check_ready(self) -> float:
        """Seconds of one round trip. Not /health, which calls every model and costs money."""
        started = time.monotonic()
        async with self._get("/health/readiness"):
            return time.monotonic() - started

    async def aclose(self) -> None:
        """Closes the connections of the running event loop; the next call opens new ones."""
        client = self._clients.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.aclose()

    @asynccontextmanager
    async def _get(self, path: str) -> AsyncIterator[Any]:
        """The JSON at `path`; what does not fit it in the block is the proxy's error too."""
        try:
            # Not from the pool: callers come from event loops that end with their call.
            async with _new_client(httpx2.Timeout(self._timeout.connect)) as client:
                response = await client.get(self._base_url + path, headers=self._headers)
            await _check(response)
            yield response.json()
        except VENDOR_ERRORS as error:
            raise error_for_transport(error, answering=False) from error
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise LLMServiceException("The proxy's answer cannot be read.") from error

    def _client(self) -> httpx2.AsyncClient:
        """One pool of connections for each event loop."""
        loop = asyncio.get_running_loop()
        if loop not in self._clients:
            self._clients[loop] = _new_client(self._timeout)
        return self._clients[loop]


def unlogged(model: ChatModel) -> ChatModel:
    """The same model; whatever the proxy logs or traces of a call is without its texts.

    https://docs.litellm.ai/docs/proxy/logging
    """
    if not isinstance(model, LiteLLMProxy):
        return model
    return model.with_headers({"x-litellm-enable-message-redaction": "true"})


def _body(call: ModelCall) -> dict[str, Any]:
    options = {"max_tokens": call.max_output_tokens, "temperature": call.temperature}
    return {
        "model": call.model,
        "messages": [{"role": message.role, "content": message.content} for message in call.messages],
        "stream": True,
        "stream_options": {"include_usage": True},
        # The worker retries, and nobody else.
        "num_retries": 0,
        **{name: value for name, value in options.items() if value is not None},
    }


def _new_client(timeout: httpx2.Timeout) -> httpx2.AsyncClient:
    # Not through HTTP_PROXY: the proxy stands beside us. SSL_CERT_FILE still counts.
    return httpx2.AsyncClient(timeout=timeout, limits=LIMITS, trust_env=False, verify=_ssl_context())


@cache
def _ssl_context() -> ssl.SSLContext:
    """One for all clients: reading the certificates takes longer than a call."""
    return httpx2.create_ssl_context()


async def _check(response: httpx2.Response) -> None:
    if not response.is_success:
        await response.aread()
        raise error_for_response(response)


def _read_model(row: Mapping[str, Any]) -> ModelInfo:
    info = row.get("model_info") or {}
    return ModelInfo(
        id=row["model_name"],
        max_input_tokens=_tokens(info.get("max_input_tokens")),
        max_output_tokens=_tokens(info.get("max_output_tokens")),
        input_usd_per_million=_per_million(info.get("input_cost_per_token")),
        output_usd_per_million=_per_million(info.get("output_cost_per_token")),
        cached_input_usd_per_million=_per_million(info.get("cache_read_input_token_cost")),
        edit_format="whole" if info.get("edit_format") == "whole" else DEFAULT_EDIT_FORMAT,
    )


def _tokens(limit: Any) -> int | None:
    return None if limit is None else int(limit)


def _per_million(price: float | None) -> float | None:
    return None if price is None else float(Decimal(str(price)) * 1_000_000)


_proxies: dict[tuple[str, str, float, float], LiteLLMProxy] = {}


def model_from_settings() -> LiteLLMProxy:
    """The proxy of the settings; one for all that ask, so that its connections are shared."""
    options = (
        settings.LLM_URL,
        settings.LLM_API_KEY,
        settings.LLM_CONNECT_TIMEOUT_S,
        settings.LLM_READ_TIMEOUT_S,
    )
    if options not in _proxies:
        url, key, connect, read = options
        _proxies[options] = LiteLLMProxy(
            base_url=url, api_key=key, connect_timeout=connect, read_timeout=read
        )
    return _proxies[options]
