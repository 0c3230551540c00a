"""What can be done with keys: make, change, rotate and revoke them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.utils import timezone

from accounts.actor import OPERATOR, Actor
from accounts.api_keys import known_keys
from accounts.api_keys.grant import check_scopes_of_role, check_within_key
from accounts.api_keys.hashing import current_pepper
from accounts.api_keys.text import new_key_text
from accounts.audit.actions import Action
from accounts.audit.record import record_deed
from accounts.client_address import parse_network
from accounts.ledger.places import take_place_of_key
from accounts.models import ApiKey, Membership, Organization, ServiceAccount, User
from accounts.models.api_key import ApiKeyQuerySet
from accounts.organizations.services import lock_organization
from accounts.scopes import DEFAULT_SCOPES, Scope
from codegen_site.errors import Conflict, PermissionDenied, ValidationException

DEFAULT_OVERLAP = timedelta(days=1)
MAX_OVERLAP = timedelta(days=30)
MAX_USABLE_KEYS = 1_000


class KeyOptions(TypedDict, total=False):
    """Fields of a key that it has no need of."""

    mode: str
    description: str
    expires_at: datetime | None
    allowed_networks: Sequence[str]
    allowed_models: Sequence[str]
    requests_per_minute: int | None
    monthly_budget_microusd: int | None


def create_api_key(
    *,
    organization: Organization,
    name: str,
    scopes: Iterable[str] = DEFAULT_SCOPES,
    owner: User | ServiceAccount | None = None,
    by: Actor = OPERATOR,
    **options: Unpack[KeyOptions],
) -> tuple[ApiKey, str]:
    """The new key and its text, which is kept nowhere and can never be had again.

    Without an owner it is the organization's own, as operators make it. Raises `PermissionDenied` where it
    could do more than `by`, or than its owner; `Conflict` and `QuotaExceeded` when there are too many.
    """
    api_key = ApiKey(
        organization=organization,
        name=name,
        scopes=" ".join(_known_scopes(scopes)),
        owner=owner if isinstance(owner, User) else None,
        service_account=owner if isinstance(owner, ServiceAccount) else None,
        created_by_id=by.user_id,
        **_known_options(options),
    )
    return api_key, _store(api_key, by=by, action=Action.API_KEY_CREATED)


def update_api_key(*, api_key: ApiKey, by: Actor = OPERATOR, **changes: Any) -> ApiKey:
    """Change what is given; with `suspended` it opens nothing for a while. Raises as `create_api_key`;
    `Conflict` for a key that is over."""
    if "suspended" in changes:
        changes["suspended_at"] = timezone.now() if changes.pop("suspended") else None
    if "scopes" in changes:
        changes["scopes"] = " ".join(_known_scopes(changes["scopes"]))
    changes = _known_options(changes)
    with transaction.atomic():
        locked = _lock(api_key)
        if changes.get("suspended_at") and locked.suspended_at:
            changes["suspended_at"] = locked.suspended_at
        before = {name: getattr(locked, name) for name in changes}
        for name, value in changes.items():
            setattr(locked, name, value)
        _check(locked, by=by)
        locked.save(update_fields=list(changes))
        record_deed(Action.API_KEY_CHANGED, locked, by=by, prefix=locked.prefix, before=before, after=changes)
    return locked


@transaction.atomic
def rotate_api_key(
    *, api_key: ApiKey, overlap: timedelta = DEFAULT_OVERLAP, by: Actor = OPERATOR, **changes: Any
) -> tuple[ApiKey, str]:
    """Its successor, with the text of that, shown this once. The old key works until the overlap is over.

    A successor that was never used is replaced: whoever lost the answer asks again. Raises as
    `create_api_key`; `Conflict` for a key that is over, or whose successor is in use.
    """
    # First, as whoever removes a member with his keys does: in the other order two could wait for each other.
    lock_organization(api_key.organization)
    old = _lock(api_key)
    if old.replaced_by is not None and not old.replaced_by.is_over:
        if old.replaced_by.last_used_at is not None:
            raise Conflict("Its successor is in use already: rotate that one.")
        revoke_api_key(api_key=old.replaced_by, by=by)
    new = ApiKey.objects.get(pk=old.pk)
    new.pk = new._meta.pk.get_default()
    new._state.adding = True
    new.created_by_id, new.replaced_by, new.last_used_at, new.last_used_address = by.user_id, None, None, None
    for name, value in changes.items():
        setattr(new, name, value)
    text = _store(new, by=by, action=Action.API_KEY_ROTATED, replaces=old.prefix)
    end = timezone.now() + overlap
    old.replaced_by = new
    old.expires_at = min(old.expires_at or end, end)
    old.save(update_fields=["replaced_by", "expires_at"])
    return new, text


@transaction.atomic
def revoke_api_key(*, api_key: ApiKey, by: Actor = OPERATOR) -> None:
    """For good, and within a second everywhere. Once more does nothing."""
    locked = ApiKey.objects.select_for_update().get(pk=api_key.pk)
    if locked.revoked_at is None:
        locked.revoked_at = timezone.now()
        locked.save(update_fields=["revoked_at"])
        record_deed(Action.API_KEY_REVOKED, locked, by=by, prefix=locked.prefix)
    api_key.revoked_at = locked.revoked_at


@transaction.atomic
def suspend_api_key(*, api_key: ApiKey, by: Actor = OPERATOR) -> bool:
    """Until somebody takes it up again; within a second everywhere. False when there was nothing to do."""
    locked = ApiKey.objects.select_for_update().get(pk=api_key.pk)
    if not locked.is_usable:
        return False
    locked.suspended_at = timezone.now()
    locked.save(update_fields=["suspended_at"])
    record_deed(Action.API_KEY_SUSPENDED, locked, by=by, prefix=locked.prefix)
    return True


@transaction.atomic
def revoke_api_keys(api_keys: ApiKeyQuerySet, *, by: Actor = OPERATOR) -> int:
    """Those among them that are not revoked yet; how many."""
    unrevoked = list(api_keys.filter(revoked_at=None).select_for_update())
    ApiKey.objects.filter(pk__in=[api_key.pk for api_key in unrevoked]).update(revoked_at=timezone.now())
    for api_key in unrevoked:
        record_deed(Action.API_KEY_REVOKED, api_key, by=by, prefix=api_key.prefix)
    for organization_id in {api_key.organization_id for api_key in unrevoked}:
        known_keys.end_epoch(organization_id)
    return len(unrevoked)


def _store(api_key: ApiKey, *, by: Actor, action: Action, replaces: str | None = None) -> str:
    """Its text."""
    details: dict[str, Any] = {"replaces": replaces} if replaces else {}
    text = new_key_text(api_key.mode)
    pepper = current_pepper()
    api_key.prefix, api_key.salt = text.prefix, b""
    api_key.digest, api_key.pepper_id = pepper.digest(text), pepper.id
    with transaction.atomic():
        # Locked, so that two at once do not both find the last free place.
        lock_organization(api_key.organization)
        usable = ApiKey.objects.filter(organization=api_key.organization_id).usable(timezone.now())
        if usable.count() >= MAX_USABLE_KEYS:
            raise Conflict(f"An organization has at most {MAX_USABLE_KEYS:,} usable keys.")
        if replaces is None:  # a successor has the place of the key that it replaces
            take_place_of_key(api_key.organization)
        _check(api_key, by=by)
        api_key.save(force_insert=True)
        record_deed(
            action, api_key, by=by, prefix=api_key.prefix, name=api_key.name, scopes=api_key.scopes, **details
        )
    return text.reveal()


def _check(api_key: ApiKey, *, by: Actor) -> None:
    """Raises `PermissionDenied` where the key could do more than its owner, or than `by`."""
    role = _role_of_owner(api_key)
    if role is None:
        raise PermissionDenied("Its owner is no member of the organization.")
    check_scopes_of_role(api_key.scopes.split(), role=role)
    by.check_reach(role)
    if by.api_key is not None:
        check_within_key(api_key, maker=by.api_key)


def _role_of_owner(api_key: ApiKey) -> str | None:
    """As `ApiKey.role`, of a row that may not be stored yet."""
    if api_key.owner_id is not None:
        members = Membership.objects.filter(user=api_key.owner_id, organization=api_key.organization_id)
        api_key.owner_role = members.values_list("role", flat=True).first()
    return api_key.role


def _lock(api_key: ApiKey) -> ApiKey:
    """Raises `Conflict`."""
    locked = ApiKey.objects.select_for_update().get(pk=api_key.pk)
    if locked.is_over:
        raise Conflict("The key is revoked or has expired.")
    return locked


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


def _known_options(options: Any) -> dict[str, Any]:
    """With networks in their one spelling. Raises `ValidationException`."""
    if "allowed_networks" not in options:
        return dict(options)
    try:
        networks = [str(parse_network(text)) for text in options["allowed_networks"]]
    except ValueError as error:
        raise ValidationException(
            "The request is not valid: see allowed_networks.",
            details=[{"field": "allowed_networks", "message": str(error)}],
        ) from error
    return {**options, "allowed_networks": sorted(set(networks))}
