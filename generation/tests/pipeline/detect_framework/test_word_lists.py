"""The word lists are whole, and say what they mean once."""

import re
from collections import Counter

import pytest

from generation.frameworks import load_frameworks
from generation.pipeline.detect_framework.phrases import words_of
from generation.pipeline.detect_framework.roles import Role
from generation.pipeline.detect_framework.things import thing_phrases, usual_choice
from generation.pipeline.detect_framework.vocabulary import vocabulary_of
from generation.pipeline.detect_framework.wording import all_phrases, wording

FRAMEWORKS = load_frameworks()


def test_every_role_has_its_words_and_every_table_a_role() -> None:
    assert set(wording()) == set(Role)
    assert all(table for table in wording().values())


def test_every_phrase_has_words() -> None:
    assert [phrase for phrase in (*all_phrases(), *thing_phrases()) if not words_of(phrase)] == []


@pytest.mark.parametrize("role", list(Role))
def test_no_phrase_stands_twice_in_one_list(role: Role) -> None:
    for language, phrases in wording()[role].items():
        assert [phrase for phrase, count in Counter(phrases).items() if count > 1] == [], language


def test_no_name_belongs_to_two_frameworks() -> None:
    names = Counter(
        name
        for framework in FRAMEWORKS.values()
        for name in {words_of(name) for name in (*framework.names, *framework.doubtful_names)}
    )
    assert [name for name, count in names.items() if count > 1] == []


def test_every_signal_has_a_word_to_be_found_by() -> None:
    for framework in FRAMEWORKS.values():
        assert [signal for signal in framework.signals if not re.search("[a-z0-9_]", signal.lower())] == []


@pytest.mark.parametrize(
    "word", ["reach", "string", "flash", "shift", "mails", "nodes", "signals", "jupiter"]
)
def test_a_common_word_is_no_name_that_is_spelt_wrong(word: str) -> None:
    assert vocabulary_of(FRAMEWORKS).spelling.name_meant(word, is_inflected=False) is None


def test_the_first_usual_choice_that_is_not_ruled_out_is_taken() -> None:
    assert usual_choice(None, set()) == "python"
    assert usual_choice(None, {"python"}) == "javascript"
    assert usual_choice(None, {"python", "javascript"}) == "python"
