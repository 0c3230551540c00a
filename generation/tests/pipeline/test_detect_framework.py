import pytest

from generation.frameworks import load_frameworks
from generation.pipeline.detect_framework import detect_framework
from generation.tests.pipeline.requests import make_request

FRAMEWORKS = load_frameworks()


@pytest.mark.parametrize(
    ("prompt", "slug"),
    [
        ("Build a to-do list in React", "react"),
        ("A Next.js landing page", "nextjs"),
        ("Write a FastAPI service with two routes", "fastapi"),
        ("Ein Flask-Server für Rechnungen", "flask"),
        ("A Vue component, not React", "vue"),
        ("Migrate this from Angular to Svelte", "svelte"),
        ("A command-line tool in Rust", "rust"),
        ('Extend this: {"dependencies": {"fastify": "^4.0.0"}}', "fastify"),
    ],
)
def test_what_the_prompt_speaks_of(prompt: str, slug: str) -> None:
    chosen = detect_framework(make_request(prompt), FRAMEWORKS)
    assert (chosen.slug, chosen.source) == (slug, "detected")
    assert chosen.confidence > 0.5


@pytest.mark.parametrize(
    ("prompt", "slug"),
    [
        ("A reaction time game", "react"),
        ("A form for an express delivery", "express"),
        ("A banner for our spring sale", "spring-boot"),
        ("A page about a flask of water", "flask"),
    ],
)
def test_a_word_that_only_looks_like_one(prompt: str, slug: str) -> None:
    assert slug in FRAMEWORKS
    assert detect_framework(make_request(prompt), FRAMEWORKS).slug != slug


def test_a_request_wins_over_the_prompt_and_is_certain() -> None:
    chosen = detect_framework(make_request("A React page", framework="vue"), FRAMEWORKS)
    assert (chosen.slug, chosen.source, chosen.confidence) == ("vue", "requested", 1.0)


def test_without_a_sign_the_usual_choice_is_a_default() -> None:
    chosen = detect_framework(make_request("A page with a clock"), FRAMEWORKS)
    assert (chosen.slug, chosen.source, chosen.language) == ("html", "default", "html")
    assert chosen.confidence < 0.5


def test_the_other_half_of_a_stack_is_told() -> None:
    chosen = detect_framework(make_request("A React front end with a Django back end"), FRAMEWORKS)
    assert (chosen.slug, chosen.also) == ("react", ("django",))


def test_a_requested_language_is_kept() -> None:
    assert detect_framework(make_request("A React page", language="tsx"), FRAMEWORKS).language == "tsx"
    chosen = detect_framework(make_request("A React page", language="python"), FRAMEWORKS)
    assert (chosen.slug, chosen.language) == ("python", "python")
