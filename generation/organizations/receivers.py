"""What an organization's state means for what this app has of it; and its mails find a worker."""

from typing import Any

from django.dispatch import receiver

from accounts.mail import mail_written
from accounts.models import Organization
from accounts.organizations.signals import organization_erased, organization_resumed, organization_stopped
from generation.organizations import tasks
from generation.organizations.erase import erase_rows


@receiver(organization_stopped)
def stop(organization: Organization, **kwargs: Any) -> None:
    tasks.stop_organization.enqueue(organization_id=str(organization.pk))


@receiver(organization_resumed)
def resume(organization: Organization, **kwargs: Any) -> None:
    tasks.resume_organization.enqueue(organization_id=str(organization.pk))


@receiver(organization_erased)
def erase(organization: Organization, **kwargs: Any) -> None:
    erase_rows(organization)


@receiver(mail_written)
def send(sealed: str, **kwargs: Any) -> None:
    tasks.send_mail.enqueue(sealed=sealed)
