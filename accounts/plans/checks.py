"""Plans that cannot be read: `manage.py check` names them before a request does."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.db import OperationalError, ProgrammingError

from accounts.models import Organization
from accounts.plans.reading import find_malformed_plans, load_plans


@checks.register("settings")
def check_plans(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    if settings.PLANS_DIR and not Path(settings.PLANS_DIR).is_dir():
        return [checks.Error(f"PLANS_DIR is not a folder: {settings.PLANS_DIR}", id="accounts.E001")]
    return list(_check_files())


def _check_files() -> Iterator[checks.CheckMessage]:
    malformed = find_malformed_plans()
    for slug, problem in malformed.items():
        yield checks.Error(f"The plan {slug} is malformed: {problem}", id="accounts.E002")
    if not malformed and settings.DEFAULT_PLAN not in load_plans():
        yield checks.Error(
            f"DEFAULT_PLAN is {settings.DEFAULT_PLAN!r}, and there is no such plan.",
            hint=f"There are: {', '.join(load_plans())}.",
            id="accounts.E003",
        )


@checks.register(checks.Tags.database)
def check_plans_in_use(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """With `manage.py check --database default`, and before a migration: then there may be no table yet."""
    if not kwargs.get("databases") or find_malformed_plans():
        return []
    try:
        used = Organization.objects.exclude(plan__in=["", *load_plans()])
        slugs = sorted(set(used.values_list("plan", flat=True)))
    except (OperationalError, ProgrammingError):
        return []
    return [
        checks.Error(f"Organizations have the plan {slug}, and there is none.", id="accounts.E004")
        for slug in slugs
    ]
