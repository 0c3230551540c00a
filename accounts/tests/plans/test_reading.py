"""The plans of an installation, and that of an organization."""

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured, ValidationError
from pytest_django import Settings

from accounts.models import Organization
from accounts.plans.checks import check_plans, check_plans_in_use
from accounts.plans.reading import limits_of, load_plans, validate_overrides, validate_plan
from accounts.testing import make_organization
from accounts.tests.plans.test_parsing import PLAN


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.PLANS_DIR = str(tmp_path)
    return tmp_path


def test_the_plans_that_come_with_the_service_are_well_formed() -> None:
    plans = load_plans()
    assert list(plans) == ["business", "free", "team", "unlimited"]
    for slug, plan in plans.items():
        assert plan.plan == slug
    assert plans["unlimited"].money_per_month_microusd is None
    assert plans["unlimited"].rates == {}
    assert check_plans(None) == []


def test_an_organization_of_a_fresh_clone_has_no_limits() -> None:
    limits = limits_of(Organization(name="Acme"))
    assert (limits.plan, limits.requests_per_day, limits.tokens_per_month) == ("unlimited", None, None)


def test_the_default_is_that_of_the_settings(settings: Settings) -> None:
    settings.DEFAULT_PLAN = "free"
    assert limits_of(Organization()).plan == "free"
    assert limits_of(Organization(plan="team")).plan == "team"


def test_overrides_count_beside_the_plan() -> None:
    limits = limits_of(Organization(plan="free", plan_overrides={"keys": 7}))
    assert (limits.plan, limits.keys, limits.members) == ("free", 7, 3)


def test_an_installation_adds_plans_and_replaces_ours(folder: Path) -> None:
    (folder / "small.toml").write_text(PLAN)
    (folder / "free.toml").write_text(PLAN)
    assert list(load_plans()) == ["business", "free", "small", "team", "unlimited"]
    assert (load_plans()["small"].keys, load_plans()["free"].name) == (2, "Small")


def test_a_plan_that_is_gone_makes_nobody_unlimited() -> None:
    with pytest.raises(ImproperlyConfigured, match="no plan gold"):
        limits_of(Organization(plan="gold"))


@pytest.mark.parametrize(
    "text", [PLAN.replace("keys = 2", ""), "name =", PLAN.replace("members = 1", "members = -1")]
)
def test_a_malformed_plan_is_named_by_the_check_and_leaves_the_others(folder: Path, text: str) -> None:
    (folder / "broken.toml").write_text(text)
    [error] = check_plans(None)
    assert (error.id, "broken" in error.msg) == ("accounts.E002", True)
    assert limits_of(Organization(plan="free")).plan == "free"
    with pytest.raises(ImproperlyConfigured):
        limits_of(Organization(plan="broken"))


def test_a_folder_that_is_none_is_named(settings: Settings, tmp_path: Path) -> None:
    settings.PLANS_DIR = str(tmp_path / "missing")
    assert [error.id for error in check_plans(None)] == ["accounts.E001"]


def test_a_default_plan_that_is_none_is_named(settings: Settings) -> None:
    settings.DEFAULT_PLAN = "gold"
    assert [error.id for error in check_plans(None)] == ["accounts.E003"]


@pytest.mark.django_db
def test_a_plan_that_is_gone_and_in_use_is_named() -> None:
    Organization.objects.filter(pk=make_organization().pk).update(plan="gold")
    make_organization()
    assert [error.id for error in check_plans_in_use(None, databases=["default"])] == ["accounts.E004"]
    assert check_plans_in_use(None, databases=None) == []


def test_fields_are_validated() -> None:
    validate_plan("")
    validate_plan("team")
    validate_overrides({"keys": 1})
    with pytest.raises(ValidationError):
        validate_plan("gold")
    wrong: Any
    for wrong in ({"key": 1}, [], "x", {"keys": "many"}):
        with pytest.raises(ValidationError):
            validate_overrides(wrong)
