"""The prompt texts in templates/prompts, rendered by the engine that does not escape."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import cast

from django.template import engines
from django.template.backends.django import DjangoTemplates

from generation.frameworks import load_frameworks
from generation.pipeline.build_prompt import TEMPLATES
from generation.pipeline.records import PromptTexts

# The readable part of the version. Raise it when the texts change in kind, not only in wording.
EDITION = 1


@dataclass(frozen=True, slots=True)
class DjangoPromptTexts:
    engine: DjangoTemplates
    version: str

    def __call__(self, name: str, values: Mapping[str, object], /) -> str:
        return self.engine.get_template(name).render(dict(values))


@cache
def prompt_texts() -> PromptTexts:
    """The texts; `version` changes with any byte of a template or of a framework's guidance."""
    engine = cast("DjangoTemplates", engines["prompts"])
    sources = [engine.get_template(name).template.source for name in TEMPLATES]
    sources += [framework.guidance for framework in load_frameworks().values()]
    digest = sha256("\0".join(sources).encode()).hexdigest()
    return DjangoPromptTexts(engine, f"{EDITION}-{digest[:8]}")
