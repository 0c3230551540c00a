from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx2
import pytest

from codegen_site.errors import (
    LLMCutOff,
    LLMMisconfigured,
    LLMRateLimited,
    LLMRefused,
    LLMServiceException,
    LLMTimeout,
)
from generation.integrations.litellm_errors import (
    BY_TRANSPORT,
    VENDOR_ERRORS,
    error_for_chunk,
    error_for_response,
    error_for_transport,
)

# Only a defect of ours raises these: nothing that the far side does.
OUR_DEFECTS = (httpx2.StreamError, httpx2.CookieConflict)


def response(status: int, message: str = "", headers: dict[str, str] | None = None) -> httpx2.Response:
    return httpx2.Response(status, json={"error": {"message": message}}, headers=headers)


@pytest.mark.parametrize(
    ("status", "error_class"),
    [
        (400, LLMRefused),
        (401, LLMMisconfigured),
        (403, LLMMisconfigured),
        (404, LLMMisconfigured),
        (408, LLMTimeout),
        (413, LLMRefused),
        (422, LLMRefused),
        (429, LLMRateLimited),
        (500, LLMServiceException),
        (502, LLMServiceException),
        (503, LLMServiceException),
        (504, LLMTimeout),
        (301, LLMServiceException),
        (418, LLMServiceException),
    ],
)
def test_a_status_has_its_error(status: int, error_class: type[LLMServiceException]) -> None:
    assert type(error_for_response(response(status))) is error_class


@pytest.mark.parametrize(
    "sentence",
    [
        "No connected db.",
        "/chat/completions: Invalid model name passed in model=nope. Call `/v1/models`",
        "API key not valid. Please pass a valid API key.",
    ],
)
def test_a_400_for_our_own_setup_is_not_the_callers_fault(sentence: str) -> None:
    assert type(error_for_response(response(400, sentence))) is LLMMisconfigured


def test_it_knows_how_long_to_wait_from_seconds() -> None:
    assert error_for_response(response(429, headers={"Retry-After": "17"})).retry_after == 17.0


def test_it_knows_how_long_to_wait_from_a_date() -> None:
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    waits = error_for_response(response(429, headers={"Retry-After": then})).retry_after
    assert waits is not None
    assert 28 <= waits <= 30


def test_a_date_that_is_past_means_now() -> None:
    past = "Wed, 21 Oct 2015 07:28:00 GMT"
    assert error_for_response(response(503, headers={"Retry-After": past})).retry_after == 0.0


def test_it_knows_how_long_to_wait_from_googles_own_field() -> None:
    sentence = 'b\'{"error": {"code": 429, "details": [{"retryDelay": "8.5s"}]}}\''
    assert error_for_response(response(429, sentence)).retry_after == 8.5
    assert error_for_chunk({"code": "429", "message": sentence}).retry_after == 8.5
    assert error_for_response(response(429, sentence, {"Retry-After": "17"})).retry_after == 17


@pytest.mark.parametrize("text", ["", "soon", "-5", "1.5e3", "Wed, 99 Oct 2015"])
def test_a_wait_that_cannot_be_read_is_none(text: str) -> None:
    assert error_for_response(response(429, headers={"Retry-After": text})).retry_after is None


@pytest.mark.parametrize(
    ("error", "error_class"),
    [
        ({"code": "429"}, LLMRateLimited),
        ({"code": 429}, LLMRateLimited),
        ({"code": "400"}, LLMRefused),
        ({"code": "500"}, LLMCutOff),
        ({"code": None}, LLMCutOff),
        ({}, LLMCutOff),
        ("broke off", LLMCutOff),
        (["broke off"], LLMCutOff),
    ],
)
def test_an_error_in_the_middle_has_its_error(error: object, error_class: type[LLMServiceException]) -> None:
    assert type(error_for_chunk(error)) is error_class


@pytest.mark.parametrize(
    "secret",
    ["sk-1234567890abcdef", "AIzaSyA1234567890_bc", "Bearer abcdefgh.ijkl", "key=abcdefgh12", "cg_abcdefgh"],
)
def test_operators_read_the_vendors_sentence_without_its_secrets(secret: str) -> None:
    cause = str(error_for_response(response(401, f"The key {secret} is not known.")).__cause__)
    assert cause.startswith("The key [redacted]")
    assert secret.rpartition(" ")[2] not in cause


def test_callers_are_told_nothing_of_the_vendors_sentence() -> None:
    error = error_for_response(response(500, "http://10.0.0.5:4000 exploded"))
    assert "10.0.0.5" not in error.message
    assert error.details is None


def test_a_long_sentence_is_cut() -> None:
    assert len(str(error_for_response(response(500, "x" * 5000)).__cause__)) == 300


def test_a_body_that_is_not_json_is_read_as_text() -> None:
    assert str(error_for_response(httpx2.Response(502, text="Bad Gateway")).__cause__) == "Bad Gateway"


@pytest.mark.parametrize(
    ("error", "before", "within"),
    [
        (httpx2.ConnectError("x"), LLMServiceException, LLMCutOff),
        (httpx2.ConnectTimeout("x"), LLMTimeout, LLMTimeout),
        (httpx2.ReadTimeout("x"), LLMTimeout, LLMTimeout),
        (httpx2.RemoteProtocolError("x"), LLMServiceException, LLMCutOff),
        (httpx2.SSEError("x"), LLMServiceException, LLMCutOff),
        (httpx2.UnsupportedProtocol("x"), LLMMisconfigured, LLMMisconfigured),
        (httpx2.InvalidURL("x"), LLMMisconfigured, LLMMisconfigured),
    ],
)
def test_a_broken_connection_has_its_error(
    error: Exception, before: type[LLMServiceException], within: type[LLMServiceException]
) -> None:
    assert type(error_for_transport(error, answering=False)) is before
    assert type(error_for_transport(error, answering=True)) is within


def errors_of_the_far_side() -> list[type[Exception]]:
    public = [value for value in vars(httpx2).values() if isinstance(value, type)]
    return [value for value in public if issubclass(value, Exception) and not issubclass(value, OUR_DEFECTS)]


@pytest.mark.parametrize("vendor_class", errors_of_the_far_side())
def test_no_error_of_the_client_library_is_forgotten(vendor_class: type[Exception]) -> None:
    assert issubclass(vendor_class, VENDOR_ERRORS), "nobody catches it"
    mapped = issubclass(vendor_class, tuple(BY_TRANSPORT))
    only_a_base = vendor_class in {httpx2.HTTPError, httpx2.RequestError, httpx2.TransportError}
    assert mapped or only_a_base, "BY_TRANSPORT does not know it"
