"""How many requests one endpoint gets at once from this process: a burst must not flood its receiver."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID
from weakref import WeakValueDictionary

MOST_AT_ONCE = 8

# Gone with its last user, so that nothing has to be tidied up.
_gates: "WeakValueDictionary[UUID, asyncio.Semaphore]" = WeakValueDictionary()


@asynccontextmanager
async def pass_gate(endpoint_id: UUID) -> AsyncIterator[None]:
    gate = _gates.setdefault(endpoint_id, asyncio.Semaphore(MOST_AT_ONCE))
    async with gate:
        yield
