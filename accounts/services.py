import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify

from accounts.keys import digest_of, new_key_text, parse_key_text
from accounts.models import ApiKey, Membership, Organization, Role, User
from accounts.scopes import DEFAULT_SCOPES, Scope
from accounts.signals import plan_changed
from codegen_site.errors import InvalidApiKey, ValidationException

LAST_USED_PRECISION = timedelta(minutes=1)
# An unknown key is compared with these, so that it costs what a known one costs.
_NO_SALT, _NO_DIGEST = bytes(16), bytes(32)


@transaction.atomic
def create_organization(*, name: str, owner: User | None = None) -> Organization:
    organization = Organization.objects.create(name=name, slug=_free_slug(name))
    if owner is not None:
        Membership.objects.create(user=owner, organization=organization, role=Role.OWNER)
    plan_changed.send(Organization, organization=organization)
    return organization


def create_api_key(
    *,
    organization: Organization,
    name: str,
    scopes: Iterable[str] = DEFAULT_SCOPES,
    created_by: User | None = None,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """The new key and its text, which is kept nowhere and can never be had again."""
    text = new_key_text()
    salt = secrets.token_bytes(16)
    api_key = ApiKey.objects.create(
        organization=organization,
        name=name,
        prefix=text.prefix,
        salt=salt,
        digest=digest_of(text.secret, salt),
        scopes=" ".join(_known_scopes(scopes)),
        created_by=created_by,
        expires_at=expires_at,
    )
    return api_key, text.reveal()


def revoke_api_key(*, api_key: ApiKey) -> None:
    ApiKey.objects.filter(pk=api_key.pk, revoked_at=None).update(revoked_at=timezone.now())
    api_key.refresh_from_db(fields=["revoked_at"])


def authenticate_key(text: str) -> ApiKey:
    """The key with its organization loaded. Raises `InvalidApiKey`, never saying why."""
    key_text = parse_key_text(text)
    if key_text is None:
        raise InvalidApiKey
    api_key = ApiKey.objects.with_prefix(key_text.prefix)
    salt, digest = (bytes(api_key.salt), bytes(api_key.digest)) if api_key else (_NO_SALT, _NO_DIGEST)
    is_genuine = hmac.compare_digest(digest_of(key_text.secret, salt), digest)
    if api_key is None or not is_genuine or not api_key.is_usable:
        raise InvalidApiKey
    _note_use(api_key)
    return api_key


def _note_use(api_key: ApiKey) -> None:
    now = timezone.now()
    stale = now - LAST_USED_PRECISION
    if api_key.last_used_at is not None and api_key.last_used_at > stale:
        return
    # The condition lets one of several parallel requests write.
    ApiKey.objects.filter(Q(last_used_at=None) | Q(last_used_at__lte=stale), pk=api_key.pk).update(
        last_used_at=now
    )


def _known_scopes(scopes: Iterable[str]) -> list[str]:
    wanted = set(scopes)
    if not wanted:
        raise ValidationException(details=[{"field": "scopes", "message": "A key needs at least one scope."}])
    if unknown := sorted(wanted.difference(Scope.values)):
        raise ValidationException(
            f"Unknown scopes: {', '.join(unknown)}. Known are: {', '.join(Scope.values)}.",
            details=[{"field": "scopes", "message": f"{scope} is not a scope."} for scope in unknown],
        )
    return [scope for scope in Scope.values if scope in wanted]


def _free_slug(name: str) -> str:
    slug = slugify(name)[:50].strip("-") or "organization"
    while Organization.objects.filter(slug=slug).exists():
        slug = f"{slug[:50]}-{secrets.token_hex(3)}"
    return slug
