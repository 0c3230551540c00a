"""The embedded stack from its lock to its end: prepare, start, and stop whatever happens."""

import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connections

from codegen_site.env import environment
from codegen_site.up.errors import CannotRun
from codegen_site.up.local import AlreadyRunning, only_stack_of
from codegen_site.up.logs import Log
from codegen_site.up.plan import Plan, make_plan, wants_embedded_model
from codegen_site.up.probes import is_taken
from codegen_site.up.supervisor import Supervisor
from codegen_site.up.weights import fetch_weights
from codegen_site.up.welcome import Welcome, welcome


@contextmanager
def prepared(*, port: int, log: Log, with_login: bool = False) -> Iterator[tuple[Plan, Welcome]]:
    """The plan, with the database migrated and a key to use. Raises `CannotRun`."""
    with only_stack_of(Path(settings.LOCAL_DIR), address=f"http://127.0.0.1:{port}"):
        if is_taken(port):
            raise AlreadyRunning(f"Port {port} is taken; choose another: PORT={port + 1} make run.")
        plan = make_plan(environment(), port=port, weights=_weights(environment(), log))
        yield plan, _prepare_database(with_login=with_login)


def _prepare_database(*, with_login: bool) -> Welcome:
    # The terminal is for what the stack says; that there is an organization now is in the audit log.
    logging.getLogger("accounts").setLevel(logging.WARNING)
    try:
        call_command("migrate", verbosity=0, interactive=False)
        return welcome(with_login=with_login)
    except OperationalError as error:
        raise CannotRun(f"The database cannot be used: {str(error).strip()}") from error
    finally:
        connections.close_all()


def _weights(known: Mapping[str, str], log: Log) -> Path | None:
    if not wants_embedded_model(known):
        return None
    last = -1

    def report(done: int, of: int) -> None:
        nonlocal last
        percent = 100 * done // of
        if percent // 5 != last // 5:
            last = percent
            log("up", f"model weights, once: {percent:3} % [{'#' * (percent // 5):<20}] of {of / 1e6:.0f} MB")

    return fetch_weights(report)


@asynccontextmanager
async def running(plan: Plan, *, log: Log) -> AsyncIterator[Supervisor]:
    """Every server of the plan, ready, until the block ends. Raises `StartFailed`."""
    supervisor = Supervisor(environment=plan.environment, log=log)
    supervisor.stop_on_signals()
    try:
        for server in plan.servers:
            if supervisor.is_stopping:
                break
            log("up", f"starting {server.name}")
            await supervisor.start(server)
        yield supervisor
    finally:
        await supervisor.stop()
