"""Every way in which the proxy can fail, mapped to the errors of this project in one table each."""

import re
from collections.abc import Mapping
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
from generation.integrations.retry_after import read_retry_after

VENDOR_ERRORS = (httpx2.HTTPError, httpx2.InvalidURL)

# Anything else is the fault of the proxy or the provider: `LLMServiceException`.
BY_STATUS: Mapping[int, type[LLMServiceException]] = {
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
# What the proxy answers with 400 although our set-up is at fault, and not the request.
MISCONFIGURED = re.compile(r"No connected db|Invalid model name|API key not valid")
# Before the first piece of an answer, and in the middle of it.
BY_TRANSPORT: Mapping[type[Exception], tuple[type[LLMServiceException], type[LLMServiceException]]] = {
    httpx2.TimeoutException: (LLMTimeout, LLMTimeout),
    httpx2.NetworkError: (LLMServiceException, LLMCutOff),
    httpx2.ProtocolError: (LLMServiceException, LLMCutOff),
    httpx2.ProxyError: (LLMServiceException, LLMCutOff),
    httpx2.SSEError: (LLMServiceException, LLMCutOff),
    httpx2.DecodingError: (LLMServiceException, LLMCutOff),
    httpx2.HTTPStatusError: (LLMServiceException, LLMCutOff),
    httpx2.InvalidURL: (LLMMisconfigured, LLMMisconfigured),
    httpx2.UnsupportedProtocol: (LLMMisconfigured, LLMMisconfigured),
    httpx2.TooManyRedirects: (LLMMisconfigured, LLMMisconfigured),
}

SECRETS = re.compile(r"(?i)\b(sk-|AIza|cg_)[\w-]{6,}|(bearer |key[=:])\s*[\w.-]{8,}")
# Google's google.rpc.RetryInfo, which the proxy passes on inside its sentence.
RETRY_DELAY = re.compile(r"retryDelay\W+(\d+(?:\.\d+)?)s")
MAX_SENTENCE_CHARS = 300


class VendorSays(Exception):
    """The far side's own sentence, for operators: the cause of our error, never shown to a caller."""


def error_for_response(response: httpx2.Response) -> LLMServiceException:
    sentence = _sentence_of(response)
    error_class = BY_STATUS.get(response.status_code, LLMServiceException)
    if error_class is LLMRefused and MISCONFIGURED.search(sentence):
        error_class = LLMMisconfigured
    retry_after = read_retry_after(response.headers.get("retry-after", ""))
    return _error(error_class, sentence, retry_after=retry_after)


def error_for_chunk(error: Any) -> LLMServiceException:
    """An error in the middle of a stream that began with 200: the upstream broke off, or refused."""
    fields = error if isinstance(error, dict) else {"message": error}
    code = str(fields.get("code"))
    error_class = BY_STATUS.get(int(code), LLMCutOff) if code.isdecimal() else LLMCutOff
    return _error(error_class, str(fields.get("message", "")))


def error_for_transport(error: Exception, *, answering: bool) -> LLMServiceException:
    for vendor_class, (before, within) in BY_TRANSPORT.items():
        if isinstance(error, vendor_class):
            return (within if answering else before)()
    return LLMServiceException()


def _error(
    error_class: type[LLMServiceException], sentence: str, *, retry_after: float | None = None
) -> LLMServiceException:
    if retry_after is None and (delay := RETRY_DELAY.search(sentence)):
        retry_after = float(delay[1])
    error = error_class(retry_after=retry_after)
    error.__cause__ = VendorSays(SECRETS.sub("[redacted]", sentence)[:MAX_SENTENCE_CHARS])
    return error


def _sentence_of(response: httpx2.Response) -> str:
    try:
        return str(response.json()["error"]["message"])
    except (ValueError, LookupError, TypeError):
        return response.text
