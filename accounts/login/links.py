"""Links in e-mails: signed, for a while, and once, since what they change is part of what was signed.

The token stands in the fragment of the address: no server and no log gets to see it.
"""

import time
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.crypto import salted_hmac

from accounts.models import User
from codegen_site.errors import ValidationException

LONGEST_TOKEN = 1_000


class Purpose(StrEnum):
    """Also what the token is called by: `cg_reset_…` is known to the log's filter."""

    PASSWORD = "reset"  # noqa: S105 - the name of a purpose
    SIGN_UP = "signup"
    EMAIL = "email"


PAGES = {
    Purpose.PASSWORD: "password-new",
    Purpose.SIGN_UP: "sign-up-finish",
    Purpose.EMAIL: "email-confirm",
}


class LinkOver(ValidationException):
    """The link was used, is too old, or is none of ours."""

    message = "This link was used already, or it is too old. Ask for a new one."


def password_link(user: User, *, site: str, lasts_s: int) -> str:
    return _link(Purpose.PASSWORD, {"u": user.pk, "s": _state_of(user)}, site=site, lasts_s=lasts_s)


def sign_up_link(email: str, *, site: str) -> str:
    return _link(Purpose.SIGN_UP, {"e": email}, site=site, lasts_s=settings.EMAIL_LINK_S)


def email_link(user: User, email: str, *, site: str) -> str:
    claims = {"u": user.pk, "e": email, "s": _state_of(user)}
    return _link(Purpose.EMAIL, claims, site=site, lasts_s=settings.EMAIL_LINK_S)


def user_of_password_link(token: str) -> User:
    """Raises `LinkOver`."""
    return _user_of(_read(Purpose.PASSWORD, token))


def email_of_sign_up_link(token: str) -> str:
    """Of nobody's account yet. Raises `LinkOver`."""
    email = str(_read(Purpose.SIGN_UP, token)["e"])
    if User.objects.filter(email=email).exists():
        raise LinkOver
    return email


def user_and_email_of_link(token: str) -> tuple[User, str]:
    """Raises `LinkOver`."""
    claims = _read(Purpose.EMAIL, token)
    return _user_of(claims), str(claims["e"])


def _link(purpose: Purpose, claims: dict[str, Any], *, site: str, lasts_s: int) -> str:
    claims |= {"until": int(time.time()) + lasts_s}
    token = f"cg_{purpose}_{signing.dumps(claims, salt=_salt(purpose))}"
    return f"{site}{reverse(PAGES[purpose])}#{token}"


def _read(purpose: Purpose, token: str) -> dict[str, Any]:
    prefix = f"cg_{purpose}_"
    token = token.strip()
    if not token.startswith(prefix) or len(token) > LONGEST_TOKEN:
        raise LinkOver
    try:
        claims: dict[str, Any] = signing.loads(token.removeprefix(prefix), salt=_salt(purpose))
    except signing.BadSignature as error:
        raise LinkOver from error
    if claims["until"] < time.time():
        raise LinkOver
    return claims


def _user_of(claims: dict[str, Any]) -> User:
    user = User.objects.filter(pk=claims["u"], is_active=True).first()
    if user is None or claims["s"] != _state_of(user):
        raise LinkOver
    return user


def _state_of(user: User) -> str:
    """Another one after a login, a new password or a new address."""
    text = f"{user.pk} {user.email} {user.password} {user.last_login}"
    return salted_hmac("accounts.login.links", text, algorithm="sha256").hexdigest()[:32]


def _salt(purpose: Purpose) -> str:
    return f"accounts.login.{purpose}"
