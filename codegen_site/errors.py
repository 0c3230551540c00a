"""The root of the exception tree. Every code that the API can answer with is drawn here.

AppException
├── CallerFault                      the request is at fault; repeating it changes nothing
│   ├── ValidationException          invalid_request
│   │   ├── UnknownFramework         unknown_framework
│   │   ├── UnknownModel             unknown_model
│   │   ├── PromptTooLong            prompt_too_long
│   │   └── UnsafeUrl                unsafe_url
│   ├── NotAuthenticated             not_authenticated
│   │   └── InvalidApiKey            invalid_api_key
│   ├── PermissionDenied             permission_denied
│   │   ├── AddressNotAllowed        address_not_allowed
│   │   ├── NotAllowedHere           not_allowed_here
│   │   └── OrganizationSuspended    organization_suspended
│   ├── NotFound                     not_found
│   ├── MethodNotAllowed             method_not_allowed
│   ├── NotAcceptable                not_acceptable
│   ├── Conflict                     conflict
│   │   ├── BatchRunning             batch_running
│   │   └── LastOwner                last_owner
│   ├── AnswerNotStored              answer_not_stored
│   ├── EventsExpired                events_expired
│   ├── InvitationOver               invitation_over
│   ├── IdempotencyKeyInUse          idempotency_key_in_use
│   ├── IdempotencyKeyReused         idempotency_key_reused
│   ├── ResponseNotKept              response_not_kept
│   ├── RequestTooLarge              request_too_large
│   ├── UnsupportedMediaType         unsupported_media_type
│   ├── QuotaExceeded                quota_exceeded
│   └── RateLimitException           rate_limited
│       └── TooManyInFlight          too_many_in_flight
└── ServiceFault                     we are, or something behind us is, at fault
    ├── InternalError                internal_error
    ├── CacheException               cache_unavailable
    ├── MailException                mail_unavailable
    ├── CodeExtractionException      no_usable_file
    ├── JobLost                      job_lost
    └── LLMServiceException          llm_unavailable
        ├── LLMRateLimited           llm_rate_limited
        ├── LLMTimeout               llm_timeout
        ├── LLMCutOff                llm_cut_off
        ├── LLMRefused               llm_refused
        └── LLMMisconfigured         llm_misconfigured

A class is a code: its docstring is the sentence in the API documentation.
"""

from collections.abc import Iterator
from typing import Any, ClassVar


class AppException(Exception):
    """Something that the caller is told in the error envelope.

    `details` is JSON: for a validation error a list of `{"field", "message"}`.
    `retry_after` is in seconds, from a `Retry-After` header where there was one.
    """

    code: ClassVar[str] = "internal_error"
    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False
    # False where the far side merely has no room at the moment: a job then waits, and loses no attempt.
    counts_as_failure: ClassVar[bool] = True
    message: str = "Something went wrong."

    def __init__(
        self,
        message: str | None = None,
        *,
        details: Any = None,
        retry_after: float | None = None,
    ) -> None:
        self.message = message or type(self).message
        self.details = details
        self.retry_after = retry_after
        super().__init__(self.message)


class CallerFault(AppException):
    """The request is at fault; repeating it unchanged gives the same answer."""

    status = 400


class ValidationException(CallerFault):
    """A field of the request is missing, unknown or has a wrong value; `details` names it."""

    code = "invalid_request"
    message = "The request is not valid."


class UnknownFramework(ValidationException):
    """`framework` is none of those that `GET /api/v1/frameworks` lists."""

    code = "unknown_framework"
    message = "There is no such framework."


class UnknownModel(ValidationException):
    """`model` is none of those that `GET /api/v1/models` lists."""

    code = "unknown_model"
    message = "There is no such model."


class PromptTooLong(ValidationException):
    """The model has no room for this prompt and an answer; the message has the figures."""

    code = "prompt_too_long"
    message = "The prompt is too long for this model."


class UnsafeUrl(ValidationException):
    """Nothing is sent to this `url`: its scheme, its port, or a host without a public address."""

    code = "unsafe_url"
    message = "Nothing is sent to this URL."


class NotAuthenticated(CallerFault):
    """The request carries no API key; send `Authorization: Bearer <key>`."""

    code = "not_authenticated"
    status = 401
    message = "Send an API key: Authorization: Bearer <key>."


class InvalidApiKey(NotAuthenticated):
    """The API key is unknown, expired or revoked."""

    code = "invalid_api_key"
    message = "The API key is unknown, expired or revoked."


class PermissionDenied(CallerFault):
    """The key lacks the scope that this call needs, or the role of whoever calls lacks the permission."""

    code = "permission_denied"
    status = 403
    message = "This key may not do that."


class AddressNotAllowed(PermissionDenied):
    """The key may be used from certain networks only, and this address is in none of them."""

    code = "address_not_allowed"
    message = "This key may not be used from this address."


class NotAllowedHere(PermissionDenied):
    """The organization, or the key, is limited to other models, frameworks or features: see `details`."""

    code = "not_allowed_here"
    message = "The organization does not allow that."


class OrganizationSuspended(PermissionDenied):
    """The organization is suspended by the operators, or waits for its deletion."""

    code = "organization_suspended"
    message = "This organization is suspended."


class NotFound(CallerFault):
    """There is no such address or object, or it belongs to another organization."""

    code = "not_found"
    status = 404
    message = "Not found."


class MethodNotAllowed(CallerFault):
    """The address exists, but not with this HTTP method."""

    code = "method_not_allowed"
    status = 405
    message = "This method is not allowed here."


class NotAcceptable(CallerFault):
    """None of the formats in `Accept` can be produced."""

    code = "not_acceptable"
    status = 406
    message = "None of the accepted formats can be produced."


class Conflict(CallerFault):
    """The object is in a state in which this cannot be done."""

    code = "conflict"
    status = 409
    message = "The object is in a state in which this cannot be done."


class BatchRunning(Conflict):
    """The batch has no results yet; they can be had when it has ended."""

    code = "batch_running"
    retryable = True
    message = "The batch is still running."


class LastOwner(Conflict):
    """An organization has at least one owner; hand the ownership over first."""

    code = "last_owner"
    message = "The last owner cannot leave, be removed or get another role."


class AnswerNotStored(CallerFault):
    """It was asked for with `store: false`: its answer was given once, and is gone."""

    code = "answer_not_stored"
    status = 410
    message = "It was asked for with store: false; its answer was given once, and is gone."


class EventsExpired(CallerFault):
    """The event log of this job is gone; `details.result` is the address of its result."""

    code = "events_expired"
    status = 410
    message = "The events of this job have expired; read its result instead."


class InvitationOver(CallerFault):
    """The invitation has been accepted or revoked, or it has expired: ask for a new one."""

    code = "invitation_over"
    status = 410
    message = "This invitation is no longer good."


class IdempotencyKeyInUse(CallerFault):
    """The first request with this `Idempotency-Key` still runs; `details.job` is its job, if it has one."""

    code = "idempotency_key_in_use"
    status = 409
    retryable = True
    message = "The first request with this Idempotency-Key is still running."


class IdempotencyKeyReused(CallerFault):
    """This `Idempotency-Key` came with another body, or to another address; make a new key."""

    code = "idempotency_key_reused"
    status = 422
    message = "This Idempotency-Key belongs to another request."


class ResponseNotKept(CallerFault):
    """The first request with this `Idempotency-Key` was done, but its response can no longer be given."""

    code = "response_not_kept"
    status = 410
    message = "This request was done before, and its response has not been kept."


class RequestTooLarge(CallerFault):
    """The body is larger than the limit."""

    code = "request_too_large"
    status = 413
    message = "The request body is too large."


class UnsupportedMediaType(CallerFault):
    """The body is not JSON; send `Content-Type: application/json`."""

    code = "unsupported_media_type"
    status = 415
    message = "Send JSON: Content-Type: application/json."


class QuotaExceeded(CallerFault):
    """A quota of the plan is used up; `details` has `quota`, `limit`, `used`, `reserved` and `resets_at`."""

    # Not 429, which clients repeat by themselves: before `resets_at`, or with the same plan, nothing changes.
    code = "quota_exceeded"
    status = 402
    message = "A quota of the organization is used up."


class RateLimitException(CallerFault):
    """Too many requests; wait for the seconds in `Retry-After`. `details` has `policy` and `limit`."""

    code = "rate_limited"
    status = 429
    retryable = True
    message = "Too many requests."


class TooManyInFlight(RateLimitException):
    """As many generations, or batches, are queued or running as may be: see `details`."""

    code = "too_many_in_flight"
    message = "Too many generations are in flight."


class ServiceFault(AppException):
    """The service, or something behind it, is at fault."""

    status = 503


class InternalError(ServiceFault):
    """A defect of the service; the operators find it under the request id."""

    code = "internal_error"
    status = 500
    message = "Something went wrong on our side."


class CacheException(ServiceFault):
    """The cache cannot be reached. Only operators see it: without it requests still run."""

    code = "cache_unavailable"
    retryable = True
    message = "The cache cannot be reached."


class MailException(ServiceFault):
    """The mail server cannot be reached, or refuses a message. Only operators see it: it is sent again."""

    code = "mail_unavailable"
    retryable = True
    message = "The mail server cannot be reached."


class CodeExtractionException(ServiceFault):
    """The model was asked twice, or ran out of tokens, without a single file that could be used."""

    code = "no_usable_file"
    status = 502
    message = "The model's answer held no file that could be used."


class JobLost(ServiceFault):
    """The job ended without a verdict: its workers died, it ran out of time, or its task broke."""

    code = "job_lost"
    status = 500
    retryable = True
    message = "The job could not be finished."


class LLMServiceException(ServiceFault):
    """The model, or the proxy in front of it, cannot be reached or failed."""

    code = "llm_unavailable"
    status = 502
    retryable = True
    message = "The model cannot be reached."


class LLMRateLimited(LLMServiceException):
    """The model's provider has no capacity left for us at the moment."""

    code = "llm_rate_limited"
    status = 503
    counts_as_failure = False
    message = "The model's provider limits our rate."


class LLMTimeout(LLMServiceException):
    """The model did not answer, or stopped answering, in time."""

    code = "llm_timeout"
    status = 504
    message = "The model did not answer in time."


class LLMCutOff(LLMServiceException):
    """The model's answer broke off in the middle."""

    code = "llm_cut_off"
    message = "The model's answer broke off in the middle."


class LLMRefused(LLMServiceException):
    """The model's provider refused the request: its content, or a parameter."""

    code = "llm_refused"
    retryable = False
    message = "The model's provider refused the request."


class LLMMisconfigured(LLMServiceException):
    """The service's own access to the model is broken: a wrong key, or a model that is not there."""

    code = "llm_misconfigured"
    retryable = False
    message = "The service's access to the model is not set up correctly."


def concrete_errors(base: type[AppException] = AppException) -> Iterator[type[AppException]]:
    """Every class below `base` that has a code of its own, parents first."""
    for child in base.__subclasses__():
        if "code" in vars(child):
            yield child
        yield from concrete_errors(child)
