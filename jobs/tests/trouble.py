"""Tasks that meet trouble, for workers that are processes of their own: a file tells what they did."""

import asyncio
import contextlib
import os
import random
import signal
import time
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.db import transaction

from jobs.compat import task_finished
from jobs.retry import Backoff
from jobs.task import JobContext, task

PRICE = 7
SOON = Backoff(first=0.2, factor=1.0, longest=0.2)


def note(*words: object) -> None:
    """One line, in one write: several processes may append at once."""
    with Path(os.environ["CALLS_FILE"]).open("a") as file:
        file.write(" ".join(map(str, words)) + "\n")


def die(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_after_commit(**_: Any) -> None:
    transaction.on_commit(die)


@task(takes_context=True, max_attempts=50, backoff=SOON)
async def buy(context: JobContext, *, die_at: str = "", seconds: float = 0.0) -> str:
    """One paid call. Its first worker dies at the moment that is named."""
    moment = die_at if context.claim_no == 1 else ""

    async def call() -> str:
        note("call", context.job_id, context.claim_no)
        if moment == "in the call":
            die()
        await asyncio.sleep(seconds)
        return "sold"

    def price(output: str) -> int:
        if moment == "before the step is committed":
            die()
        return PRICE

    if moment == "after the claim":
        die()
    output = await context.step("ask", call, cost=price)
    if moment == "after the step":
        die()
    if moment == "before the ack":
        task_finished.connect(die_after_commit, weak=False)
    return output


@task(takes_context=True, owner_arg="owner", max_attempts=50, backoff=SOON)
async def nap(context: JobContext, *, seconds: float, owner: str = "") -> None:
    note("nap", context.job_id, context.claim_no)
    await asyncio.sleep(seconds)
    note("awake", context.job_id, context.claim_no)


@task(takes_context=True)
async def kill_every_worker(context: JobContext) -> None:
    note("poison", context.job_id, context.claim_no)
    die()


@task()
async def give_a_nul() -> str:
    return "\0"


@task(takes_context=True)
async def report_a_nul(context: JobContext, *, seconds: float) -> None:
    context.report({"text": "\0"})
    await asyncio.sleep(seconds)


@task()
async def block_the_loop(seconds: float) -> None:
    time.sleep(seconds)  # noqa: ASYNC251 - as a task does that forgets where it runs


@task(takes_context=True, backoff=Backoff(first=1.0))
async def fail_once(context: JobContext) -> None:
    note("try", context.job_id, context.claim_no)
    if context.claim_no == 1:
        raise ConnectionError("not yet")


COUNTER = ("draft", "final")


@task(takes_context=True, max_attempts=1000, backoff=SOON)
async def shop(context: JobContext) -> list[str]:
    """Two paid calls of a model that is slow, refuses and breaks off."""
    return [await context.step(name, lambda: _ask(context), cost=lambda _: PRICE) for name in COUNTER]


async def _ask(context: JobContext) -> str:
    note("call", context.job_id, context.claim_no)
    with contextlib.suppress(Exception):  # nothing of a job may hang on it
        await cache.aset("last call", str(context.job_id))
    await asyncio.sleep(random.choice([0.01, 0.05, 0.5]))
    if random.random() < 0.1:
        note("refused", context.job_id, context.claim_no)
        raise ConnectionError("cut off")
    return "sold"
