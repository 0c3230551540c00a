"""What an organization, or a key of it, is limited to. An empty list allows everything."""

from accounts.models import ApiKey, Feature, Membership, Organization
from codegen_site.errors import NotAllowedHere

Caller = ApiKey | Membership


def model_lists(caller: Caller) -> tuple[list[str], ...]:
    """A model has to be in each of them that is not empty."""
    own = caller.allowed_models if isinstance(caller, ApiKey) else []
    return caller.organization.allowed_models, own


def is_model_allowed(caller: Caller, model: str) -> bool:
    return all(not allowed or model in allowed for allowed in model_lists(caller))


def is_framework_allowed(organization: Organization, slug: str) -> bool:
    return not organization.allowed_frameworks or slug in organization.allowed_frameworks


def check_model(caller: Caller, model: str) -> None:
    """Raises `NotAllowedHere`, with the list."""
    for allowed in model_lists(caller):
        if allowed and model not in allowed:
            raise _refusal("model", f"The model {model} is not allowed here.", "allowed_models", allowed)


def check_framework(organization: Organization, slug: str, *, was_named: bool) -> None:
    """Raises `NotAllowedHere`, with the list."""
    if is_framework_allowed(organization, slug):
        return
    message = (
        f"The framework {slug} is not allowed here."
        if was_named
        else f"The prompt would be built with {slug}, which is not allowed here: name a framework."
    )
    raise _refusal("framework", message, "allowed_frameworks", organization.allowed_frameworks)


def check_feature(organization: Organization, feature: Feature) -> None:
    """Raises `NotAllowedHere`, with the list."""
    if not organization.allows_feature(feature):
        message = f"The organization does not use {feature}."
        raise _refusal(str(feature), message, "allowed_features", organization.allowed_features)


def _refusal(field: str, message: str, list_name: str, allowed: list[str]) -> NotAllowedHere:
    detail = {"field": field, "message": f"{list_name}: {', '.join(sorted(allowed))}"}
    return NotAllowedHere(message, details=[detail])
