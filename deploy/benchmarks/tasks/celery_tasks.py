import os
import time

from celery import Celery
from recorder import record

app = Celery("bench", broker=os.environ["REDIS_URL"], backend=os.environ["REDIS_URL"])
app.conf.update(
    # As ours and most of the others: a task that a dead worker had is run again.
    task_acks_late=True,
    worker_disable_rate_limits=True,
    broker_connection_retry_on_startup=True,
    # With the limit of 10, acknowledgements of hundreds of greenlets fail, and tasks are lost or run twice.
    broker_transport_options={"max_connections": 2_000},
    redis_max_connections=2_000,
)


@app.task
def noop(index):
    record(index)


@app.task
def sleep(index):
    record(index)
    time.sleep(1)
    record(~index)
