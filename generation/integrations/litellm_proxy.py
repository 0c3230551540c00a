"""The LiteLLM proxy, and through it every model: OpenAI's wire format over HTTP.

The only file that knows the proxy. Its own retries are off for our calls: the worker retries.
https://docs.litellm.ai/docs/proxy/user_keys
"""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from weakref import WeakKeyDictionary

import httpx2
from django.conf import settings

from codegen_site.errors import LLMCutOff, LLMServiceException
from generation.integrations.litellm_errors import error_for_chunk, error_for_response, error_for_transport
from generation.pipeline.records import CallEnded, FinishReason, Message, ModelEvent, TextDelta, Usage

FINISH_REASONS: Mapping[str, FinishReason] = {
    "stop": "stop",
    "length": "length",
    "content_filter": "content_filter",
}
LIMITS = httpx2.Limits(max_connections=500, max_keepalive_connections=50)


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelInfo:
    """A model that the proxy can call. Prices are in US dollars for a million tokens."""

    id: str
    max_input_tokens: int | None
    max_output_tokens: int | None
    input_usd_per_million: float | None
    output_usd_per_million: float | None


class LiteLLMProxy:
    """Implements `ChatModel`. Timeouts are in seconds; `read` is the longest silence in an answer."""

    def __init__(self, *, base_url: str, api_key: str, connect_timeout: float, read_timeout: float) -> None:
        self._base_url = base_url.rstrip("/")
        self._api_key = api_key
        self._timeout = httpx2.Timeout(read_timeout, connect=connect_timeout)
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, httpx2.AsyncClient] = WeakKeyDictionary()

    async def stream(
        self,
        *,
        model: str,
        messages: Sequence[Message],
        max_output_tokens: int | None,
        temperature: float | None,
    ) -> AsyncGenerator[ModelEvent, None]:
        body = {
            "model": model,
            "messages": [{"role": message.role, "content": message.content} for message in messages],
            "max_tokens": max_output_tokens,
            "temperature": temperature,
            "stream": True,
            "stream_options": {"include_usage": True},
            "num_retries": 0,
        }
        body = {name: value for name, value in body.items() if value is not None}
        answer = _Answer(model=model)
        try:
            async with self._client().stream("POST", "/v1/chat/completions", json=body) as response:
                await _check(response)
                async for data in read_server_sent_data(response.aiter_lines()):
                    for text in answer.read(data):
                        yield TextDelta(text=text)
        except httpx2.HTTPError as error:
            raise error_for_transport(error, answering=answer.begun) from error
        yield answer.end()

    async def list_models(self) -> tuple[ModelInfo, ...]:
        """Every model that can be asked for, once, in the order of the proxy's configuration."""
        rows = (await self._get("/model/info"))["data"]
        models = {row["model_name"]: _read_model(row) for row in reversed(rows)}
        return tuple(reversed(models.values()))

    async def check_ready(self) -> float:
        """Seconds of one round trip. Not /health, which calls every model and costs money."""
        started = time.monotonic()
        await self._get("/health/readiness")
        return time.monotonic() - started

    async def _get(self, path: str) -> Any:
        async with self._translated():
            response = await self._client().get(path, timeout=self._timeout.connect)
            await _check(response)
            return response.json()

    @asynccontextmanager
    async def _translated(self) -> AsyncIterator[None]:
        try:
            yield
        except httpx2.HTTPError as error:
            raise error_for_transport(error, answering=False) from error
        except (ValueError, KeyError, TypeError) as error:
            raise LLMServiceException("The proxy's answer cannot be read.") from error

    def _client(self) -> httpx2.AsyncClient:
        """One pool of connections for each event loop."""
        loop = asyncio.get_running_loop()
        if loop not in self._clients:
            self._clients[loop] = httpx2.AsyncClient(
                base_url=self._base_url,
                headers={"Authorization": f"Bearer {self._api_key}"},
                timeout=self._timeout,
                limits=LIMITS,
            )
        return self._clients[loop]


class _Answer:
    """What the chunks of one answer add up to."""

    def __init__(self, *, model: str) -> None:
        self.begun = False
        self._model = model
        self._finish_reason: FinishReason | None = None
        self._usage = Usage()
        self._done = False

    def read(self, data: str) -> list[str]:
        """The pieces of text in one chunk. Raises `LLMCutOff` and other errors of the model."""
        if data == "[DONE]":
            self._done = True
            return []
        try:
            chunk = json.loads(data)
            if "error" in chunk:
                raise error_for_chunk(chunk["error"])
            self.begun = True
            self._model = chunk.get("model") or self._model
            if usage := chunk.get("usage"):
                self._usage = read_usage(usage)
            return [text for choice in chunk["choices"] if (text := self._read_choice(choice))]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise LLMCutOff("The model's answer cannot be read.") from error

    def _read_choice(self, choice: Mapping[str, Any]) -> str | None:
        if reason := choice.get("finish_reason"):
            self._finish_reason = FINISH_REASONS.get(reason, "stop")
        text: str | None = choice["delta"].get("content")
        return text

    def end(self) -> CallEnded:
        """An upstream that broke off ends the stream without [DONE]: a failure, not an end."""
        if not self._done or self._finish_reason is None:
            raise LLMCutOff
        return CallEnded(finish_reason=self._finish_reason, model=self._model, usage=self._usage)


def read_usage(usage: Mapping[str, Any]) -> Usage:
    cost = Decimal(str(usage.get("cost") or 0)) * 1_000_000
    return Usage(
        input_tokens=usage.get("prompt_tokens") or 0,
        output_tokens=usage.get("completion_tokens") or 0,
        reasoning_tokens=(usage.get("completion_tokens_details") or {}).get("reasoning_tokens") or 0,
        cached_tokens=(usage.get("prompt_tokens_details") or {}).get("cached_tokens") or 0,
        cost_microusd=int(cost.to_integral_value(ROUND_HALF_UP)),
    )


async def read_server_sent_data(lines: AsyncIterator[str]) -> AsyncIterator[str]:
    """The data of each event (WHATWG HTML, 9.2.6); the other fields are not used here."""
    data: list[str] = []
    async for line in lines:
        if line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
        elif not line and data:
            yield "\n".join(data)
            data = []


async def _check(response: httpx2.Response) -> None:
    if response.status_code >= httpx2.codes.BAD_REQUEST:
        await response.aread()
        raise error_for_response(response)


def _read_model(row: Mapping[str, Any]) -> ModelInfo:
    info = row.get("model_info") or {}
    return ModelInfo(
        id=row["model_name"],
        max_input_tokens=info.get("max_input_tokens"),
        max_output_tokens=info.get("max_output_tokens"),
        input_usd_per_million=_per_million(info.get("input_cost_per_token")),
        output_usd_per_million=_per_million(info.get("output_cost_per_token")),
    )


def _per_million(price: float | None) -> float | None:
    return None if price is None else float(Decimal(str(price)) * 1_000_000)


_models: dict[tuple[str, str, float, float], LiteLLMProxy] = {}


def model_from_settings() -> LiteLLMProxy:
    """The proxy of the settings; one for all that ask, so that its connections are shared."""
    options = (
        settings.LLM_URL,
        settings.LLM_API_KEY,
        settings.LLM_CONNECT_TIMEOUT_S,
        settings.LLM_READ_TIMEOUT_S,
    )
    if options not in _models:
        url, key, connect, read = options
        _models[options] = LiteLLMProxy(base_url=url, api_key=key, connect_timeout=connect, read_timeout=read)
    return _models[options]
