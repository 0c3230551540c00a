"""The housekeeping of the product, by the clock."""

from accounts.idempotency import prune_idempotency_keys
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
