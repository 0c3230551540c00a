import asyncio
import threading

from asgiref.sync import sync_to_async

from codegen_site.body_limit import Message, Receive, Scope, Send
from codegen_site.shared_threads import SharedThreads


async def nothing() -> Message:
    return {}


async def nowhere(message: Message) -> None:
    pass


def test_many_requests_that_wait_hold_few_threads() -> None:
    used: list[tuple[str, str]] = []
    waiting = 0
    all_wait = asyncio.Event()

    async def wait_between_queries(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal waiting
        before = await sync_to_async(threading.current_thread)()
        waiting += 1
        if waiting == 50:
            all_wait.set()
        await all_wait.wait()
        after = await sync_to_async(threading.current_thread)()
        used.append((before.name, after.name))

    async def ask_at_once() -> None:
        site = SharedThreads(wait_between_queries, count=3)
        async with asyncio.timeout(10):
            await asyncio.gather(*(site({"type": "http"}, nothing, nowhere) for _ in range(50)))

    asyncio.run(ask_at_once())
    assert len(used) == 50
    assert len({before for before, _ in used}) == 3
    assert all(before == after for before, after in used)
