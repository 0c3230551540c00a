import os
import time

import ours_tasks
from django.db import transaction
from slices import in_slices

from jobs.models import Job

OWNERS = int(os.environ["BENCH_OWNERS"])
# What was published is marked once a second.
QUIET_S = 2.5


def enqueue(kind, index):
    getattr(ours_tasks, kind).enqueue(**_arguments(index))


def enqueue_many(kind, indices):
    task = getattr(ours_tasks, kind)
    if hasattr(task, "enqueue_many"):
        for some in in_slices(indices, 1000):
            task.enqueue_many([_arguments(index) for index in some])
        return
    for some in in_slices(indices, 100):
        with transaction.atomic():
            for index in some:
                task.enqueue(**_arguments(index))


def _arguments(index):
    return {"index": index, "owner": f"owner-{index % OWNERS}"}


def settle():
    """Jobs outside of their owner's window are not published: it is over when no more become published."""
    published, since = -1, time.monotonic()
    while time.monotonic() - since < QUIET_S:
        time.sleep(0.05)
        count = Job.objects.filter(published_at__isnull=False).count()
        if count != published:
            published, since = count, time.monotonic()


def stored():
    return Job.objects.filter(status=Job.Status.SUCCESSFUL).count()
