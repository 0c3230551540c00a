"""The housekeeping of the product, by the clock."""

from datetime import timedelta

from accounts.idempotency import prune_idempotency_keys
from generation.batch_ends import end_done_batches
from generation.lost_generations import end_lost_generations
from generation.webhooks.services import forget_old_events
from jobs.schedules import schedule
from jobs.task import task

# Behind everything that somebody waits for.
PRIORITY = -50


@schedule("37 * * * *")
@task(priority=PRIORITY)
def forget_idempotency_keys() -> int:
    return prune_idempotency_keys()


@schedule("7 4 * * *")
@task(priority=PRIORITY)
def forget_webhook_events() -> int:
    return forget_old_events()


@schedule(every=timedelta(minutes=1))
@task(priority=PRIORITY)
def end_batches() -> int:
    """Those whose last line ended in a process that died before it could look."""
    return end_done_batches()


@schedule(every=timedelta(minutes=1))
@task(priority=PRIORITY)
def end_generations_without_job() -> int:
    return end_lost_generations()
