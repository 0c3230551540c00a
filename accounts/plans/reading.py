"""The plans of this installation: a TOML file for each, here and in the folder that `PLANS_DIR` names."""

import json
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError

from accounts.plans.limits import Limits
from accounts.plans.parsing import InvalidPlan, find_problems, merge, parse_plan

if TYPE_CHECKING:  # its fields are validated by this module
    from accounts.models import Organization

OWN_FOLDER = Path(__file__).parent


def plan_folders() -> tuple[Path, ...]:
    """A plan of a later folder takes the place of one with the same slug."""
    return (OWN_FOLDER, Path(settings.PLANS_DIR)) if settings.PLANS_DIR else (OWN_FOLDER,)


def load_plans() -> Mapping[str, Limits]:
    """By slug, in its order. Raises `ImproperlyConfigured`; `manage.py check` says it earlier."""
    sources = _read_folders(plan_folders())
    try:
        return MappingProxyType({slug: _parse(slug, text) for slug, text in sorted(sources.items())})
    except InvalidPlan as error:
        raise ImproperlyConfigured(f"A plan is malformed: {error}") from error


def find_malformed_plans() -> dict[str, str]:
    """What is wrong, by slug."""
    wrong: dict[str, str] = {}
    for slug, text in _read_folders(plan_folders()).items():
        try:
            _parse(slug, text)
        except InvalidPlan as error:
            wrong[slug] = str(error)
    return wrong


def limits_of(organization: "Organization") -> Limits:
    """Raises `ImproperlyConfigured` when its plan is gone: nobody becomes unlimited by that."""
    slug = organization.plan or settings.DEFAULT_PLAN
    text = _read_folders(plan_folders()).get(slug)
    if text is None:
        raise ImproperlyConfigured(f"There is no plan {slug}.")
    overrides = organization.plan_overrides
    try:
        return _parse(slug, text, json.dumps(overrides, sort_keys=True) if overrides else "")
    except InvalidPlan as error:
        raise ImproperlyConfigured(f"The plan {slug} of {organization.slug} is malformed: {error}") from error


def validate_plan(slug: str) -> None:
    """Of a field of a model; empty is the default one."""
    if slug and slug not in load_plans():
        raise ValidationError(f"There is no plan {slug}. There are: {', '.join(load_plans())}.")


def validate_overrides(overrides: Any) -> None:
    """Of a field of a model."""
    problems = find_problems(overrides) if isinstance(overrides, Mapping) else ["This must be an object."]
    if problems:
        raise ValidationError(problems)


@cache
def _read_folders(folders: tuple[Path, ...]) -> Mapping[str, str]:
    """The texts by slug: read once, since a plan is looked up with every request."""
    paths = [path for folder in folders for path in sorted(folder.glob("*.toml"))]
    return MappingProxyType({path.stem: path.read_text(encoding="utf-8") for path in paths})


@lru_cache(maxsize=1024)
def _parse(slug: str, text: str, overrides: str = "") -> Limits:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidPlan([f"It is not TOML: {error}."]) from error
    limits = parse_plan(slug, data)
    return parse_plan(slug, merge(data, json.loads(overrides))) if overrides else limits
