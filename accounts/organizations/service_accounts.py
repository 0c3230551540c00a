"""Members that are no persons."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.api_keys.services import revoke_api_keys
from accounts.audit.actions import Action
from accounts.audit.record import record_deed
from accounts.models import Organization, Role, ServiceAccount
from accounts.organizations.services import lock_organization
from codegen_site.errors import Conflict

MAX_SERVICE_ACCOUNTS = 100


def create_service_account(
    *, organization: Organization, name: str, role: Role = Role.DEVELOPER, by: Actor
) -> ServiceAccount:
    """Raises `PermissionDenied` for a role beyond that of `by`; `Conflict` for a name that is taken."""
    by.check_reach(role)
    with transaction.atomic():
        lock_organization(organization)
        present = ServiceAccount.objects.for_organization(organization).present()
        if present.count() >= MAX_SERVICE_ACCOUNTS:
            raise Conflict(f"An organization has at most {MAX_SERVICE_ACCOUNTS} service accounts.")
        account = ServiceAccount(organization=organization, name=name, role=role, created_by_id=by.user_id)
        _save(account)
        record_deed(Action.SERVICE_ACCOUNT_CREATED, account, by=by, name=account.name, role=role)
    return account


@transaction.atomic
def update_service_account(*, account: ServiceAccount, by: Actor, **changes: Any) -> ServiceAccount:
    """Raises as `create_service_account`."""
    locked = ServiceAccount.objects.select_for_update().get(pk=account.pk)
    by.check_reach(locked.role, changes.get("role", locked.role))
    before = {name: getattr(locked, name) for name in changes}
    for name, value in changes.items():
        setattr(locked, name, value)
    _save(locked)
    record_deed(Action.SERVICE_ACCOUNT_CHANGED, locked, by=by, name=locked.name, before=before, after=changes)
    return locked


@transaction.atomic
def remove_service_account(*, account: ServiceAccount, by: Actor) -> None:
    """Its keys end with it. Raises `PermissionDenied`."""
    locked = ServiceAccount.objects.select_for_update().get(pk=account.pk)
    by.check_reach(locked.role)
    if locked.removed_at is not None:
        return
    revoke_api_keys(locked.api_keys.all(), by=by)
    locked.removed_at = timezone.now()
    locked.save(update_fields=["removed_at"])
    record_deed(Action.SERVICE_ACCOUNT_REMOVED, locked, by=by, name=locked.name)


def _save(account: ServiceAccount) -> None:
    try:
        with transaction.atomic():
            account.save()
    except IntegrityError as error:
        raise Conflict(f"There is a service account with the name {account.name!r} already.") from error
