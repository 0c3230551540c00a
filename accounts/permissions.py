from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from django.core.exceptions import ImproperlyConfigured
from rest_framework import exceptions
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.models import ApiKey, Membership

if TYPE_CHECKING:  # the views' module imports this one, named in the settings
    from rest_framework.views import APIView


class HasScope(BasePermission):
    """The caller holds the scope that the view names in `required_scopes`.

    `required_scopes` is a scope for every method, or a dict from method to scope. A public view
    says so with `permission_classes = [AllowAny]`.
    """

    def has_permission(self, request: Request, view: "APIView") -> bool:
        required = _scope_for(str(request.method), view)
        caller = cast("ApiKey | Membership | None", request.auth)
        if caller is None:
            return False
        if required is not None and not caller.has_scope(required):
            raise exceptions.PermissionDenied(f"This needs the scope {required}.")
        return True


def _scope_for(method: str, view: "APIView") -> str | None:
    """`None` where any caller will do: OPTIONS, and methods that are answered with 405 anyway."""
    scopes: str | Mapping[str, str] | None = getattr(view, "required_scopes", None)
    if not scopes:
        raise ImproperlyConfigured(f"{type(view).__name__} names no required_scopes.")
    if method == "OPTIONS" or method not in view.allowed_methods:
        return None
    if isinstance(scopes, str):
        return scopes
    if method == "HEAD":
        method = "GET"
    if method not in scopes:
        raise ImproperlyConfigured(f"{type(view).__name__}.required_scopes misses {method}.")
    return scopes[method]
