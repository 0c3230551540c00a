"""What people do at the doors of their accounts."""

from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate, login, update_session_auth_hash
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from accounts.client_address import client_address, customer_of
from accounts.login.guard import Subject, forgive, give_back, take_attempt
from accounts.login.known_device import account_subject
from accounts.login.letters import Kind, Letter, want_letter
from accounts.login.links import (
    LinkOver,
    email_of_sign_up_link,
    user_and_email_of_link,
    user_of_password_link,
)
from accounts.login.record import record_login_event
from accounts.login.second_factor import PASSED
from accounts.login.sessions import SessionStore, end_sessions, hash_of
from accounts.models import LockOut, Session, User
from accounts.organizations.services import create_organization
from accounts.site import site_of
from codegen_site.errors import RateLimitException


def try_password(request: HttpRequest, *, email: str, password: str) -> User | None:
    """Whose it is. Raises `RateLimitException` where it is not even looked at."""
    address, account = address_subject(request, LockOut.Kind.ADDRESS), account_subject(request, email)
    try:
        take_attempt(address, account)
    except RateLimitException:
        record_login_event("login.refused", request=request, email=email)
        raise
    user = authenticate(request, username=email, password=password)
    if not isinstance(user, User):
        record_login_event("login.failed", request=request, email=email)
        return None
    forgive(account)
    give_back(address)
    return user


def log_in(request: HttpRequest, user: User, *, second_factor: bool = False) -> None:
    """A new session: whoever knew the one before has nothing of it."""
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    session_of(request).begin()
    request.session[PASSED] = second_factor
    record_login_event("login.succeeded", request=request, user=user, second_factor=second_factor)


def session_of(request: HttpRequest) -> SessionStore:
    assert isinstance(request.session, SessionStore)  # noqa: S101 - the engine in the settings
    return request.session


def ask_for_letter(request: HttpRequest, *, kind: Kind, to: str, user: User | None = None) -> None:
    """By somebody who need not be anybody. Raises `RateLimitException` for who asks too often; what was sent
    too often to an address is not sent, and nobody is told."""
    take_attempt(address_subject(request, LockOut.Kind.ASKER))
    try:
        take_attempt(Subject(LockOut.Kind.LETTER, to.lower()))
    except RateLimitException:
        record_login_event("letter.withheld", request=request, email=to, kind=kind)
        return
    with transaction.atomic():
        want_letter(Letter(kind=kind, to=to, site=site_of(request), user_id=user.pk if user else None))
        record_login_event("letter.wanted", request=request, email=to, user=user, kind=kind)


@transaction.atomic
def choose_password(request: HttpRequest, *, token: str, password: str) -> User:
    """With the link of an e-mail: every session ends. Raises `LinkOver`."""
    user = user_of_password_link(token)
    # Of two at once with the same link one finds the password that the link was made for.
    same = User.objects.filter(pk=user.pk, password=user.password)
    if not same.update(password=make_password(password)):
        raise LinkOver
    user.refresh_from_db()
    # Whoever reads the mailbox is the owner, whatever strangers have tried meanwhile.
    forgive(Subject(LockOut.Kind.ACCOUNT, user.email))
    end_sessions_of(user)
    _tell_of_password(request, user, "password.reset")
    return user


@transaction.atomic
def change_password(request: HttpRequest, user: User, *, password: str) -> None:
    """By who is logged in: the other sessions end."""
    user.set_password(password)
    user.save(update_fields=["password"])
    update_session_auth_hash(request, user)
    end_sessions_of(user, but=request.session.session_key)
    _tell_of_password(request, user, "password.changed")


@transaction.atomic
def sign_up(request: HttpRequest, *, token: str, password: str, organization: str) -> User:
    """The account of the address that the link was sent to, with an organization. Raises `LinkOver`."""
    email = email_of_sign_up_link(token)
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, password)
    except IntegrityError as error:  # at the same moment, with the same link
        raise LinkOver from error
    create_organization(name=organization, owner=user)
    record_login_event("account.made", request=request, user=user, by="sign-up")
    return user


@transaction.atomic
def change_email(request: HttpRequest, *, token: str) -> User:
    """To that which the link was sent to. Raises `LinkOver`."""
    user, email = user_and_email_of_link(token)
    old = user.email
    try:
        with transaction.atomic():
            if not User.objects.filter(pk=user.pk, email=old).update(email=email):
                raise LinkOver
    except IntegrityError as error:
        raise LinkOver from error
    user.refresh_from_db()
    want_letter(Letter(kind=Kind.EMAIL_CHANGED, to=old, site=site_of(request)))
    record_login_event("email.changed", request=request, user=user, before=old)
    return user


def end_sessions_of(user: User, *, but: str | None = None) -> int:
    """How many. `but` is the key of the session that stays."""
    others = Session.objects.filter(user=user)
    if but is not None:
        others = others.exclude(pk=hash_of(but))
    return end_sessions(list(others.values_list("pk", flat=True)))


def address_subject(request: HttpRequest, kind: LockOut.Kind) -> Subject:
    return Subject(kind, customer_of(client_address(request)))


def _tell_of_password(request: HttpRequest, user: User, action: str, **details: Any) -> None:
    want_letter(Letter(kind=Kind.PASSWORD_CHANGED, to=user.email, site=site_of(request)))
    record_login_event(action, request=request, user=user, **details)
