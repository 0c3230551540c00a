"""The housekeeping of the product, by the clock."""

from datetime import timedelta

from accounts.idempotency import prune_idempotency_keys
from accounts.login.guard import forget_lock_outs
from accounts.login.sessions import forget_expired_sessions
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


@schedule("17 * * * *")
@task(priority=PRIORITY)
def forget_sessions() -> int:
    return forget_expired_sessions()


@schedule("27 * * * *")
@task(priority=PRIORITY)
def forget_failed_logins() -> int:
    return forget_lock_outs()


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
