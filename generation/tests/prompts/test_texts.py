import pytest
from django.template import TemplateSyntaxError

from generation.pipeline.build_prompt import TEMPLATES
from generation.prompts.builtin import builtin_sources, builtin_texts, complete
from generation.prompts.texts import compile_texts, version_of


def compiled(user: str) -> str:
    return compile_texts("x", {**builtin_sources(), "user.txt": user})(
        "user.txt", {"prompt": "<b> & {{ x }}"}
    )


def test_a_value_arrives_as_it_is() -> None:
    assert compiled("Build {{ prompt }}.") == "Build <b> & {{ x }}."


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("{% if prompt %}yes{% else %}no{% endif %}", "yes"),
        ("{% with a=prompt %}{{ a|length }}{% endwith %}", "13"),
        ("{# a remark #}{% comment %}another{% endcomment %}-", "-"),
        ("{% verbatim %}{{ prompt }}{% endverbatim %}", "{{ prompt }}"),
        ("{{ nothing }}{{ prompt.nothing }}", ""),
    ],
)
def test_a_text_can_choose_and_shape_its_values(text: str, shown: str) -> None:
    assert compiled(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "{% load static %}",
        "{% include 'system.txt' %}",
        "{% extends 'system.txt' %}",
        "{% debug %}",
        "{% now 'Y' %}",
        "{% url 'home' %}",
        "{% lorem 1000000 p %}",
        "{% autoescape on %}{{ prompt }}{% endautoescape %}",
        "{% csrf_token %}",
        "{{ prompt|escape }}",
        "{{ prompt|add:prompt }}",
        "{{ prompt|join:prompt }}",
        "{{ prompt|stringformat:'1000000000s' }}",
        "{{ prompt|ljust:1000000000 }}",
        "{{ prompt.__class__ }}",
        "{% if prompt %}",
    ],
)
def test_a_text_can_reach_out_of_itself_by_nothing(text: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        compiled(text)


def test_the_version_has_a_readable_name_and_changes_with_any_byte() -> None:
    sources = tuple(builtin_sources().values())
    assert builtin_texts().version.startswith("built-in-")
    assert version_of("A Warm  tone/2", sources).startswith("a-warm-tone-2-")
    assert version_of("ÄÖ", sources).startswith("prompts-")
    versions = {version_of("x", sources), version_of("y", sources)}
    for number in range(len(sources)):
        changed = [*sources]
        changed[number] += " "
        versions.add(version_of("x", tuple(changed)))
    assert len(versions) == 2 + len(sources)
    assert len(version_of("x" * 100, sources)) <= 60


def test_a_text_that_is_lacking_is_the_built_in_one() -> None:
    texts = complete({"user.txt": "mine", "gone.txt": "of a template that there was once"})
    assert list(texts) == list(TEMPLATES)
    assert texts["user.txt"] == "mine"
    assert texts["system.txt"] == builtin_sources()["system.txt"]
