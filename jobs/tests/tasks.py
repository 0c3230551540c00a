"""Tasks for the tests: a worker imports them by their path, as it does those of the product."""

import asyncio
import os
import signal
import time

from codegen_site.errors import LLMRateLimited, LLMRefused
from jobs.retry import Backoff
from jobs.task import JobContext, task


@task(owner_arg="owner")
async def add(a: int, b: int, owner: str = "") -> int:
    return a + b


@task(id_arg="job_id")
def name_itself(job_id: str) -> str:
    return job_id


@task()
def double_in_thread(number: int) -> int:
    time.sleep(0.01)
    return number * 2


@task(takes_context=True, queue_name="llm", owner_arg="owner")
async def count_up(context: JobContext, *, seconds: float, owner: str) -> str:
    """Tells its steps, ten a second."""
    for step in range(int(seconds * 10)):
        context.events.append("step", {"delta": f"{step} "})
        context.report({"step": step})
        await asyncio.sleep(0.1)
    return "counted"


@task(max_attempts=3)
async def fail_for_a_while() -> None:
    raise ConnectionError("not yet")


@task(backoff=Backoff(first=86_400, longest=86_400))
async def fail_until_tomorrow() -> None:
    raise ConnectionError("not today")


@task(max_attempts=3)
async def be_refused() -> None:
    raise LLMRefused("No.")


@task(max_attempts=3)
async def be_told_to_wait() -> None:
    raise LLMRateLimited(retry_after=40)


@task(timeout=0.05, max_attempts=1)
async def take_too_long() -> None:
    await asyncio.sleep(5)


@task()
async def kill_the_worker() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@task()
async def noop() -> None:
    pass


CALLS: list[str] = []


async def _buy(name: str) -> str:
    CALLS.append(name)
    return f"{name}!"


@task(takes_context=True)
async def buy_two(context: JobContext, *, fail_after: int) -> list[str]:
    """Fails in its first run after `fail_after` steps."""
    bought = []
    for number, name in enumerate(("draft", "final")):
        if number == fail_after and fail_after and context.claim_no == 1:
            raise ConnectionError("away")
        bought.append(await context.step(name, lambda name=name: _buy(name), cost=lambda output: 5))  # type: ignore[misc]
    return bought


@task(takes_context=True)
async def buy_from_a_shop_that_fails_once(context: JobContext) -> str:
    async def ask() -> str:
        CALLS.append("ask")
        if context.claim_no == 1:
            raise ConnectionError("closed")
        return "here you are"

    return await context.step("ask", ask)


@task(unique_key="{place}")
async def tidy(place: str) -> None:
    pass
