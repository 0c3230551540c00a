import asyncio

from recorder import record

from jobs.task import task


@task(owner_arg="owner")
async def noop(index: int, owner: str) -> None:
    record(index)


@task(owner_arg="owner")
async def sleep(index: int, owner: str) -> None:
    record(index)
    await asyncio.sleep(1)
    record(~index)
