"""Logs: one line an event, JSON for machines or plain for people, with the request and the job it is about.

Keys never reach a log: whatever looks like one is redacted on its way out.
"""

import re
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

SECRET = re.compile(r"\b(cg_(?:live|test)_[A-Za-z0-9]{4})[\w-]+|((?i:bearer)\s+)\S+|\b(sk-)[\w-]{8,}")


def redact(text: str) -> str:
    """Keep enough of a key to tell which one it was."""
    return SECRET.sub(lambda match: f"{match[1] or match[2] or match[3]}[redacted]", text)


def redact_event(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    return {name: redact(value) if isinstance(value, str) else value for name, value in event.items()}


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
        [structlog.processors.dict_tracebacks, redact_event, structlog.processors.JSONRenderer(default=str)]
        if json
        else [structlog.processors.format_exc_info, redact_event, structlog.dev.ConsoleRenderer(colors=False)]
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *render],
            },
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # They come with handlers of their own, which would print a second line.
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "uvicorn": {"handlers": [], "level": "INFO", "propagate": True},
            # The middleware writes a line of its own, with the request id.
            "uvicorn.access": {"handlers": [], "level": "WARNING", "propagate": True},
            "httpx2": {"level": "WARNING"},
            # What becomes of a job is logged by `jobs`.
            "django_tasks": {"level": "CRITICAL"},
        },
    }
