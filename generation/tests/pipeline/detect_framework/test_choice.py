import pytest

from generation.frameworks import load_frameworks
from generation.pipeline.detect_framework import detect, detect_framework
from generation.tests.pipeline.requests import make_request

FRAMEWORKS = load_frameworks()


def test_a_framework_that_is_named_is_detected() -> None:
    chosen = detect_framework(make_request("Build a to-do list in React"), FRAMEWORKS)
    assert (chosen.slug, chosen.source, chosen.language, chosen.also) == (
        "react",
        "detected",
        "javascript",
        (),
    )


def test_a_request_wins_over_the_prompt_and_is_certain() -> None:
    chosen = detect_framework(make_request("A React page", framework="vue"), FRAMEWORKS)
    assert (chosen.slug, chosen.source, chosen.confidence) == ("vue", "requested", 1.0)


def test_without_a_sign_the_usual_choice_is_a_default() -> None:
    chosen = detect_framework(make_request("A page with a clock"), FRAMEWORKS)
    assert (chosen.slug, chosen.source, chosen.language) == ("html", "default", "html")


def test_the_usual_framework_of_a_language_is_a_default() -> None:
    chosen = detect_framework(make_request("A REST API for a library in Python"), FRAMEWORKS)
    assert (chosen.slug, chosen.source) == ("fastapi", "default")


@pytest.mark.parametrize(
    "prompt",
    [
        "A Python script that fetches weather data from a REST API",
        "A small HTTP API in Python with the standard library only, no frameworks",
    ],
)
def test_an_api_that_is_called_or_written_from_scratch_needs_no_framework(prompt: str) -> None:
    assert detect(prompt, FRAMEWORKS).slug == "python"


def test_the_surer_the_sign_the_greater_the_confidence() -> None:
    prompts = ("Build a shop in Django", "A shop with a cart", "Something nice")
    confidences = [detect(prompt, FRAMEWORKS).confidence for prompt in prompts]
    assert confidences == sorted(confidences, reverse=True)
    assert len(set(confidences)) == len(prompts)


def test_the_other_half_of_a_stack_is_told() -> None:
    chosen = detect_framework(make_request("A React front end with a Django back end"), FRAMEWORKS)
    assert (chosen.slug, chosen.also) == ("react", ("django",))


@pytest.mark.parametrize(
    ("prompt", "slug", "language"),
    [
        ("A React page in TypeScript", "react", "typescript"),
        ("A Spring Boot service in Kotlin", "spring-boot", "kotlin"),
        ("A NestJS service", "nestjs", "typescript"),
        ("A Django shop with a little JavaScript", "django", "python"),
    ],
)
def test_the_language_that_is_named_is_kept(prompt: str, slug: str, language: str) -> None:
    chosen = detect_framework(make_request(prompt), FRAMEWORKS)
    assert (chosen.slug, chosen.language) == (slug, language)


def test_a_requested_language_is_kept() -> None:
    assert detect_framework(make_request("A React page", language="tsx"), FRAMEWORKS).language == "tsx"
    chosen = detect_framework(make_request("A React page", language="python"), FRAMEWORKS)
    assert (chosen.slug, chosen.language) == ("python", "python")
    chosen = detect_framework(make_request("A React page", language="haskell"), FRAMEWORKS)
    assert (chosen.slug, chosen.language) == ("other", "haskell")
