import os
import time

import dramatiq
from dramatiq.brokers.redis import RedisBroker
from recorder import record

dramatiq.set_broker(RedisBroker(url=os.environ["REDIS_URL"]))


@dramatiq.actor
def noop(index):
    record(index)


@dramatiq.actor
def sleep(index):
    record(index)
    time.sleep(1)
    record(~index)
