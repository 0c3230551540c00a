import re
from dataclasses import dataclass
from typing import ClassVar, cast

from django.contrib.auth.models import AnonymousUser
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.request import Request

from accounts.callers import Caller
from accounts.models import ApiKey, Membership, Organization, User
from accounts.services import authenticate_key
from codegen_site.errors import InvalidApiKey

# One space, then printable characters only; a key is 53 long.
BEARER = re.compile(r"Bearer ([\x21-\x7e]{1,200})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """`request.user` of a call with an API key: whoever holds the key. No person is meant."""

    api_key: ApiKey
    is_authenticated: ClassVar[bool] = True
    is_anonymous: ClassVar[bool] = False
    is_active: ClassVar[bool] = True
    is_staff: ClassVar[bool] = False

    @property
    def pk(self) -> str:
        return f"key:{self.api_key.prefix}"

    def __str__(self) -> str:
        return self.api_key.name


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer <key>`; `request.auth` is the `ApiKey`."""

    def authenticate(self, request: Request) -> tuple[KeyHolder, ApiKey] | None:
        header = request.headers.get("Authorization")
        if header is None:
            return None
        match = BEARER.fullmatch(header)
        if match is None:
            raise exceptions.AuthenticationFailed("Authorization must read: Bearer <key>.")
        try:
            api_key = authenticate_key(match[1])
        except InvalidApiKey as error:
            raise exceptions.AuthenticationFailed(error.message) from error
        _refuse_suspended(api_key.organization)
        return KeyHolder(api_key), api_key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class MemberSessionAuthentication(SessionAuthentication):
    """A logged-in member in the browsable API; `request.auth` is the `Membership`.

    `X-Organization: <slug>` chooses the organization; without it, the first that the user joined.
    """

    def authenticate(self, request: Request) -> tuple[User | AnonymousUser, Membership] | None:
        session = super().authenticate(request)
        if session is None:
            return None
        user = cast(User, session[0])
        membership = _membership_of(user, slug=request.headers.get("X-Organization"))
        _refuse_suspended(membership.organization)
        return user, membership


def organization_of(request: Request) -> Organization:
    """The organization for which an authenticated request acts."""
    return caller_of(request).organization


def caller_of(request: Request) -> Caller:
    """The key or the membership of an authenticated request."""
    return cast(Caller, request.auth)


def _membership_of(user: User, *, slug: str | None) -> Membership:
    memberships = user.memberships.select_related("organization")
    membership = memberships.filter(organization__slug=slug).first() if slug else memberships.first()
    if membership is None:
        raise exceptions.PermissionDenied(
            f"You are not a member of {'this' if slug else 'any'} organization."
        )
    return membership


def _refuse_suspended(organization: Organization) -> None:
    if organization.is_suspended:
        raise exceptions.PermissionDenied("This organization is suspended.")
