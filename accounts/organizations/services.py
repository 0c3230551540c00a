import secrets

from django.db import transaction
from django.utils.text import slugify

from accounts.models import Membership, Organization, Role, User


@transaction.atomic
def create_organization(*, name: str, owner: User | None = None) -> Organization:
    organization = Organization.objects.create(name=name, slug=_free_slug(name))
    if owner is not None:
        Membership.objects.create(user=owner, organization=organization, role=Role.OWNER)
    return organization


def _free_slug(name: str) -> str:
    slug = slugify(name)[:50].strip("-") or "organization"
    while Organization.objects.filter(slug=slug).exists():
        slug = f"{slug[:50]}-{secrets.token_hex(3)}"
    return slug
