"""The texts in templates/prompts: there in every installation, whatever the database says."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from django.conf import settings

from generation.pipeline.build_prompt import TEMPLATES
from generation.prompts.texts import TemplateTexts, compile_texts

NAME = "built-in"


@cache
def builtin_sources() -> Mapping[str, str]:
    folder = Path(settings.BASE_DIR) / "templates" / "prompts"
    return MappingProxyType({name: (folder / name).read_text(encoding="utf-8") for name in TEMPLATES})


def builtin_texts() -> TemplateTexts:
    return compile_texts(NAME, builtin_sources())


def complete(texts: Mapping[str, str]) -> dict[str, str]:
    """A text that a version lacks, since its template came later, is the built-in one."""
    return {name: texts.get(name, source) for name, source in builtin_sources().items()}
