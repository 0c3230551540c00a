"""How many requests one endpoint gets at once from this process: a burst must not flood its receiver."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID
from weakref import WeakValueDictionary

from codegen_site.errors import ServiceFault

MOST_AT_ONCE = 8
BUSY_FOR_S = 2.0


class EndpointBusy(ServiceFault):
    """As many requests as it may get are on their way: this one is put off, and holds no slot meanwhile."""

    retryable = True
    counts_as_failure = False
    message = "The endpoint is busy with other deliveries."


# Gone with its last user, so that nothing has to be tidied up.
_gates: "WeakValueDictionary[UUID, asyncio.Semaphore]" = WeakValueDictionary()


@asynccontextmanager
async def pass_gate(endpoint_id: UUID) -> AsyncIterator[None]:
    """Raises `EndpointBusy`: a slow receiver must not fill a worker with those who wait for it."""
    gate = _gates.setdefault(endpoint_id, asyncio.Semaphore(MOST_AT_ONCE))
    if gate.locked():
        raise EndpointBusy(retry_after=BUSY_FOR_S)
    async with gate:
        yield
