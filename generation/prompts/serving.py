"""Which texts a generation is asked with: decided once, by its id, when it is created."""

import logging
import threading
import time
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.template import TemplateSyntaxError

from generation.models import Generation, PromptVersion
from generation.prompts.builtin import builtin_texts, complete
from generation.prompts.from_langfuse import keep_fresh, newest_mirrored
from generation.prompts.texts import TemplateTexts, compile_texts

logger = logging.getLogger("generation")

# What is made active is known to every process after this long.
FRESH_FOR_S = 3.0


@dataclass(frozen=True, kw_only=True, slots=True)
class ChosenTexts:
    """`row_id` is that of a PromptVersion; None is the built-in one."""

    row_id: int | None
    texts: TemplateTexts


@dataclass(frozen=True, kw_only=True, slots=True)
class Serving:
    """`share` percent of the generations go to the candidate, and the others to the usual texts."""

    usual: ChosenTexts
    candidate: ChosenTexts | None = None
    share: int = 0

    def choose(self, generation_id: UUID) -> ChosenTexts:
        if self.candidate and percentile(generation_id) < self.share:
            return self.candidate
        return self.usual

    def all_texts(self) -> list[TemplateTexts]:
        return [chosen.texts for chosen in (self.usual, self.candidate) if chosen]


def percentile(generation_id: UUID) -> int:
    """From 0 to 99, evenly spread and always the same for an id."""
    return int.from_bytes(sha256(generation_id.bytes).digest()[:8]) % 100


def choose_texts(generation_id: UUID) -> ChosenTexts:
    return current_serving().choose(generation_id)


def texts_of(generation: Generation) -> TemplateTexts:
    """Those that were chosen for it, or the built-in ones where they are gone."""
    row = generation.prompt_texts
    texts = _texts_of(row) if row else builtin_texts()
    if generation.prompt_version not in ("", texts.version):
        logger.warning(
            "prompt version %s of generation %s is gone: %s takes its place",
            generation.prompt_version,
            generation.id,
            texts.version,
        )
    return texts


@dataclass(slots=True)
class _Known:
    serving: Serving | None = None
    until: float = 0.0


_known = _Known()
_asking = threading.Lock()


def current_serving() -> Serving:
    """At most `FRESH_FOR_S` old."""
    with _asking:
        if _known.serving is None or time.monotonic() >= _known.until:
            _known.serving, _known.until = read_serving(), time.monotonic() + FRESH_FOR_S
        return _known.serving


def forget_serving() -> None:
    """Ask again at the next question: this process has just changed something."""
    _known.serving = None


def read_serving() -> Serving:
    rows = {row.state: row for row in _served_rows()}
    usual = rows.get(PromptVersion.State.MIRRORED) or rows.get(PromptVersion.State.ACTIVE)
    candidate = rows.get(PromptVersion.State.CANDIDATE)
    return Serving(
        usual=_chosen(usual),
        candidate=_chosen(candidate) if candidate else None,
        share=candidate.share if candidate else 0,
    )


def _served_rows() -> list[PromptVersion]:
    wanted = Q(state__in=PromptVersion.SERVED)
    if label := settings.PROMPTS_FROM_LANGFUSE:
        keep_fresh(label, then=forget_serving)
        wanted |= Q(id__in=newest_mirrored(label))
    return list(PromptVersion.objects.filter(wanted).defer("notes"))


def _chosen(row: PromptVersion | None) -> ChosenTexts:
    if row is None or not row.texts:
        return ChosenTexts(row_id=None, texts=builtin_texts())
    return ChosenTexts(row_id=row.id, texts=_texts_of(row))


def _texts_of(row: PromptVersion) -> TemplateTexts:
    try:
        return compile_texts(row.name, complete(row.texts))
    except TemplateSyntaxError:
        # It was checked when it was stored; since then the rules have changed.
        logger.exception("the prompt texts %s cannot be used: the built-in ones take their place", row.name)
        return builtin_texts()
