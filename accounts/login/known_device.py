"""A cookie that tells a browser in which somebody has logged in before from those of strangers."""

import hashlib
import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

from accounts.login.guard import Subject
from accounts.models import LockOut

COOKIE = "known_device"
SALT = "accounts.login.known_device"
LIFETIME_S = 180 * 86_400


def account_subject(request: HttpRequest, email: str) -> Subject:
    """For whom attempts at this account are counted: this device, or all strangers together."""
    email = email.lower()
    device = _device_of(request, email)
    return Subject(LockOut.Kind.DEVICE, device) if device else Subject(LockOut.Kind.ACCOUNT, email)


def remember_device(request: HttpRequest, response: HttpResponseBase, email: str) -> None:
    device = _device_of(request, email.lower()) or secrets.token_urlsafe(16)
    response.set_cookie(
        COOKIE,
        signing.dumps([_name_of(email.lower()), device], salt=SALT),
        max_age=LIFETIME_S,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _device_of(request: HttpRequest, email: str) -> str | None:
    try:
        account, device = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LIFETIME_S)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return str(device) if account == _name_of(email) else None


def _name_of(email: str) -> str:
    return hashlib.sha256(email.encode()).hexdigest()[:32]
