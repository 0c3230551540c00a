"""Which errors an operation of the API can answer with, as the OpenAPI document says it."""

from collections.abc import Iterable, Iterator, Mapping
from inspect import getdoc
from typing import Any

from accounts.idempotent_view import HEADER
from codegen_site import errors

Operation = Mapping[str, Any]
Errors = tuple[type[errors.AppException], ...]

ERROR_SCHEMA = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "details", "request_id", "retryable"],
            "properties": {
                "code": {"type": "string", "description": "Stable; see the table of codes."},
                "message": {"type": "string"},
                "details": {
                    "description": "Of an invalid request: a list of `{field, message}`. Else by the code.",
                    "nullable": True,
                },
                "request_id": {"type": "string", "nullable": True},
                "retryable": {"type": "boolean", "description": "The same call may succeed later."},
            },
        }
    },
}
CONTENT = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
OURS = "The service, or something behind it, is at fault: see the table of codes."

OF_EVERY_REQUEST: Errors = (errors.NotFound, errors.NotAcceptable, errors.RateLimitException)
OF_INPUT: Errors = (errors.ValidationException,)
OF_A_BODY: Errors = (errors.RequestTooLarge, errors.UnsupportedMediaType)
OF_CALLERS: Errors = (
    errors.NotAuthenticated,
    errors.InvalidApiKey,
    errors.PermissionDenied,
    errors.AddressNotAllowed,
    errors.NotAllowedHere,
    errors.OrganizationSuspended,
)
OF_REPETITIONS: Errors = (
    errors.IdempotencyKeyInUse,
    errors.IdempotencyKeyReused,
    errors.ResponseNotKept,
)

# What else their services refuse.
OF_OPERATIONS: dict[str, Errors] = {
    "accept_invitation": (
        errors.NotAuthenticated,
        errors.PermissionDenied,
        errors.OrganizationSuspended,
        errors.InvitationOver,
        errors.QuotaExceeded,
    ),
    "change_role_of_member": (errors.LastOwner,),
    "create_api_key": (errors.QuotaExceeded, errors.Conflict),
    "create_service_account": (errors.Conflict,),
    "create_webhook": (errors.UnsafeUrl, errors.Conflict),
    "delete_generation": (errors.Conflict,),
    "diff_generation": (errors.Conflict,),
    "estimate_generation": (errors.UnknownFramework, errors.UnknownModel, errors.PromptTooLong),
    "follow_job": (errors.EventsExpired,),
    "generate_code": (
        errors.UnknownFramework,
        errors.UnknownModel,
        errors.PromptTooLong,
        errors.QuotaExceeded,
        errors.TooManyInFlight,
        errors.AnswerNotStored,
    ),
    "get_batch_results": (errors.BatchRunning,),
    "invite": (errors.QuotaExceeded, errors.Conflict),
    "leave_organization": (errors.LastOwner, errors.Conflict),
    "refine_generation": (
        errors.UnknownModel,
        errors.PromptTooLong,
        errors.QuotaExceeded,
        errors.Conflict,
        errors.TooManyInFlight,
        errors.AnswerNotStored,
    ),
    "remove_member": (errors.LastOwner,),
    "resend_invitation": (errors.QuotaExceeded, errors.InvitationOver),
    "resend_webhook_delivery": (errors.Conflict,),
    "restore_generation": (errors.Conflict,),
    "revoke_invitation": (errors.InvitationOver,),
    "rotate_api_key": (errors.QuotaExceeded, errors.Conflict),
    "rotate_webhook_secret": (errors.Conflict,),
    "start_batch": (errors.QuotaExceeded, errors.TooManyInFlight),
    "test_webhook": (errors.Conflict,),
    "transfer_organization": (errors.Conflict,),
    "undo_deletion_of_organization": (errors.Conflict,),
    "update_api_key": (errors.UnknownModel, errors.Conflict),
    "update_service_account": (errors.Conflict,),
    "update_webhook": (errors.UnsafeUrl,),
}


def document_errors(method: str, operation: dict[str, Any]) -> None:
    """Those that follow from what the operation takes, and those of its service."""
    responses = operation["responses"]
    for status, description in describe(errors_of(method, operation)):
        responses[status] = {"description": description, "content": CONTENT}
    responses["5XX"] = {"description": OURS, "content": CONTENT}
    operation["responses"] = dict(sorted(responses.items()))


def errors_of(method: str, operation: Operation) -> Errors:
    names = [parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] != "path"]
    has_body = method in ("post", "put", "patch")
    return (
        *OF_EVERY_REQUEST,
        *(OF_INPUT if has_body or names else ()),
        *(OF_A_BODY if has_body else ()),
        *(OF_CALLERS if any(operation.get("security", ())) else ()),
        *(OF_REPETITIONS if HEADER in names else ()),
        *OF_OPERATIONS.get(operation["operationId"], ()),
    )


def describe(found: Iterable[type[errors.AppException]]) -> Iterator[tuple[str, str]]:
    """A status, and its codes with what they mean."""
    lines: dict[str, list[str]] = {}
    for error in found:
        lines.setdefault(str(error.status), []).append(f"`{error.code}`: {meaning_of(error)}")
    return ((status, "\n".join(texts)) for status, texts in lines.items())


def meaning_of(error: type[errors.AppException]) -> str:
    return " ".join((getdoc(error) or "").split())
