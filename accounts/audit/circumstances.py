"""What goes on around an act: the request in which it happens, and who acts where nobody else is named."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import structlog
from django.http import HttpRequest

from accounts.actor import OPERATOR, Actor, actor_for, nobody, operator, person
from accounts.client_address import client_address
from accounts.models import ApiKey, Membership, User

USER_AGENT_CHARS = 200

_request: ContextVar[HttpRequest | None] = ContextVar("audited_request", default=None)
_actor: ContextVar[Actor | None] = ContextVar("acting_actor", default=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Circumstances:
    """Empty where something happens by itself."""

    address: str = ""
    user_agent: str = ""
    request_id: str = ""


def note_request(request: HttpRequest | None) -> None:
    """Whatever is done from now on in this context is done for this request; None: for none any more."""
    _request.set(request)


@contextmanager
def acting_as(actor: Actor) -> Iterator[None]:
    """As long as the block lasts, what nobody is named for is done by `actor`."""
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)


def current_circumstances() -> Circumstances:
    request = _request.get()
    if request is None:
        return Circumstances(request_id=str(structlog.contextvars.get_contextvars().get("request_id", "")))
    return Circumstances(
        address=str(client_address(request) or ""),
        user_agent=request.headers.get("User-Agent", "")[:USER_AGENT_CHARS],
        request_id=getattr(request, "request_id", ""),
    )


def current_actor() -> Actor:
    """Who calls the API, is logged in to the admin or to the site, or else the system."""
    request, chosen = _request.get(), _actor.get()
    if chosen is not None:
        return chosen
    if request is None:
        return OPERATOR
    caller = getattr(request, "auth", None)
    if isinstance(caller, ApiKey | Membership):
        return actor_for(caller)
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return nobody("")
    return operator(user) if _is_in_admin(request) else person(user)


def _is_in_admin(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and "admin" in match.app_names
