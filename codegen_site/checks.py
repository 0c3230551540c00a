"""What can be misdeployed: `manage.py check --deploy` names it before a user does."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks


@checks.register(checks.Tags.compatibility, deploy=True)
def check_deployment(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    return [*_check_database(), *_check_services()]


def _check_database() -> Iterator[checks.CheckMessage]:
    if settings.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
        yield checks.Warning(
            "The database is SQLite: one machine, one file.",
            hint="Set DATABASE_URL to a PostgreSQL.",
            id="codegen_site.W001",
        )


def _check_services() -> Iterator[checks.CheckMessage]:
    if not settings.REDIS_URL:
        yield checks.Warning(
            "REDIS_URL is not set: no answer is known twice, none is joined, rates are counted per process.",
            id="codegen_site.W002",
        )
    if not settings.LLM_API_KEY:
        yield checks.Warning(
            "LLM_API_KEY is not set: the proxy would have to serve anybody.",
            hint="Set it to the proxy's LITELLM_MASTER_KEY, or to a key made by it.",
            id="codegen_site.W003",
        )
    if settings.EMAIL_BACKEND != "django.core.mail.backends.smtp.EmailBackend":
        yield checks.Warning(
            "EMAIL_URL is not set: who forgets a password gets no link.",
            hint="Set it to the mail server: smtp+tls://user:password@host:587.",
            id="codegen_site.W004",
        )
    if not settings.SITE_URL:
        yield checks.Warning(
            "SITE_URL is not set: links in e-mails lead to the host that a request names.",
            hint="Set it to the address of this installation: https://codegen.example.",
            id="codegen_site.W005",
        )
    if not settings.DEFAULT_MODEL:
        yield checks.Error("DEFAULT_MODEL is empty.", id="codegen_site.E001")
    if settings.PROMPTS_FROM_LANGFUSE and not (settings.LANGFUSE_PUBLIC_KEY and settings.LANGFUSE_SECRET_KEY):
        yield checks.Error(
            "PROMPTS_FROM_LANGFUSE is set, and a key of Langfuse is not.",
            hint="Set LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY.",
            id="codegen_site.E002",
        )
