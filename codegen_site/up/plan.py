"""What the embedded stack consists of: the parts whose address is not set, with free ports for them."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from codegen_site.up import servers
from codegen_site.up.models import (
    EMBEDDED_MODEL_URL,
    choose_models,
    has_provider,
    provider_variables,
    write_config,
)
from codegen_site.up.probes import free_port
from codegen_site.up.servers import Server

TEMPLATE = Path(settings.BASE_DIR) / "deploy" / "litellm" / "config.yaml"


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """The servers in the order of their start, the environment of all, and which model answers."""

    servers: tuple[Server, ...]
    environment: Mapping[str, str]
    address: str
    model_sentence: str


def wants_embedded_model(environment: Mapping[str, str]) -> bool:
    """Where no other model would answer, and nobody said no."""
    off = environment.get("EMBEDDED_MODEL", "").lower() in ("off", "0", "false", "no")
    return not (off or environment.get("LLM_URL") or has_provider(TEMPLATE, environment))


def make_plan(environment: Mapping[str, str], *, port: int, weights: Path | None) -> Plan:
    """`weights` are those of the embedded model, `None` when it is not wanted."""
    directory = Path(settings.LOCAL_DIR)
    address = f"http://{servers.LOOPBACK}:{port}"
    shared = {name: value for name, value in environment.items() if name not in provider_variables(TEMPLATE)}
    shared |= {
        "DJANGO_SETTINGS_MODULE": "codegen_site.settings",
        "PYTHONUNBUFFERED": "1",
        "SECRET_KEY": settings.SECRET_KEY,
        "LOCAL_DIR": str(directory),
        "DATABASE_URL": environment.get("DATABASE_URL") or f"sqlite:///{directory}/db.sqlite3",
    }
    started: list[Server] = []
    if not environment.get("NATS_URL"):
        nats_port = free_port()
        shared["NATS_URL"] = f"nats://{servers.LOOPBACK}:{nats_port}"
        started.append(servers.nats_server(port=nats_port, directory=directory / "nats"))
    if not environment.get("REDIS_URL"):
        redis_port = free_port()
        shared["REDIS_URL"] = f"redis://{servers.LOOPBACK}:{redis_port}/0"
        started.append(servers.redis_server(port=redis_port))
    sentence = f"The model: {settings.DEFAULT_MODEL}, behind the proxy at {environment.get('LLM_URL')}."
    if not environment.get("LLM_URL"):
        model_servers, model_environment, sentence = _plan_model(environment, directory, weights)
        started += model_servers
        shared |= model_environment
    return Plan(
        servers=(*started, servers.worker(), servers.web_server(port=port)),
        environment=shared,
        address=address,
        model_sentence=sentence,
    )


def _plan_model(
    environment: Mapping[str, str], directory: Path, weights: Path | None
) -> tuple[list[Server], dict[str, str], str]:
    started: list[Server] = []
    known = dict(environment)
    known.pop(EMBEDDED_MODEL_URL, None)
    if weights is not None:
        model_port = free_port()
        known[EMBEDDED_MODEL_URL] = f"http://{servers.LOOPBACK}:{model_port}/v1"
        started.append(servers.embedded_model(port=model_port, weights=weights))
    models = choose_models(TEMPLATE, known)
    config = directory / "litellm" / "config.yaml"
    write_config(models, config)
    port, master_key = free_port(), f"sk-{secrets.token_hex(16)}"
    started.append(
        servers.litellm_proxy(port=port, config=config, master_key=master_key, keys=models.variables)
    )
    default = environment.get("DEFAULT_MODEL") or next(iter(models.names), "")
    shared = {"LLM_URL": f"http://{servers.LOOPBACK}:{port}", "LLM_API_KEY": master_key}
    if default:
        shared["DEFAULT_MODEL"] = default
    return started, shared, _say_which(default, embedded=weights is not None)


def _say_which(default: str, *, embedded: bool) -> str:
    if embedded:
        return (
            f"The model: {default}, embedded: a small one, for demonstration. "
            "Set GEMINI_API_KEY (or another provider's key, see .env.example) for a good one."
        )
    if not default:
        return "The model: none. Set GEMINI_API_KEY (or another provider's key, see .env.example)."
    return f"The model: {default}."
