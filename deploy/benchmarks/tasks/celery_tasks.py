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
)


@app.task
def noop(index):
    record(index)


@app.task
def sleep(index):
    record(index)
    time.sleep(1)
    record(~index)
