"""Logs: one line an event, JSON for machines or plain for people, with the request and the job it is about.

Secrets never reach a log: whatever looks like one, or is known to be one, is redacted on its way out. Of what
is private (`structlog.contextvars.bind_contextvars(private=True)`, for requests whose prompts are not to be
stored) only the template of the message, numbers, ids and where an error came from are logged.
"""

import logging
import sys
import traceback
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from codegen_site.redaction import REDACTED, is_secret_name, redact

WITHHELD = "[private]"
# Of a private request too: they come from the site itself, and hold no text of the caller.
OWN_FIELDS = frozenset({"event", "level", "logger", "timestamp", "request_id", "job_id"})
# Method, path and status of every request.
REQUEST_LINE = "%s %s %s"


def redact_line(logger: WrappedLogger, method: str, line: str) -> str:
    """The last step: whatever a key hides in, it is in the line by now."""
    return redact(line)


def redact_fields(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """What a field's name says is secret is hidden whole, whatever characters it has."""
    for name, value in event.items():
        if isinstance(value, str) and is_secret_name(name):
            event[name] = REDACTED
    return event


def withhold_private(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    arguments = event.pop("positional_args", None)
    if not event.pop("private", False):
        return event
    record: logging.LogRecord = event["_record"]
    if not event["_from_structlog"] and record.msg != REQUEST_LINE:
        event["event"] = _without_texts(record.msg, arguments)
    for name in event.keys() - OWN_FIELDS - {"exc_info", "_record", "_from_structlog"}:
        event[name] = _without_text(event[name])
    if info := event.pop("exc_info", None):
        event["exception"] = describe_origin(info[1] if isinstance(info, tuple) else sys.exc_info()[1])
    return event


def describe_origin(error: BaseException | None) -> str:
    """The classes and the places of an error and of what led to it, without a word of what they say."""
    told: list[str] = []
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        places = "".join(traceback.format_tb(error.__traceback__))
        kind = f"{type(error).__module__}.{type(error).__qualname__}"
        told.append(f"Traceback (most recent call last):\n{places}{kind}: {WITHHELD}\n")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n".join(reversed(told))


def _without_texts(template: Any, args: Any) -> str:
    if isinstance(args, Mapping):
        return str(template) % {name: _without_text(value) for name, value in args.items()}
    return str(template) % tuple(_without_text(value) for value in args or ())


def _without_text(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float | UUID) else WITHHELD


# Without the local variables of the frames: they hold keys and prompts.
TRACEBACKS = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso"),
]


def logging_config(*, level: str, json: bool) -> dict[str, Any]:
    """For `settings.LOGGING`; every logger of the standard library goes through it."""
    render: list[Processor] = (
        [TRACEBACKS, structlog.processors.JSONRenderer(default=str)]
        if json
        else [structlog.processors.format_exc_info, structlog.dev.ConsoleRenderer(colors=False)]
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "has_traceback": {
                "()": "django.utils.log.CallbackFilter",
                "callback": lambda record: bool(record.exc_info),
            },
        },
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "pass_foreign_args": True,
                "processors": [
                    withhold_private,
                    redact_fields,
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *render,
                    redact_line,
                ],
            },
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # They come with handlers of their own, which would print a second line.
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            # Our own line says what was asked and answered; this adds the defects outside of the API.
            "django.request": {"filters": ["has_traceback"]},
            "uvicorn": {"handlers": [], "level": "INFO", "propagate": True},
            # The middleware writes a line of its own, with the request id.
            "uvicorn.access": {"handlers": [], "level": "WARNING", "propagate": True},
            "httpx2": {"level": "WARNING"},
            # What becomes of a job is logged by `jobs`.
            "django_tasks": {"level": "CRITICAL"},
        },
    }
