"""The first organization, its owner and a key, so that a fresh clone can be used at once."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from accounts.actor import operator
from accounts.api_keys.services import create_api_key
from accounts.models import Organization, User
from accounts.organizations.services import create_organization

OWNER = "admin@example.com"
ORGANIZATION = "First organization"
KEY_LIFETIME = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class Welcome:
    """`password` is there when it was set just now; the key is shown this once."""

    login: str
    password: str | None
    api_key: str


def welcome(*, with_login: bool) -> Welcome:
    """The owner and the organization once, a key for a week each time.

    The owner gets a password when first asked for `with_login`: it is shown then and never again.
    """
    password = None
    owner = User.objects.filter(is_superuser=True).order_by("pk").first()
    if owner is None:
        owner = User.objects.create_superuser(OWNER)
    if with_login and not owner.has_usable_password():
        password = secrets.token_urlsafe(12)
        owner.set_password(password)
        owner.save(update_fields=["password"])
    organization = Organization.objects.order_by("created_at").first()
    if organization is None:
        organization = create_organization(name=ORGANIZATION, owner=owner)
    _, key = create_api_key(
        organization=organization,
        name=f"made at start {timezone.now():%Y-%m-%d %H:%M}",
        by=operator(owner),
        expires_at=timezone.now() + KEY_LIFETIME,
    )
    return Welcome(login=owner.email, password=password, api_key=key)
