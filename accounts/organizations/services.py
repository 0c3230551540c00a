import secrets
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from accounts.actor import Actor
from accounts.audit.actions import Action
from accounts.audit.record import record_deed
from accounts.models import Membership, Organization, Role, User
from accounts.signals import plan_changed


@transaction.atomic
def create_organization(*, name: str, owner: User | None = None) -> Organization:
    organization = Organization.objects.create(name=name, slug=_free_slug(name))
    if owner is not None:
        Membership.objects.create(user=owner, organization=organization, role=Role.OWNER)
    after = {"name": organization.name, "owner": owner.email if owner else None}
    record_deed(Action.ORGANIZATION_CREATED, organization, after=after)
    plan_changed.send(Organization, organization=organization)
    return organization


@transaction.atomic
def update_organization(*, organization: Organization, by: Actor, **changes: Any) -> Organization:
    """Its name, or one of the lists of what it is limited to."""
    locked = lock_organization(organization)
    before = {name: getattr(locked, name) for name in changes}
    for name, value in changes.items():
        setattr(locked, name, value)
    locked.save(update_fields=list(changes))
    record_deed(Action.ORGANIZATION_CHANGED, locked, by=by, before=before, after=changes)
    return locked


def lock_organization(organization: Organization) -> Organization:
    """Inside a transaction: who changes who is a member takes turns."""
    return Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)


def _free_slug(name: str) -> str:
    slug = slugify(name)[:50].strip("-") or "organization"
    while Organization.objects.filter(slug=slug).exists():
        slug = f"{slug[:50]}-{secrets.token_hex(3)}"
    return slug
