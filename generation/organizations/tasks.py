"""What is done for an organization in the background: ids in, one call out."""

from uuid import UUID

from accounts.mail import send_sealed_mail
from accounts.organizations.deletion import erase_organization
from generation.organizations.stop import resume_deliveries, stop_work
from jobs.task import task

# Behind everything that somebody waits for.
PRIORITY = -50


@task(priority=50, owner_arg="organization_id")
def stop_organization(organization_id: str) -> None:
    stop_work(UUID(organization_id))


@task(owner_arg="organization_id")
def resume_organization(organization_id: str) -> None:
    resume_deliveries(UUID(organization_id))


@task(priority=PRIORITY, max_attempts=5, unique_key="{organization_id}")
def erase(organization_id: str) -> bool:
    """Once more goes on where it was interrupted."""
    return erase_organization(UUID(organization_id))


@task(priority=30, max_attempts=8)
def send_mail(sealed: str) -> None:
    send_sealed_mail(sealed)
