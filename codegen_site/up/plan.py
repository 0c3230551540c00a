"""What the embedded stack consists of: the parts whose address is not set, with free ports for them."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from codegen_site.up import servers
from codegen_site.up.models import (
    EMBEDDED_MODEL_URL,
    choose_models,
    default_model,
    has_provider,
    provider_settings,
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
    """`weights` are those of the embedded model, `None` when it is not wanted. Raises `CannotRun`."""
    directory = Path(settings.LOCAL_DIR).resolve()
    parts = [
        _plan_nats(environment, directory),
        _plan_redis(environment),
        _plan_model(environment, directory, weights),
    ]
    shared = _shared_environment(environment, directory)
    for part in parts:
        shared |= part.environment
    # On a few cores the embedded model answers one at a time: the others wait in the queue, where
    # they can be cancelled and no timeout runs.
    queues = "llm:1,default:100" if weights else "llm:400,default:100"
    started = [server for part in parts for server in part.servers]
    return Plan(
        servers=(*started, servers.worker(queues=queues), servers.web_server(port=port)),
        environment=shared,
        address=f"http://{servers.LOOPBACK}:{port}",
        model_sentence=parts[-1].sentence,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Part:
    """What is started for one need, and how the others are told of it; nothing where it is elsewhere."""

    servers: tuple[Server, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    sentence: str = ""


def _shared_environment(environment: Mapping[str, str], directory: Path) -> dict[str, str]:
    providers = provider_variables(TEMPLATE)
    secret = providers | {f"{name}_FILE" for name in providers}
    return {
        "LOG_JSON": "off",
        **{name: value for name, value in environment.items() if name not in secret},
        "DJANGO_SETTINGS_MODULE": "codegen_site.settings",
        "PYTHONUNBUFFERED": "1",
        "SECRET_KEY": settings.SECRET_KEY,
        "LOCAL_DIR": str(directory),
    }


def _plan_nats(environment: Mapping[str, str], directory: Path) -> _Part:
    if environment.get("NATS_URL"):
        return _Part()
    port = free_port()
    return _Part(
        servers=(servers.nats_server(port=port, directory=directory / "nats"),),
        environment={"NATS_URL": f"nats://{servers.LOOPBACK}:{port}"},
    )


def _plan_redis(environment: Mapping[str, str]) -> _Part:
    if environment.get("REDIS_URL"):
        return _Part()
    port = free_port()
    return _Part(
        servers=(servers.redis_server(port=port),),
        environment={"REDIS_URL": f"redis://{servers.LOOPBACK}:{port}/0"},
    )


def _plan_model(environment: Mapping[str, str], directory: Path, weights: Path | None) -> _Part:
    if address := environment.get("LLM_URL"):
        return _Part(sentence=f"The model: {settings.DEFAULT_MODEL}, behind the proxy at {address}.")
    started: list[Server] = []
    known = provider_settings(TEMPLATE, environment)
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
    default = default_model(models, environment.get("DEFAULT_MODEL"))
    shared = {"LLM_URL": f"http://{servers.LOOPBACK}:{port}", "LLM_API_KEY": master_key}
    if default:
        shared["DEFAULT_MODEL"] = default
    return _Part(
        servers=tuple(started),
        environment=shared,
        sentence=_say_which(default, embedded=weights is not None),
    )


def _say_which(default: str | None, *, embedded: bool) -> str:
    if embedded:
        return (
            f"The model: {default}, embedded: a small one, for demonstration. "
            "Set GEMINI_API_KEY (or another provider's key, see .env.example) for a good one."
        )
    if not default:
        return "The model: none. Set GEMINI_API_KEY (or another provider's key, see .env.example)."
    return f"The model: {default}."
