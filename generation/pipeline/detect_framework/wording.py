"""How people speak of software: the phrases of `wording/` by language, and the language of a prompt."""

import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from generation.pipeline.detect_framework.phrases import PhraseIndex
from generation.pipeline.detect_framework.roles import Role
from generation.pipeline.detect_framework.text import Text

Roles = frozenset[Role]
NO_ROLES: Roles = frozenset()
ENGLISH = "en"
_WORDS_FOR_LANGUAGE = 80


@cache
def wording() -> Mapping[Role, Mapping[str, list[str]]]:
    """The phrases of each role by language."""
    files = sorted((Path(__file__).parent / "wording").glob("*.toml"))
    tables = [tomllib.loads(file.read_text(encoding="utf-8")) for file in files]
    return {Role(name): phrases for table in tables for name, phrases in table.items()}


def all_phrases() -> Iterator[str]:
    return (phrase for table in wording().values() for phrases in table.values() for phrase in phrases)


@cache
def roles_by_phrase(language: str) -> PhraseIndex[Roles]:
    """The phrases of a language; of English those that are none in it ("no" is "in the" in Portuguese)."""
    roles: defaultdict[str, Roles] = defaultdict(frozenset)
    for role, phrase in _phrases(language):
        roles[phrase] |= {role}
    own = NO_ROLES if language == ENGLISH else frozenset(roles)
    for role, phrase in _phrases(ENGLISH):
        if phrase not in own:
            roles[phrase] |= {role}
    return PhraseIndex(roles.items(), frozenset.union)


def _phrases(language: str) -> Iterator[tuple[Role, str]]:
    return ((role, phrase) for role, table in wording().items() for phrase in table.get(language, ()))


def language_of(text: Text) -> str:
    """The language that a prompt is written in, by its script or its commonest words."""
    words = text.words[:_WORDS_FOR_LANGUAGE]
    if not text.raw.isascii():
        foreign = (_language_of_script(word) for word in words if not word.isascii())
        scripts = Counter(filter(None, foreign))
        if scripts:
            return "ja" if scripts["ja"] else scripts.most_common(1)[0][0]
    known = _languages_by_word()
    spoken = Counter(language for word in words for language in known.get(word, ()))
    return max(spoken, key=lambda language: (spoken[language], language == ENGLISH)) if spoken else ENGLISH


@cache
def _languages_by_word() -> Mapping[str, tuple[str, ...]]:
    languages: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
    for language in wording()[Role.COMMON]:
        for word in {phrase for _, phrase in _phrases(language)}:
            languages[word] += (language,)
    return languages


def _language_of_script(word: str) -> str | None:
    """Kana makes Japanese of what would be Chinese."""
    if any("\u3040" <= char <= "\u30ff" for char in word):
        return "ja"
    first = word[0]
    if "\u0400" <= first <= "\u052f":
        return "ru"
    if "\u3400" <= first <= "\u9fff":
        return "zh"
    return "ko" if "\uac00" <= first <= "\ud7af" else None
