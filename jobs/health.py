"""Whether the broker answers."""

from jobs.connection import broker_of_this_loop


async def check_nats() -> float:
    """Seconds of one round trip to JetStream. Raises `BrokerUnavailable`."""
    broker = await broker_of_this_loop()
    return await broker.latency()
