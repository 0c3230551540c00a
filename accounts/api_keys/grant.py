"""What somebody may put into a key: nothing that he may not do himself, and no way around his own limits.

Decisions without effects. Each raises `PermissionDenied` with the field that goes too far.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from accounts.client_address import parse_network
from accounts.models import ApiKey
from accounts.organizations.roles import scopes_within
from codegen_site.errors import PermissionDenied


def check_scopes_of_role(scopes: Iterable[str], *, role: str) -> None:
    beyond = sorted(set(scopes).difference(scopes_within(role)))
    if beyond:
        raise _refusal("scopes", f"The role {role} has no use of {', '.join(beyond)}.")


def check_within_key(wanted: ApiKey, *, maker: ApiKey) -> None:
    """A key makes, changes and rotates keys, but none that may more than itself."""
    if maker.requests_per_minute is not None or maker.monthly_budget_microusd is not None:
        raise PermissionDenied("A key with limits of its own makes no keys: they would be a way around them.")
    if maker.is_test and not wanted.is_test:
        raise _refusal("mode", "A test key makes test keys.")
    if beyond := sorted(set(wanted.scopes.split()).difference(maker.scopes.split())):
        raise _refusal("scopes", f"The key that makes it does not have {', '.join(beyond)}.")
    if not _ends_within(wanted.expires_at, maker.expires_at):
        raise _refusal("expires_at", "It would outlive the key that makes it.")
    if not _networks_within(wanted.allowed_networks, maker.allowed_networks):
        raise _refusal("allowed_networks", "They go beyond those of the key that makes it.")
    if not _models_within(wanted.allowed_models, maker.allowed_models):
        raise _refusal("allowed_models", "They go beyond those of the key that makes it.")


def _ends_within(wanted: datetime | None, limit: datetime | None) -> bool:
    return limit is None or (wanted is not None and wanted <= limit)


def _networks_within(wanted: Iterable[str], limits: Iterable[str]) -> bool:
    around = [parse_network(text) for text in limits]
    inside = [parse_network(text) for text in wanted]
    if not around:
        return True
    return bool(inside) and all(
        any(one.version == other.version and one.subnet_of(other) for other in around)  # type: ignore[arg-type]
        for one in inside
    )


def _models_within(wanted: Collection[str], limits: Collection[str]) -> bool:
    return not limits or (bool(wanted) and set(wanted) <= set(limits))


def _refusal(field: str, message: str) -> PermissionDenied:
    return PermissionDenied(message, details=[{"field": field, "message": message}])
