"""Invitations: a link by e-mail, good once and for a while, for whoever can read that mailbox.

Only a hash of the link's token is kept. Whether an address has an account is told to nobody but its owner.
"""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone

from accounts.actor import Actor
from accounts.audit.actions import Action
from accounts.audit.record import record_deed
from accounts.ledger.places import take_place_of_member
from accounts.mail import write_mail
from accounts.models import Invitation, Membership, Organization, Role, User
from accounts.organizations.services import lock_organization
from codegen_site.errors import (
    Conflict,
    InvitationOver,
    NotAuthenticated,
    NotFound,
    OrganizationSuspended,
    PermissionDenied,
    RateLimitException,
    ValidationException,
)

TOKEN_PREFIX = "cg_inv_"  # noqa: S105 - by which a log filter knows one
# In the fragment, which no server and no log gets to see.
PAGE = "/invitation#"
DAY = timedelta(days=1)
SENT_EVERY = timedelta(minutes=1)
# Of an organization, within a day: nobody is to be flooded, or our mail server be taken for a spammer's.
MOST_SENT = 200
MOST_SENT_TO_ONE = 5


def invite(
    *, organization: Organization, email: str, role: Role = Role.DEVELOPER, by: Actor, site: str
) -> Invitation:
    """`site` is where links lead: `https://codegen.example`. Raises `PermissionDenied` for a role beyond that
    of `by`, `Conflict` for who is a member or invited already, `QuotaExceeded`, `RateLimitException`."""
    by.check_reach(role)
    with transaction.atomic():
        lock_organization(organization)
        if Membership.objects.for_organization(organization).filter(user__email=email).exists():
            raise Conflict("Who has this address is a member already.")
        _make_room(organization, email)
        _refuse_flood(organization, email)
        _refuse_beyond_plan(organization)
        now = timezone.now()
        invitation = Invitation(
            organization=organization,
            email=email,
            role=role,
            created_by_id=by.user_id,
            created_at=now,
            expires_at=now,
        )
        _send(invitation, by=by, site=site)
        record_deed(Action.INVITATION_CREATED, invitation, by=by, email=invitation.email, role=role)
    return invitation


@transaction.atomic
def resend_invitation(*, invitation: Invitation, by: Actor, site: str) -> Invitation:
    """With a new link, for the whole time again; the old one opens nothing. Raises as `invite`."""
    lock_organization(invitation.organization)
    invitation.refresh_from_db()
    by.check_reach(invitation.role)
    if invitation.accepted_at or invitation.revoked_at:
        raise InvitationOver
    if invitation.sent_at and invitation.sent_at > timezone.now() - SENT_EVERY:
        raise RateLimitException("It was sent a moment ago.", retry_after=SENT_EVERY.total_seconds())
    _refuse_flood(invitation.organization, invitation.email)
    _send(invitation, by=by, site=site)
    record_deed(Action.INVITATION_RESENT, invitation, by=by, email=invitation.email)
    return invitation


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, by: Actor) -> None:
    """Raises `InvitationOver` when it was accepted. Once more does nothing."""
    lock_organization(invitation.organization)
    invitation.refresh_from_db()
    by.check_reach(invitation.role)
    if invitation.accepted_at:
        raise InvitationOver
    if invitation.revoked_at is None:
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at"])
        record_deed(Action.INVITATION_REVOKED, invitation, by=by, email=invitation.email)


@transaction.atomic
def accept_invitation(*, token: str, user: User | None, password: str | None = None) -> Membership:
    """The place of `user`, or of an account that is made with `password`. By the same user again: the same.

    Raises `NotFound`, `InvitationOver`, `PermissionDenied` for the user of another address, and
    `NotAuthenticated` where the address has an account: who has it logs in first.
    """
    invitation = find_invitation(token)
    organization = lock_organization(invitation.organization)
    invitation.refresh_from_db()
    if user is not None and invitation.accepted_by_id == user.pk:
        return _place_of(user, organization)
    if invitation.status != Invitation.Status.OPEN:
        raise InvitationOver
    if organization.is_suspended:
        raise OrganizationSuspended
    guest = _guest_of(invitation, user, password)
    membership = Membership.objects.for_organization(organization).filter(user=guest).first()
    if membership is None:
        take_place_of_member(organization)
        membership = Membership.objects.create(user=guest, organization=organization, role=invitation.role)
    invitation.accepted_at, invitation.accepted_by = timezone.now(), guest
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    actor = Actor(name=guest.email, role=Role(membership.role), user_id=guest.pk)
    record_deed(
        Action.INVITATION_ACCEPTED, invitation, by=actor, email=invitation.email, role=membership.role
    )
    return membership


def _refuse_beyond_plan(organization: Organization) -> None:
    """Who is invited has a place already. Raises `QuotaExceeded`."""
    invited = Invitation.objects.for_organization(organization).open().count()
    take_place_of_member(organization, taken=organization.memberships.count() + invited)


def find_invitation(token: str) -> Invitation:
    """Raises `NotFound`."""
    found = Invitation.objects.select_related("organization").filter(token_hash=_hash_of(token)).first()
    if found is None:
        raise NotFound("There is no such invitation.")
    return found


def _place_of(user: User, organization: Organization) -> Membership:
    membership = Membership.objects.for_organization(organization).filter(user=user).first()
    if membership is None:  # removed since
        raise InvitationOver
    return membership


def _guest_of(invitation: Invitation, user: User | None, password: str | None) -> User:
    if user is not None:
        if user.email != invitation.email:
            raise PermissionDenied("The invitation is for another address than that of your account.")
        return user
    if User.objects.filter(email=invitation.email).exists():
        raise NotAuthenticated("The address has an account: log in, then accept.")
    if settings.SIGNUP == "off":
        raise PermissionDenied("Accounts are made by operators here: ask one, then log in and accept.")
    if password is None:
        raise _refusal("password", "Choose one: an account is made with it.")
    try:
        validate_password(password, User(email=invitation.email))
        with transaction.atomic():
            return User.objects.create_user(invitation.email, password)
    except ValidationError as error:
        raise _refusal("password", " ".join(error.messages)) from error
    except IntegrityError as error:  # made at the same moment
        raise NotAuthenticated("The address has an account: log in, then accept.") from error


def _make_room(organization: Organization, email: str) -> None:
    """Who was invited and let it expire is invited anew. Raises `Conflict` for an invitation that is good."""
    open_ones = Invitation.objects.for_organization(organization).open().filter(email=email)
    if open_ones.acceptable(timezone.now()).exists():
        raise Conflict("There is an invitation to this address: resend or revoke it.")
    open_ones.update(revoked_at=timezone.now())


def _refuse_flood(organization: Organization, email: str) -> None:
    recent = Invitation.objects.for_organization(organization).filter(sent_at__gt=timezone.now() - DAY)
    for invitations, most in ((recent, MOST_SENT), (recent.filter(email=email), MOST_SENT_TO_ONE)):
        sent = invitations.aggregate(sent=Sum("sent_count"))["sent"] or 0
        if sent >= most:
            raise RateLimitException(
                "Too many invitations were sent within a day.", retry_after=DAY.total_seconds()
            )


def _send(invitation: Invitation, *, by: Actor, site: str) -> None:
    token, now = TOKEN_PREFIX + secrets.token_urlsafe(32), timezone.now()
    invitation.token_hash = _hash_of(token)
    invitation.sent_at, invitation.sent_count = now, invitation.sent_count + 1
    invitation.expires_at = now + timedelta(days=settings.INVITATION_TTL_DAYS)
    invitation.save()
    context = {
        "organization": invitation.organization.name,
        "role": invitation.role,
        "inviter": by.name,
        "link": f"{site}{PAGE}{token}",
        "expires_at": invitation.expires_at,
    }
    write_mail(to=invitation.email, template="invitation", context=context)


def _hash_of(token: str) -> str:
    """One round is enough: a token is 256 random bits, not a password."""
    return hashlib.sha256(token.encode()).hexdigest()


def _refusal(field: str, message: str) -> ValidationException:
    return ValidationException(message, details=[{"field": field, "message": message}])
