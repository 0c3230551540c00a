"""What is written down of an error, wherever: no secret, and of what is private not a word."""

import sys
from traceback import format_exception
from types import TracebackType

import structlog

from codegen_site.logging import describe_origin
from codegen_site.redaction import redact


def format_error(error: BaseException) -> str:
    """Its traceback."""
    if structlog.contextvars.get_contextvars().get("private"):
        return describe_origin(error)
    return redact("".join(format_exception(error)))


def print_uncaught(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None = None
) -> None:
    """For `sys.excepthook`: what ends a process is printed as Python does, without its secrets."""
    sys.stderr.write(format_error(error.with_traceback(trace)))
