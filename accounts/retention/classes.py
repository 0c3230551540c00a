"""What is kept for a time, by class, and how each class is erased: apps register that."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import models


class Kept(models.TextChoices):
    PROMPTS = "prompts", "What was asked: prompts, metadata and the messages to models"
    FILES = "files", "What was made: files, messages and comparisons"
    RAW_ANSWERS = "raw_answers", "What models answered, word by word"
    EVENTS = "events", "Events of webhooks and their deliveries"
    AUDIT = "audit", "The audit log"


@dataclass(frozen=True, kw_only=True, slots=True)
class Eraser:
    """Both of an organization, of what ended before a time: how much there is, and how much has gone.

    `erase` does it some at a time, in transactions of its own: interrupted, it goes on the next time.
    """

    count: Callable[[UUID, datetime], int]
    erase: Callable[[UUID, datetime], int]


ERASERS: dict[Kept, Eraser] = {}


def register_eraser(kept: Kept, *, count: Callable[..., int], erase: Callable[..., int]) -> None:
    ERASERS[kept] = Eraser(count=count, erase=erase)
