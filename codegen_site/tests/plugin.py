"""A pytest plugin: real servers for the tests that are about them, each started when first asked for.

`--postgres` runs the tests on a real PostgreSQL instead of SQLite.
"""

import asyncio
import logging
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pytest_django import Settings

if TYPE_CHECKING:
    from codegen_site.up.servers import Server

_folder = tempfile.TemporaryDirectory(prefix="codegen-tests-")

os.environ.setdefault("SECRET_KEY", "only-for-tests-" * 5)
os.environ.setdefault("LOCAL_DIR", _folder.name)
os.environ.setdefault("LOG_LEVEL", "WARNING")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--postgres", action="store_true", help="run on a real PostgreSQL instead of SQLite")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Before Django reads its settings: where the database is."""
    if early_config.known_args_namespace.postgres:
        os.environ["DATABASE_URL"] = start_postgres()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, only what asks a database: the rest has no other answer there."""
    if not config.getoption("--postgres"):
        return
    kept = [item for item in items if _uses_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if not _uses_database(item)])
    items[:] = kept


def _uses_database(item: pytest.Item) -> bool:
    fixtures = getattr(item, "fixturenames", ())
    return item.get_closest_marker("django_db") is not None or bool(
        {"db", "transactional_db"} & set(fixtures)
    )


_postgres: list[Any] = []


def start_postgres() -> str:
    """The address of a server with an empty cluster of its own, stopped when this process ends."""
    from pgserver.postgres_server import get_server  # noqa: PLC0415 - large, and most runs do not need it

    folder = Path(tempfile.mkdtemp(prefix="codegen-postgres-"))
    server = get_server(folder, cleanup_mode="delete")
    # A process is killed here and no machine: what it has written is there, synced to the disk or not.
    server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
    _postgres.append(server)
    return str(server.get_uri())


def restart_postgres(*, away_s: float = 0.0) -> None:
    """Stop the last server that was started as a power cut does, and start it again.

    The thread in which coroutines use the database outlives a test: the next one finds no dead connection.
    """
    from asgiref.sync import sync_to_async  # noqa: PLC0415 - settings are read first
    from django.db import connections  # noqa: PLC0415
    from pgserver._commands import pg_ctl  # type: ignore[attr-defined]  # noqa: PLC0415 - it is made at runtime

    server = _postgres[-1]
    pg_ctl(["-w", "-m", "immediate", "stop"], pgdata=server.pgdata, user=server.system_user)
    time.sleep(away_s)
    # As the server itself does, which gives up on a busy machine after ten seconds.
    start = ["-w", "-t", "120", "-o", '-h ""', "-o", f"-k {server.pgdata}", "-l", str(server.log), "start"]
    pg_ctl(start, pgdata=server.pgdata, user=server.system_user, timeout=130)
    server.ensure_postgres_running()
    asyncio.run(sync_to_async(connections.close_all)())


def free_port() -> int:
    """One of the loopback's that nobody listens at."""
    from codegen_site.up import probes  # noqa: PLC0415 - settings are read first

    return probes.free_port()


@pytest.fixture(scope="session")
def nats_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    from codegen_site.up.probes import free_port  # noqa: PLC0415 - settings are read first
    from codegen_site.up.servers import nats_server  # noqa: PLC0415

    port = free_port()
    # Streams reserve their limit, and each test has streams of its own.
    with serving(nats_server(port=port, directory=tmp_path_factory.mktemp("nats"), max_file="1T")):
        yield f"nats://127.0.0.1:{port}"
        # Connections of this process outlive the server, and would say that it is gone to nobody.
        logging.getLogger("jobs.broker").disabled = True


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    from codegen_site.up.probes import free_port  # noqa: PLC0415
    from codegen_site.up.servers import redis_server  # noqa: PLC0415

    port = free_port()
    with serving(redis_server(port=port)):
        yield f"redis://127.0.0.1:{port}/0"


@pytest.fixture(scope="session", autouse=True)
def emptied_tables() -> Iterator[None]:
    """Tables are emptied after tests, which triggers of what is written once refuse: for so long they go."""
    from django.db.backends.postgresql.base import (  # noqa: PLC0415 - settings are read first
        DatabaseWrapper as Postgresql,
    )
    from django.db.backends.sqlite3.base import DatabaseWrapper as Sqlite  # noqa: PLC0415

    on_sqlite: Any = Sqlite.ops_class
    on_postgresql: Any = Postgresql.ops_class
    execute = on_sqlite.execute_sql_flush

    def execute_without_triggers(self: Any, sql_list: Any) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = dict(cursor.fetchall())
        execute(self, [*(f"DROP TRIGGER {name}" for name in triggers), *sql_list, *triggers.values()])

    def execute_as_replica(self: Any, sql_list: Any) -> None:
        role = "SET session_replication_role = "
        execute(self, [f"{role}replica", *sql_list, f"{role}DEFAULT"])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(on_sqlite, "execute_sql_flush", execute_without_triggers)
        patch.setattr(on_postgresql, "execute_sql_flush", execute_as_replica)
        yield


@pytest.fixture(autouse=True)
def _process_of_its_own() -> None:
    """What this process remembers of keys and of who guesses them is no other test's."""
    from accounts.testing import forget_process_state  # noqa: PLC0415 - settings are read first

    forget_process_state()


StartRedis = Callable[..., tuple[str, "subprocess.Popen[bytes]"]]


@pytest.fixture
def start_redis(tmp_path: Path) -> Iterator[StartRedis]:
    """A function from options to the address and the process of a server that a test may freeze or kill."""
    from codegen_site.up.probes import free_port  # noqa: PLC0415
    from codegen_site.up.servers import redis_server  # noqa: PLC0415

    running = ExitStack()

    def start(*options: str) -> tuple[str, "subprocess.Popen[bytes]"]:
        # A node of a cluster listens at a port 10,000 above as well.
        port = next(port for port in iter(free_port, None) if port <= 55_535)
        server = redis_server(port=port)
        process = running.enter_context(serving(replace(server, argv=(*server.argv, *options), cwd=tmp_path)))
        running.callback(process.send_signal, signal.SIGCONT)
        return f"redis://127.0.0.1:{port}/0", process

    with running:
        yield start


@pytest.fixture(autouse=True)
def _full_buckets() -> None:
    """All tests of this process come from one address: what one has taken is not missing in the next."""
    from accounts.limits.own_buckets import own_buckets  # noqa: PLC0415 - settings are read first

    own_buckets.clear()


@pytest.fixture
def stored_jobs(settings: Settings, db: None) -> None:
    """Jobs are stored and no broker is told: `jobs.testing` runs them."""
    default = settings.TASKS["default"]
    settings.TASKS = {"default": {**default, "BACKEND": "jobs.testing.StoringBackend"}}


PROXY_KEY = "sk-proxy-of-the-tests"


@pytest.fixture(scope="session")
def start_proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[dict[str, str]], str]]:
    """A function from provider variables to the address of a real proxy that has those models."""
    from codegen_site.up.models import choose_models, write_config  # noqa: PLC0415
    from codegen_site.up.plan import TEMPLATE  # noqa: PLC0415
    from codegen_site.up.probes import free_port  # noqa: PLC0415
    from codegen_site.up.servers import litellm_proxy  # noqa: PLC0415

    running = ExitStack()

    def start(variables: dict[str, str]) -> str:
        models = choose_models(TEMPLATE, variables)
        config = tmp_path_factory.mktemp("litellm") / "config.yaml"
        write_config(models, config)
        port = free_port()
        server = litellm_proxy(port=port, config=config, master_key=PROXY_KEY, keys=models.variables)
        running.enter_context(serving(server))
        return f"http://127.0.0.1:{port}"

    with running:
        yield start


@contextmanager
def serving(server: "Server", *, log: Path | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """The server, ready, for as long as the block lasts; fails with what it said when it is not.

    It goes to the end of `log`, where one is given.
    """
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix=f"{server.name}-"))
        path = log or Path(folder) / "log"
        said = stack.enter_context(path.open("ab"))
        process = subprocess.Popen(
            server.argv,
            cwd=server.cwd,
            env=server.environment(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _wait_until_ready(server, process, path)
            yield process
        finally:
            stop(process)


def _wait_until_ready(server: "Server", process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + server.patience_s
    while server.ready and not asyncio.run(server.ready()):
        if process.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"{server.name} is not ready:\n{log.read_text(errors='replace')[-3000:]}")
        time.sleep(0.1)


def stop(process: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(timeout=10)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
        return
