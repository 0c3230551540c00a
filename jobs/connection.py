"""One connection to the broker for each event loop."""

import asyncio
from weakref import WeakKeyDictionary

from jobs.broker import Broker
from jobs.config import broker_config

_brokers: "WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Task[Broker]]" = WeakKeyDictionary()


async def broker_of_this_loop() -> Broker:
    """The one connection of the running event loop, made when first asked for."""
    loop = asyncio.get_running_loop()
    connecting = _brokers.get(loop)
    if connecting is None or await _is_useless(connecting):
        connecting = loop.create_task(Broker.connect(broker_config(), name="codegen"))
        _brokers[loop] = connecting
    return await asyncio.shield(connecting)


async def _is_useless(connecting: "asyncio.Task[Broker]") -> bool:
    if not connecting.done():
        return False
    if connecting.cancelled() or connecting.exception() is not None:
        return True
    broker = connecting.result()
    if broker.config != broker_config():  # in tests
        await broker.close()
    return broker.client.is_closed
