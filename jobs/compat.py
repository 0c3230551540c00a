"""Every name of Django's tasks contract that `jobs` uses; the move to `django.tasks` is this file."""

from django_tasks import (
    DEFAULT_TASK_BACKEND_ALIAS,
    DEFAULT_TASK_QUEUE_NAME,
    TaskContext,
    TaskResult,
    TaskResultStatus,
    task,
    task_backends,
)
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskError
from django_tasks.exceptions import InvalidTaskError, TaskResultDoesNotExist
from django_tasks.signals import (
    log_task_enqueued,
    log_task_finished,
    log_task_started,
    task_enqueued,
    task_finished,
    task_started,
)
from django_tasks.utils import normalize_json

__all__ = [
    "DEFAULT_TASK_BACKEND_ALIAS",
    "DEFAULT_TASK_QUEUE_NAME",
    "BaseTaskBackend",
    "InvalidTaskError",
    "Task",
    "TaskContext",
    "TaskError",
    "TaskResult",
    "TaskResultDoesNotExist",
    "TaskResultStatus",
    "normalize_json",
    "silence_signal_logs",
    "task",
    "task_backends",
    "task_enqueued",
    "task_finished",
    "task_started",
]


def silence_signal_logs() -> None:
    """The worker's own lines tell more: these would be two more for each job."""
    task_enqueued.disconnect(log_task_enqueued)
    task_started.disconnect(log_task_started)
    task_finished.disconnect(log_task_finished)
