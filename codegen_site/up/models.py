"""Which models the proxy of the embedded stack is told of, and which of them answers by default."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from codegen_site.up.errors import CannotRun

EMBEDDED_MODEL_URL = "EMBEDDED_MODEL_URL"
# Addresses that a provider has when nobody says otherwise.
DEFAULTS = {"GEMINI_API_BASE": "https://generativelanguage.googleapis.com/v1beta"}
REFERENCE = "os.environ/"


@dataclass(frozen=True, kw_only=True, slots=True)
class ProxyModels:
    """The configuration for the proxy, the variables that it reads, and the models in it."""

    config: Mapping[str, Any]
    variables: Mapping[str, str]
    names: tuple[str, ...]


def choose_models(template: Path, environment: Mapping[str, str]) -> ProxyModels:
    """The models of the template whose variables are all set."""
    config = yaml.safe_load(template.read_text())
    known = {**DEFAULTS, **_known_of(config, environment)}
    usable = [entry for entry in config["model_list"] if variables_of(entry) <= known.keys()]
    wanted = set().union(*map(variables_of, usable)) if usable else set()
    return ProxyModels(
        config={**config, "model_list": usable},
        variables={name: known[name] for name in sorted(wanted)},
        names=tuple(entry["model_name"] for entry in usable),
    )


def default_model(models: ProxyModels, wanted: str | None) -> str | None:
    """The one that is wanted, or else the first that can be called. Raises `CannotRun`."""
    if wanted and models.names and wanted not in models.names:
        raise CannotRun(f"DEFAULT_MODEL is {wanted}, but these can be called: {', '.join(models.names)}.")
    return wanted or next(iter(models.names), None)


def provider_variables(template: Path) -> frozenset[str]:
    """All variables that a model of the template may want: no other process gets them."""
    return _variables_of_all(yaml.safe_load(template.read_text())) - {EMBEDDED_MODEL_URL}


def has_provider(template: Path, environment: Mapping[str, str]) -> bool:
    return bool(choose_models(template, provider_settings(template, environment)).names)


def provider_settings(template: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Those of `provider_variables` that are set, also by a file."""
    known = _known_of(yaml.safe_load(template.read_text()), environment)
    return {name: value for name, value in known.items() if name != EMBEDDED_MODEL_URL}


def _known_of(config: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, str]:
    return {name: environment[name] for name in _variables_of_all(config) if environment.get(name)}


def _variables_of_all(config: Mapping[str, Any]) -> frozenset[str]:
    return frozenset[str]().union(*map(variables_of, config["model_list"]))


def variables_of(entry: Mapping[str, Any]) -> set[str]:
    values = entry["litellm_params"].values()
    return {str(value).removeprefix(REFERENCE) for value in values if str(value).startswith(REFERENCE)}


def write_config(models: ProxyModels, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(dict(models.config), sort_keys=False))
