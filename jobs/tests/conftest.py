import itertools
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pytest_django import Settings

if TYPE_CHECKING:
    from jobs.tests.processes import NatsProcess, World

_numbers = itertools.count()


@pytest.fixture(scope="module")
def own_nats(tmp_path_factory: pytest.TempPathFactory) -> Iterator["NatsProcess"]:
    """A server that the tests of a module may kill; each test finds it running."""
    from codegen_site.tests.plugin import free_port  # noqa: PLC0415 - settings are read first
    from jobs.tests.processes import NatsProcess  # noqa: PLC0415

    nats = NatsProcess.make(folder=tmp_path_factory.mktemp("nats"), port=free_port()).start()
    logging.getLogger("jobs.broker").disabled = False
    yield nats
    nats.kill()
    # Connections of this process outlive the server, and would say that it is gone to nobody.
    logging.getLogger("jobs.broker").disabled = True


@pytest.fixture
def make_world(
    settings: Settings, tmp_path: Path, transactional_db: None
) -> Iterator[Callable[..., "World"]]:
    """A function from a server to a queue of its own, for this process and those that it starts."""
    from jobs.tests.processes import ACK_WAIT_S, World, database_url  # noqa: PLC0415

    worlds: list[World] = []

    def make(nats: "NatsProcess", *, ack_wait: float = ACK_WAIT_S, **env: str) -> World:
        env = {
            "NATS_URL": nats.url,
            "DATABASE_URL": database_url(),
            "JOBS_STREAM_PREFIX": f"f{os.getpid()}-{next(_numbers)}-",
            "JOBS_ACK_WAIT_S": str(ack_wait),
            "CALLS_FILE": str(tmp_path / "calls"),
            "LOG_LEVEL": "INFO",
            "LOG_JSON": "off",
            **env,
        }
        settings.NATS_URL = env["NATS_URL"]
        settings.JOBS_STREAM_PREFIX = env["JOBS_STREAM_PREFIX"]
        settings.JOBS_REPLICAS = int(env.get("JOBS_REPLICAS", "1"))
        world = World(nats=nats, env=env)
        worlds.append(world)
        return world

    yield make
    for world in worlds:
        world.end()


@pytest.fixture
def world(own_nats: "NatsProcess", make_world: Callable[..., "World"]) -> "World":
    if not own_nats.is_alive:
        own_nats.start()
    return make_world(own_nats)
