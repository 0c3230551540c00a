"""What a set of texts is refused for before anybody uses it."""

import pytest

from generation.prompts.builtin import builtin_sources
from generation.prompts.checking import MAX_TEXT_CHARS, problems_of

WORKING = {
    "system.txt": "{{ framework }} {{ guidance }} ```{{ fence_language }} {{ path }}",
    "user.txt": "<{{ marker }}>\n{{ prompt }}\n</{{ marker }}>",
    "no_file.txt": "{{ reason }}",
    "continue.txt": "<{{ marker }}>\n{{ tail }}\n</{{ marker }}>",
    "complete_files.txt": "{% for file in files %}{{ file.path }}: {{ file.reason }}{% endfor %}",
    "refine.txt": (
        "<{{ project }}>\n"
        "{% for file in files %}{{ file.fence }}{{ file.path }} {{ file.content }}{% endfor %}"
        "</{{ project }}><{{ marker }}>\n{{ prompt }}</{{ marker }}>"
    ),
    "repair_edit.txt": (
        "{% for edit in edits %}{{ edit.path }}{{ edit.fence }}{{ edit.block }}{{ edit.nearest }}{% endfor %}"
    ),
}


def test_the_built_in_texts_can_be_used() -> None:
    assert problems_of(builtin_sources()) == {}


def test_texts_that_show_all_that_is_needed_can_be_used() -> None:
    assert problems_of(WORKING) == {}


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("system.txt", "You write code.", "'framework' has to be shown"),
        ("system.txt", WORKING["system.txt"] + "{{ typo }}", "no value 'typo'"),
        ("system.txt", WORKING["system.txt"] + "{% if typo %}x{% endif %}", "no value 'typo'"),
        ("system.txt", WORKING["system.txt"] + "{{ settings.SECRET_KEY }}", "no value 'settings'"),
        ("system.txt", WORKING["system.txt"] + "{% if edits %}{{ typo }}{% endif %}", "no value 'typo'"),
        ("system.txt", "{% if language %}" + WORKING["system.txt"] + "{% endif %}", "'framework' has to be"),
        ("user.txt", "{{ marker }}{{ prompt|upper }}", "'prompt' has to be shown, unchanged"),
        ("user.txt", "{{ prompt }} {{ marker }}", "'prompt' has to stand between <{{ marker }}>"),
        ("user.txt", "<{{ marker }}>\n</{{ marker }}>{{ prompt }}", "'prompt' has to stand between"),
        ("user.txt", "{{ prompt }} <{{ marker }}>\n{{ prompt }}", "'prompt' has to stand between"),
        (
            "user.txt",
            WORKING["user.txt"] + "{% for letter in prompt %}{{ prompt }}{% endfor %}",
            "is a whole",
        ),
        ("user.txt", "{% include 'system.txt' %}", "'include'"),
        ("user.txt", "{{ prompt", "'prompt' has to be shown"),
        ("user.txt", "{{ prompt| }}", "Could not parse"),
        ("user.txt", "x" * (MAX_TEXT_CHARS + 1), "At most 20,000 characters"),
        ("refine.txt", WORKING["refine.txt"].replace("{{ file.content }}", ""), "'files' has to be shown"),
        (
            "refine.txt",
            WORKING["refine.txt"].replace("<{{ project }}>\n", ""),
            "'files' has to stand between",
        ),
        (
            "complete_files.txt",
            "{% for a in files %}{% for b in files %}{{ b.path }}{% endfor %}{% endfor %}",
            "A loop within a loop",
        ),
        ("repair_edit.txt", "{% for edit in edits %}{{ edit.path }}{% endfor %}", "'edits' has to be shown"),
    ],
)
def test_it_says_what_is_wrong_with_a_text(name: str, text: str, says: str) -> None:
    problems = problems_of({**WORKING, name: text})
    assert list(problems) == [name]
    assert says in " ".join(problems[name])
    assert "Text" not in " ".join(problems[name])


def test_all_texts_that_are_wrong_are_named_at_once() -> None:
    assert list(problems_of({**WORKING, "system.txt": "", "user.txt": "{% if %}"})) == [
        "user.txt",
        "system.txt",
    ]
