"""What somebody wrote to a model, and what it made of that, goes; what it cost stays, and hashes of it.

Rows are emptied in transactions of their own. The exact answer in Redis and the event log go with them.
"""

import hashlib
from collections.abc import Collection, Iterable
from enum import StrEnum
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from accounts.ledger.stored_bytes import change_stored_bytes
from generation.integrations import known_answers
from generation.models import Attempt, File, Generation
from jobs.events import purge_events


class Texts(StrEnum):
    PROMPTS = "prompts"
    FILES = "files"
    RAW_ANSWERS = "raw_answers"


ALL = frozenset(Texts)
_OF_RESULT: dict[str, Any] = {
    "message": "",
    "diff": "",
    "changes": [],
    "checks": [],
    "open_files": [],
    "entry_points": [],
}


def erase_texts(generation_ids: Iterable[UUID], kinds: Collection[Texts] = ALL) -> int:
    """Of those that have ended; how many. One that a refinement is waiting for keeps its files until then."""
    with transaction.atomic():
        ended = Generation.objects.filter(id__in=list(generation_ids)).exclude(status__in=Generation.LIVE)
        found = list(ended.select_for_update(of=("self",)).order_by("id"))
        for generation in found:
            _erase(generation, kinds)
        _erase_attempts(found, kinds)
        transaction.on_commit(partial(_forget, found), robust=True)
    return len(found)


def _erase(generation: Generation, kinds: Collection[Texts]) -> None:
    if Texts.PROMPTS in kinds and generation.prompt:
        generation.hashes["prompt"] = _hash(generation.prompt)
        generation.prompt, generation.metadata, generation.erased_at = "", {}, timezone.now()
    if Texts.FILES in kinds and not generation.children.live().exists():
        _erase_files(generation)
    if Texts.RAW_ANSWERS in kinds:
        answers = generation.attempts.exclude(answer="").order_by("id").values_list("answer", flat=True)
        if hashes := [_hash(answer) for answer in answers]:
            generation.hashes["answers"] = hashes
    generation.save()


def _erase_files(generation: Generation) -> None:
    if files := list(generation.files.values("size", "sha256")):
        generation.hashes["files"] = files
    stored = generation.files.aggregate(bytes=Sum("size"))["bytes"] or 0
    File.objects.filter(generation=generation).delete()
    change_stored_bytes(organization_id=generation.organization_id, by=-stored)
    for name, nothing in _OF_RESULT.items():
        setattr(generation, name, type(nothing)())


def _erase_attempts(generations: list[Generation], kinds: Collection[Texts]) -> None:
    """Messages hold prompts, and where one is asked again, answers too."""
    attempts = Attempt.objects.filter(generation__in=[generation.id for generation in generations])
    if Texts.PROMPTS in kinds or Texts.RAW_ANSWERS in kinds:
        attempts.update(messages=[])
    if Texts.RAW_ANSWERS in kinds:
        attempts.update(answer="", error_detail="")


def _forget(generations: list[Generation]) -> None:
    for generation in generations:
        if generation.answer_key:
            known_answers.forget_answer(generation.answer_key)
        purge_events(owner=str(generation.organization_id), job_id=generation.id)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
