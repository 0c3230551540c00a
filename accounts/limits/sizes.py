"""How large a body and a prompt may be: by plan, and never more than the installation takes from anybody.

`codegen_site.body_limit` stops reading at what the installation takes, before anybody is known; what is
more than the plan of the caller allows is refused here, before it is parsed.
"""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from accounts.limits.metrics import SIZE_REFUSALS
from accounts.models import Organization
from accounts.plans.limits import tighter
from accounts.plans.reading import limits_of
from codegen_site.errors import RequestTooLarge, ValidationException


@dataclass(frozen=True, kw_only=True, slots=True)
class Sizes:
    max_body_bytes: int
    max_prompt_chars: int


def sizes_of(organization: Organization) -> Sizes:
    plan = limits_of(organization)
    return Sizes(
        max_body_bytes=tighter(plan.max_body_bytes, settings.MAX_BODY_BYTES),
        max_prompt_chars=tighter(plan.max_prompt_chars, settings.MAX_PROMPT_CHARS),
    )


def check_body(request: HttpRequest, *, organization: Organization) -> None:
    """Raises `RequestTooLarge`. A body whose length was not announced is none to DRF, and is never read."""
    most = sizes_of(organization).max_body_bytes
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if announced.isdigit() and float(announced) > most:
        SIZE_REFUSALS.labels("body").inc()
        raise RequestTooLarge(f"A request body may have at most {most:,} bytes.")


def check_prompt(prompt: str, *, organization: Organization, field: str = "prompt") -> None:
    """Raises `ValidationException`."""
    most = sizes_of(organization).max_prompt_chars
    if len(prompt) > most:
        SIZE_REFUSALS.labels("prompt").inc()
        message = f"At most {most:,} characters; this prompt has {len(prompt):,}."
        raise ValidationException(message, details=[{"field": field, "message": message}])
