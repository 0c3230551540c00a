"""The few numbers of the queue, from `TASKS["default"]["OPTIONS"]` and the settings."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from traceback import format_exception
from typing import Any, cast

from django.conf import settings
from django.utils.module_loading import import_string

ACK_WAIT_S = 30.0
OPTIONS = frozenset({"ACK_WAIT_S", "FORMAT_ERROR"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Timing:
    """Seconds. The lease is shorter than the ack wait, so that a redelivered job is free to be claimed."""

    ack_wait: float = ACK_WAIT_S

    @property
    def lease(self) -> float:
        return self.ack_wait * 0.8

    @property
    def beat(self) -> float:
        return self.ack_wait / 3


@dataclass(frozen=True, kw_only=True, slots=True)
class BrokerConfig:
    url: str
    prefix: str
    replicas: int
    timing: Timing

    @property
    def tasks_stream(self) -> str:
        return f"{self.prefix}TASKS"

    @property
    def events_stream(self) -> str:
        return f"{self.prefix}TASK_EVENTS"

    @property
    def dead_stream(self) -> str:
        return f"{self.prefix}TASKS_DEAD"

    def run_subject(self, *, queue: str, band: str, owner: str) -> str:
        return f"{self.prefix}tasks.run.{queue}.{band}.{owner_token(owner)}"

    def run_subjects(self, queue: str) -> str:
        return f"{self.prefix}tasks.run.{queue}.>"

    def dead_subject(self, reason: str) -> str:
        return f"{self.prefix}tasks.dead.{reason}"

    def event_subject(self, *, owner: str, job_id: object) -> str:
        return f"{self.prefix}ev.{owner_token(owner)}.{job_id}"

    def cancel_subject(self, job_id: object) -> str:
        return f"{self.prefix}tasks.ctl.cancel.{job_id}"


def owner_token(owner: str) -> str:
    """One token of a subject: a dot or a space in an owner would make another subject of it."""
    if re.fullmatch(r"[A-Za-z0-9_-]+", owner):
        return owner
    return hashlib.sha256(owner.encode()).hexdigest()[:32] if owner else "-"


def broker_config() -> BrokerConfig:
    """Read anew at each call, so that tests may override the settings."""
    options = _options()
    return BrokerConfig(
        url=settings.NATS_URL,
        prefix=settings.JOBS_STREAM_PREFIX,
        replicas=settings.JOBS_REPLICAS,
        timing=Timing(ack_wait=float(options.get("ACK_WAIT_S", ACK_WAIT_S))),
    )


def format_error(error: BaseException) -> str:
    """The traceback that is stored of a failed job: what the function says that FORMAT_ERROR names."""
    path: str | None = _options().get("FORMAT_ERROR")
    if path is None:
        return "".join(format_exception(error))
    return cast(Callable[[BaseException], str], import_string(path))(error)


def _options() -> dict[str, Any]:
    return cast(dict[str, Any], settings.TASKS["default"].get("OPTIONS", {}))
