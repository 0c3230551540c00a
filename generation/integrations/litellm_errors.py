"""Every way in which the proxy can fail, mapped to the errors of this project in one table each."""

import json
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2

from codegen_site.errors import (
    LLMCutOff,
    LLMMisconfigured,
    LLMRateLimited,
    LLMRefused,
    LLMServiceException,
    LLMTimeout,
)

BY_STATUS: dict[int, type[LLMServiceException]] = {
    400: LLMRefused,
    401: LLMMisconfigured,
    403: LLMMisconfigured,
    404: LLMMisconfigured,
    408: LLMTimeout,
    413: LLMRefused,
    422: LLMRefused,
    429: LLMRateLimited,
    504: LLMTimeout,
}
# Before the first piece of an answer, and in the middle of it.
BY_TRANSPORT: dict[type[httpx2.HTTPError], tuple[type[LLMServiceException], type[LLMServiceException]]] = {
    httpx2.TimeoutException: (LLMTimeout, LLMTimeout),
    httpx2.NetworkError: (LLMServiceException, LLMCutOff),
    httpx2.ProtocolError: (LLMServiceException, LLMCutOff),
    httpx2.ProxyError: (LLMServiceException, LLMCutOff),
    httpx2.DecodingError: (LLMServiceException, LLMCutOff),
    httpx2.UnsupportedProtocol: (LLMMisconfigured, LLMMisconfigured),
    httpx2.TooManyRedirects: (LLMMisconfigured, LLMMisconfigured),
    httpx2.HTTPStatusError: (LLMServiceException, LLMCutOff),
}
# The proxy without a database says so with 400 when it does not know the key.
WRONG_PROXY_KEY = "No connected db"
UNKNOWN_MODEL = "Invalid model name"
SECRETS = re.compile(r"(?i)\b(sk-|AIza|cg_)[\w-]{6,}|(bearer|key[=:])\s*[\w.-]{8,}")
MAX_DETAIL_CHARS = 500


class VendorSays(Exception):
    """The far side's own sentence, for operators: the cause of our error, never shown to a caller."""


def error_for_response(response: httpx2.Response) -> LLMServiceException:
    sentence = _sentence_of(response)
    error_class = BY_STATUS.get(response.status_code, LLMServiceException)
    if WRONG_PROXY_KEY in sentence or UNKNOWN_MODEL in sentence:
        error_class = LLMMisconfigured
    return _with_cause(error_class(retry_after=_retry_after(response)), sentence)


def error_for_chunk(error: Any) -> LLMServiceException:
    """An error in the middle of a stream that began with 200: the upstream broke off, or refused."""
    fields = error if isinstance(error, dict) else {"message": str(error)}
    code = str(fields.get("code") or "")
    error_class = BY_STATUS.get(int(code), LLMCutOff) if code.isdecimal() else LLMCutOff
    return _with_cause(error_class(), str(fields.get("message", "")))


def error_for_transport(error: httpx2.HTTPError, *, answering: bool) -> LLMServiceException:
    for vendor_class, (before, within) in BY_TRANSPORT.items():
        if isinstance(error, vendor_class):
            return (within if answering else before)()
    return LLMServiceException()


def _with_cause(error: LLMServiceException, sentence: str) -> LLMServiceException:
    error.__cause__ = VendorSays(SECRETS.sub("[redacted]", sentence)[:MAX_DETAIL_CHARS])
    return error


def _sentence_of(response: httpx2.Response) -> str:
    try:
        body = response.json()
        return str(body["error"]["message"])
    except (json.JSONDecodeError, KeyError, TypeError, UnicodeDecodeError):
        return response.text


def _retry_after(response: httpx2.Response) -> float | None:
    """Seconds, from either form of the header (RFC 9110, 10.2.3)."""
    text = response.headers.get("retry-after", "").strip()
    if text.isdecimal():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (moment - datetime.now(UTC)).total_seconds()) if moment.tzinfo else None
