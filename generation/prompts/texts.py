"""A set of prompt texts, compiled: Django's template language without all that reaches out of a text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from types import MappingProxyType

from django.template import Context, Engine, Template

from generation.frameworks import load_frameworks
from generation.pipeline.build_prompt import TEMPLATES

MAX_NAME_CHARS = 40


class PromptEngine(Engine):
    """Prompts hold code: escaping "<" and "&" would damage it."""

    default_builtins = ["generation.prompts.safe_tags"]


ENGINE = PromptEngine(autoescape=False, loaders=[])


@dataclass(frozen=True, slots=True)
class TemplateTexts:
    """Implements `PromptTexts`. Equal texts of equal names have the same version, and no others."""

    version: str
    templates: Mapping[str, Template]

    def __call__(self, name: str, values: Mapping[str, object], /) -> str:
        return str(self.templates[name].render(Context(dict(values), autoescape=False)))


def compile_texts(name: str, sources: Mapping[str, str]) -> TemplateTexts:
    """Raises `TemplateSyntaxError`. `sources` has a text for every template."""
    return _compile(name, tuple(sources[template] for template in TEMPLATES))


@lru_cache(maxsize=64)
def _compile(name: str, sources: tuple[str, ...]) -> TemplateTexts:
    templates = {
        template: Template(source, name=template, engine=ENGINE)
        for template, source in zip(TEMPLATES, sources, strict=True)
    }
    return TemplateTexts(version_of(name, sources), MappingProxyType(templates))


def version_of(name: str, sources: tuple[str, ...]) -> str:
    """A readable name, and a hash of every byte that reaches a model: the guidance of frameworks too."""
    guidance = (framework.guidance for framework in load_frameworks().values())
    digest = sha256("\0".join([*sources, *guidance]).encode()).hexdigest()
    readable = re.sub(r"[^a-z0-9.]+", "-", name.lower())[:MAX_NAME_CHARS].strip("-")
    return f"{readable or 'prompts'}-{digest[:8]}"
