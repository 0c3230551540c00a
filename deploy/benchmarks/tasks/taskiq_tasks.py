import asyncio
import os

from recorder import record
from taskiq_nats import PullBasedJetStreamBroker

broker = PullBasedJetStreamBroker(os.environ["NATS_URL"], pull_consume_batch=500, pull_consume_timeout=1)


@broker.task
async def noop(index):
    record(index)


@broker.task
async def sleep(index):
    record(index)
    await asyncio.sleep(1)
    record(~index)
