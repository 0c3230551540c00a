"""What the organization and the key of a request are limited to, applied to what it asks for."""

from django.conf import settings

from accounts.callers import Caller, is_test
from accounts.limits.sizes import check_prompt
from accounts.organizations.allowed import check_framework, check_model
from generation.frameworks import load_frameworks
from generation.pipeline.detect_framework import detect_framework
from generation.pipeline.records import GenerationRequest


def check_allowed(caller: Caller, request: GenerationRequest, *, prompt_field: str = "prompt") -> None:
    """Raises `NotAllowedHere`, or `ValidationException` for a prompt longer than the plan allows.

    A framework that is not named is the one that the worker will find.
    """
    check_prompt(request.prompt, organization=caller.organization, field=prompt_field)
    if not (is_test(caller) and request.model == settings.TEST_MODEL):
        check_model(caller, request.model)
    organization = caller.organization
    if organization.allowed_frameworks:
        slug = request.framework or detect_framework(request, load_frameworks()).slug
        check_framework(organization, slug, was_named=bool(request.framework))


def model_for(caller: Caller, wanted: str | None) -> str | None:
    """What a test key makes is made with the model that the installation has for that."""
    return settings.TEST_MODEL or wanted if is_test(caller) else wanted
