"""The housekeeping of the queue, by the clock.

The sweeper is not here but a loop of each worker: it mends what a broker has lost, so it cannot come
through that broker, and it looks every few seconds, where cron knows minutes.
"""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from jobs.housekeeping import prune_finished_jobs, prune_old_ticks
from jobs.schedules import schedule
from jobs.task import task

# Behind everything that somebody waits for.
PRIORITY = -50


@schedule("17 * * * *")
@task(priority=PRIORITY)
def prune_jobs() -> int:
    return prune_finished_jobs(older_than=timezone.now() - timedelta(days=settings.JOBS_KEPT_DAYS))


@schedule("47 3 * * *")
@task(priority=PRIORITY)
def prune_ticks() -> int:
    return prune_old_ticks(older_than=timezone.now() - timedelta(days=settings.JOBS_TICKS_KEPT_DAYS))
