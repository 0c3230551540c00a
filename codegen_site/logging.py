"""Logs: one line an event, JSON for machines or plain for people, with the request and the job it is about.

Keys never reach a log: whatever looks like one is redacted on its way out.
"""

import re
from typing import Any

import structlog
from structlog.typing import Processor, WrappedLogger

# In a line of JSON: a token ends where RFC 6750 says, before the quote; a line end before a key reads "\\n".
SECRET = re.compile(
    r"(cg_(?:live|test|inv)_[A-Za-z0-9]{4})[\w-]+"
    r"|((?i:bearer)\s+)[\w.~+/=-]+"
    r"|(?:\b|(?<=\\[nrt]))(?:(sk-)[\w-]{8,}|(whsec_)[\w+/=]{8,})"
)


def redact(text: str) -> str:
    """Keep enough of a key to tell which one it was."""
    return SECRET.sub(lambda match: f"{match[1] or match[2] or match[3] or match[4]}[redacted]", text)


def redact_line(logger: WrappedLogger, method: str, line: str) -> str:
    """The last step: whatever a key hides in, it is in the line by now."""
    return redact(line)


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
                "processors": [
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
