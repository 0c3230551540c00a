import pytest

from codegen_site.errors import UnknownFramework, UnknownModel, ValidationException
from generation.frameworks import load_frameworks
from generation.pipeline.records import GenerationRequest
from generation.pipeline.validate_request import RequestLimits, framework_slug, validate_request

LIMITS = RequestLimits(
    max_prompt_chars=100,
    max_output_tokens=1000,
    frameworks=load_frameworks(),
    models=("small", "large"),
    default_model="small",
)


def refusal(**values: object) -> ValidationException:
    with pytest.raises(ValidationException) as caught:
        validate_request(limits=LIMITS, **{"prompt": "A page.", **values})  # type: ignore[arg-type]
    return caught.value


def test_names_get_their_one_spelling() -> None:
    request = validate_request(
        limits=LIMITS, prompt="A page.", framework="Next.js", language="TS", model="large", temperature=0
    )
    assert request == GenerationRequest(
        prompt="A page.", model="large", framework="nextjs", language="typescript", temperature=0
    )


def test_what_is_left_out_stays_open_but_the_model() -> None:
    assert validate_request(limits=LIMITS, prompt="x") == GenerationRequest(prompt="x", model="small")


@pytest.mark.parametrize(
    ("name", "slug"),
    [("react", "react"), (" REACT ", "react"), ("vue.js", "vue"), ("fastapi", "fastapi"), ("reactt", None)],
)
def test_a_framework_is_known_by_any_of_its_names(name: str, slug: str | None) -> None:
    assert framework_slug(name, LIMITS.frameworks) == slug


@pytest.mark.parametrize(
    ("values", "field", "says"),
    [
        pytest.param({"prompt": " \n "}, "prompt", "empty", id="blank"),
        pytest.param({"prompt": "x" * 101}, "prompt", "this prompt has 101", id="too long"),
        pytest.param({"prompt": "ab\0c"}, "prompt", "position 2", id="NUL"),
        pytest.param({"prompt": "a\ud800"}, "prompt", "position 1", id="half of a pair"),
        pytest.param({"language": "klingon"}, "language", "no language 'klingon'", id="language"),
        pytest.param({"language": "pyton"}, "language", "Did you mean python", id="misspelt language"),
        pytest.param({"max_output_tokens": 0}, "max_output_tokens", "From 1 to 1,000", id="no tokens"),
        pytest.param(
            {"max_output_tokens": 1001}, "max_output_tokens", "From 1 to 1,000", id="too many tokens"
        ),
        pytest.param({"temperature": -0.1}, "temperature", "From 0 to 2", id="too cold"),
        pytest.param({"temperature": 2.1}, "temperature", "From 0 to 2", id="too hot"),
        pytest.param({"temperature": float("nan")}, "temperature", "From 0 to 2", id="no number"),
    ],
)
def test_a_refusal_says_which_field_and_what_would_be_right(
    values: dict[str, object], field: str, says: str
) -> None:
    error = refusal(**values)
    assert [detail["field"] for detail in error.details] == [field]
    assert says in error.details[0]["message"]


def test_an_unknown_framework_or_model_has_its_own_code_and_a_hint() -> None:
    framework, model = refusal(framework="reactt"), refusal(model="larg")
    assert isinstance(framework, UnknownFramework)
    assert "Did you mean react" in framework.details[0]["message"]
    assert isinstance(model, UnknownModel)
    assert "Did you mean large?" in model.details[0]["message"]


def test_all_that_is_wrong_is_said_at_once() -> None:
    error = refusal(prompt="", framework="x1", model="y1", temperature=9)
    assert {detail["field"] for detail in error.details} == {"prompt", "framework", "model", "temperature"}
    assert not isinstance(error, UnknownFramework | UnknownModel)


def test_while_the_models_cannot_be_listed_only_the_default_is_accepted() -> None:
    limits = RequestLimits(
        max_prompt_chars=100,
        max_output_tokens=10,
        frameworks=LIMITS.frameworks,
        models=None,
        default_model="small",
    )
    assert validate_request(limits=limits, prompt="x", model="small").model == "small"
    with pytest.raises(UnknownModel, match="cannot be had now"):
        validate_request(limits=limits, prompt="x", model="large")
