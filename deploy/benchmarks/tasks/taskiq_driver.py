import asyncio

import taskiq_tasks
from slices import in_slices

_loop = asyncio.new_event_loop()
_loop.run_until_complete(taskiq_tasks.broker.startup())


def enqueue(kind, index):
    _loop.run_until_complete(getattr(taskiq_tasks, kind).kiq(index))


def enqueue_many(kind, indices):
    _loop.run_until_complete(_enqueue_many(getattr(taskiq_tasks, kind), indices))


async def _enqueue_many(task, indices):
    for some in in_slices(indices, 100):
        await asyncio.gather(*map(task.kiq, some))


def settle():
    pass


def stored():
    return None
