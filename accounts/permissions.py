from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from django.core.exceptions import ImproperlyConfigured
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.models import ApiKey, Feature, Membership
from accounts.organizations.allowed import check_feature
from accounts.organizations.roles import OF_SCOPE, RULES, Permission
from accounts.refusal import Refusal
from accounts.scopes import Scope
from codegen_site.errors import OrganizationSuspended, PermissionDenied

if TYPE_CHECKING:  # the views' module imports this one, named in the settings
    from rest_framework.views import APIView

Required = Scope | Permission


class HasScope(BasePermission):
    """The caller may do what the view names in `required_scopes`.

    `required_scopes` is a scope, or a permission where a scope is too coarse, for every method, or a dict
    from method to that. A public view says so with `permission_classes = [AllowAny]`. A view may name a
    feature that its methods need in `required_features`, and be open to the members of an organization
    that is suspended with `works_while_suspended`.
    """

    def has_permission(self, request: Request, view: "APIView") -> bool:
        caller = cast("ApiKey | Membership | None", request.auth)
        required = _required_for(str(request.method), view)
        if caller is None:
            return False
        try:
            _check_state(caller, view)
            if required is not None:
                _check(caller, required)
            features: Mapping[str, Feature] = getattr(view, "required_features", {})
            if feature := features.get(str(request.method)):
                check_feature(caller.organization, feature)
        except PermissionDenied as error:
            raise Refusal(error) from error
        return True


def _check_state(caller: ApiKey | Membership, view: "APIView") -> None:
    """Raises `OrganizationSuspended`."""
    is_open = getattr(view, "works_while_suspended", False) and isinstance(caller, Membership)
    if caller.organization.is_suspended and not is_open:
        raise OrganizationSuspended


def _check(caller: ApiKey | Membership, required: Required) -> None:
    """Raises `PermissionDenied`."""
    permission = OF_SCOPE[required] if isinstance(required, Scope) else required
    if caller.may(permission):
        return
    scope = RULES[permission].scope
    if isinstance(caller, ApiKey):
        if scope is None:
            raise PermissionDenied("No key may do this: it takes somebody who is logged in.")
        if not caller.has_scope(scope):
            raise PermissionDenied(f"This needs the scope {scope}.")
    raise PermissionDenied(f"The role {caller.role} has not the permission {permission}.")


def _required_for(method: str, view: "APIView") -> Required | None:
    """`None` where any caller will do: OPTIONS, and methods that are answered with 405 anyway."""
    required: Required | Mapping[str, Required] | None = getattr(view, "required_scopes", None)
    if not required:
        raise ImproperlyConfigured(f"{type(view).__name__} names no required_scopes.")
    if method == "OPTIONS" or method not in view.allowed_methods:
        return None
    if isinstance(required, str):
        return required
    if method == "HEAD":
        method = "GET"
    if method not in required:
        raise ImproperlyConfigured(f"{type(view).__name__}.required_scopes misses {method}.")
    return required[method]
