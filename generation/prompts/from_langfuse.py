"""The texts that Langfuse has under a label, as rows: fetched in the background, never while a request waits.

What was seen last is served, also while Langfuse is away and after a restart.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from django.db import DatabaseError, connection
from django.db.models import QuerySet
from django.utils import timezone
from prometheus_client import Counter

from accounts.audit.actions import Action
from accounts.audit.record import record_act
from generation.integrations.langfuse_prompts import (
    LangfusePrompt,
    LangfuseUnavailable,
    prompts_from_settings,
)
from generation.models import PromptVersion
from generation.pipeline.build_prompt import TEMPLATES
from generation.prompts.builtin import complete
from generation.prompts.checking import problems_of

logger = logging.getLogger("generation")

FRESH_FOR_S = 45.0
FOLDER = "codegen"

FETCHES = Counter(
    "codegen_langfuse_prompts_total",
    "Prompts asked of Langfuse: fetched, missing there, refused for what is in them, or unavailable.",
    ["outcome"],
)


@dataclass(slots=True)
class _Refresh:
    """What this process knows of the refresh; `refused` keeps one text from being complained of twice."""

    due_at: float = 0.0
    is_away: bool = False
    refused: set[tuple[str, int]] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)


_refresh = _Refresh()


def newest_mirrored(label: str) -> QuerySet[PromptVersion, int]:
    mirrored = PromptVersion.objects.filter(state=PromptVersion.State.MIRRORED, label=label)
    return mirrored.order_by("-seen_at", "-id").values_list("id", flat=True)[:1]


def keep_fresh(label: str, *, then: Callable[[], None]) -> None:
    """Returns at once; `then` is called in another thread when there are new texts."""
    with _refresh.lock:
        now = time.monotonic()
        if now < _refresh.due_at:
            return
        _refresh.due_at = now + FRESH_FOR_S
    thread = threading.Thread(target=_run, args=(label, then), name="langfuse-prompts", daemon=True)
    thread.start()


def _run(label: str, then: Callable[[], None]) -> None:
    try:
        if refresh_texts(label):
            then()
    except DatabaseError:
        logger.exception("the prompt texts from Langfuse cannot be stored")
    finally:
        connection.close()


def refresh_texts(label: str) -> bool:
    """Fetch them and store what is new. True when other texts are served from now on."""
    started = timezone.now()
    try:
        fetched = _fetch(label)
    except LangfuseUnavailable as error:
        FETCHES.labels("unavailable").inc()
        _note_away(error)
        return False
    _note_away(None)
    usable = {name: prompt for name, prompt in fetched.items() if _is_usable(name, prompt)}
    return _mirror(label, usable, seen_at=started)


def _fetch(label: str) -> dict[str, LangfusePrompt]:
    fetched = {}
    with prompts_from_settings().connected() as langfuse:
        for template in TEMPLATES:
            prompt = langfuse.get(f"{FOLDER}/{template.removesuffix('.txt')}", label=label)
            FETCHES.labels("fetched" if prompt else "missing").inc()
            if prompt:
                fetched[template] = prompt
    return fetched


def _is_usable(template: str, prompt: LangfusePrompt) -> bool:
    text = prompt.text
    problems = problems_of(complete({template: text})).get(template) if text else ["It is not a text."]
    if not problems:
        return True
    FETCHES.labels("refused").inc()
    if (prompt.name, prompt.version) not in _refresh.refused:
        _refresh.refused.add((prompt.name, prompt.version))
        logger.error(
            "version %d of %s in Langfuse cannot be used, the built-in text takes its place: %s",
            prompt.version,
            prompt.name,
            " ".join(problems),
        )
    return False


def _mirror(label: str, prompts: Mapping[str, LangfusePrompt], *, seen_at: datetime) -> bool:
    texts = {template: prompt.text for template, prompt in prompts.items()}
    digest = sha256(repr(sorted(texts.items())).encode()).hexdigest()
    newest = PromptVersion.objects.filter(id__in=list(newest_mirrored(label))).first()
    if newest and newest.digest == digest:
        return False
    mirrored = PromptVersion.objects.filter(state=PromptVersion.State.MIRRORED, label=label, digest=digest)
    version, is_new = mirrored.get_or_create(
        defaults={
            "state": PromptVersion.State.MIRRORED,
            "label": label,
            "digest": digest,
            "name": _name_of(prompts),
            "texts": texts,
            "notes": "\n".join(f"{prompt.name}: version {prompt.version}" for prompt in prompts.values()),
            "seen_at": seen_at,
        }
    )
    if is_new:
        record_act(
            Action.PROMPT_VERSION_CREATED, object_id=version.pk, after={"name": version.name, "label": label}
        )
    # An answer that is older than what another process has seen since must not win.
    mirrored.filter(seen_at__lt=seen_at).update(seen_at=seen_at)
    logger.info("the prompt texts %s are in use, from Langfuse", _name_of(prompts))
    return True


def _name_of(prompts: Mapping[str, LangfusePrompt]) -> str:
    """That of its first text: `langfuse-codegen-system-v7`."""
    first = next(iter(prompts.values()), None)
    if first is None:
        return "langfuse-without-texts"
    limit = PromptVersion._meta.get_field("name").max_length
    name = first.name.replace("/", "-")
    return f"langfuse-{name}-v{first.version}"[:limit]


def _note_away(error: LangfuseUnavailable | None) -> None:
    if (error is not None) == _refresh.is_away:
        return
    _refresh.is_away = error is not None
    if error:
        logger.warning("%s The texts that were seen last stay in use.", error.message)
    else:
        logger.warning("Langfuse is back.")
