"""A quota that is nearly used up is told by e-mail: by a job, since a mail server may keep one waiting."""

from typing import Any
from uuid import UUID

from django.dispatch import receiver

from accounts.ledger.mail import send_notice
from accounts.models import QuotaNotice
from accounts.signals import quota_threshold_reached
from jobs.task import task


@task(max_attempts=5, timeout=120)
def mail_quota_notice(*, notice_id: str) -> int:
    return send_notice(UUID(notice_id))


@receiver(quota_threshold_reached)
def enqueue_mail(notice: QuotaNotice, **kwargs: Any) -> None:
    mail_quota_notice.enqueue(notice_id=str(notice.pk))
