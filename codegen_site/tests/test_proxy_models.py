from codegen_site.up.models import choose_models, has_provider, provider_variables, variables_of
from codegen_site.up.plan import TEMPLATE, wants_embedded_model


def test_only_models_whose_variables_are_set_are_kept() -> None:
    models = choose_models(TEMPLATE, {"OPENAI_API_KEY": "k", "ANTHROPIC_API_KEY": ""})
    assert models.names == ("gpt-4.1", "gpt-4.1-mini")
    assert models.variables == {"OPENAI_API_KEY": "k"}


def test_gemini_has_an_address_of_its_own_that_can_be_changed() -> None:
    assert choose_models(TEMPLATE, {"GEMINI_API_KEY": "k"}).variables["GEMINI_API_BASE"].endswith("/v1beta")
    elsewhere = {"GEMINI_API_KEY": "k", "GEMINI_API_BASE": "http://127.0.0.1:1/v1beta"}
    assert choose_models(TEMPLATE, elsewhere).variables == elsewhere


def test_the_embedded_model_is_no_provider() -> None:
    environment = {"EMBEDDED_MODEL_URL": "http://127.0.0.1:1/v1"}
    assert not has_provider(TEMPLATE, environment)
    assert choose_models(TEMPLATE, environment).names == ("qwen2.5-coder-1.5b",)


def test_the_keys_of_providers_are_known_so_that_they_can_be_kept_from_the_others() -> None:
    assert {"GEMINI_API_KEY", "OPENAI_API_KEY", "ANTHROPIC_API_KEY"} <= provider_variables(TEMPLATE)


def test_the_embedded_model_is_wanted_only_where_no_other_would_answer() -> None:
    assert wants_embedded_model({})
    assert not wants_embedded_model({"GEMINI_API_KEY": "k"})
    assert not wants_embedded_model({"LLM_URL": "http://proxy:4000"})
    assert not wants_embedded_model({"EMBEDDED_MODEL": "off"})


def test_a_literal_is_no_variable() -> None:
    assert variables_of({"litellm_params": {"api_key": "none", "api_base": "os.environ/BASE"}}) == {"BASE"}
