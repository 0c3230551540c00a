"""The housekeeping of the product, by the clock."""

from datetime import timedelta

from django.utils import timezone

from accounts.anomalies.concluding import look_for_anomalies
from accounts.audit.sealing import seal_entries
from accounts.idempotency import prune_idempotency_keys
from accounts.ledger import checking, notices, stored_bytes, sweeping
from accounts.ledger.periods import month_of, previous_month
from accounts.login.guard import forget_lock_outs
from accounts.login.sessions import forget_expired_sessions
from accounts.organizations.deletion import due_organizations
from accounts.retention.applying import apply_retention
from generation.batch_ends import end_done_batches
from generation.lost_generations import end_lost_generations
from generation.organizations.tasks import erase
from generation.settling import bytes_of, find_fates
from generation.unstored import erase_undelivered
from generation.webhooks.services import forget_old_events
from jobs.schedules import schedule
from jobs.task import task

# Behind everything that somebody waits for.
PRIORITY = -50


@schedule("37 * * * *")
@task(priority=PRIORITY)
def forget_idempotency_keys() -> int:
    return prune_idempotency_keys()


@schedule(every=timedelta(seconds=20))
@task(priority=PRIORITY)
def seal_audit_log() -> int:
    return seal_entries()


@schedule(every=timedelta(seconds=20))
@task(priority=PRIORITY)
def erase_what_is_not_stored() -> int:
    return erase_undelivered()


@schedule("37 3 * * *")
@task(priority=PRIORITY)
def apply_retention_periods() -> int:
    """How many rows have lost something, or have gone."""
    return sum(outcome.number for outcome in apply_retention())


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


@schedule(every=timedelta(minutes=10))
@task(priority=PRIORITY)
def erase_organizations() -> int:
    """Each by a job of its own: what breaks in one of them holds up no other."""
    due = due_organizations()
    for organization_id in due:
        erase.enqueue(organization_id=str(organization_id))
    return len(due)


@schedule(every=timedelta(minutes=1))
@task(priority=PRIORITY)
def end_batches() -> int:
    """Those whose last line ended in a process that died before it could look."""
    return end_done_batches()


@schedule(every=timedelta(minutes=1))
@task(priority=PRIORITY)
def end_generations_without_job() -> int:
    return end_lost_generations()


@schedule(every=timedelta(minutes=1))
@task(priority=PRIORITY)
def sweep_holds() -> int:
    return sweeping.sweep_holds(find_fates)


@schedule(every=timedelta(minutes=1))
@task(priority=PRIORITY)
def tell_quota_thresholds() -> int:
    return notices.tell_thresholds()


@schedule("23 2 * * *")
@task(priority=PRIORITY)
def count_stored_bytes() -> int:
    return stored_bytes.count_stored_bytes(bytes_of)


@schedule("5 * * * *")
@task(priority=PRIORITY)
def find_anomalies() -> int:
    """Of the hour that is over."""
    return look_for_anomalies(now=timezone.now())


@schedule("53 2 * * *")
@task(priority=PRIORITY)
def check_ledger() -> int:
    """Of this month and the last one: a hold of that may still be open. How many figures differ."""
    since = previous_month(month_of(timezone.now()))
    return len(checking.check_balances(since=since))
