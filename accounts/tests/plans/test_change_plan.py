"""Another plan holds from the next request on, and everybody who has to know is told."""

from typing import Any

import pytest
from django.test import Client

from accounts.actor import operator
from accounts.ledger.stored_bytes import change_stored_bytes
from accounts.ledger.testing import hold
from accounts.models import AuditEntry, Balance, Organization, StoredBytes
from accounts.organizations.services import create_organization
from accounts.plans.reading import limits_of
from accounts.plans.services import change_plan
from accounts.signals import plan_changed
from accounts.testing import make_organization, make_user
from codegen_site.errors import ValidationException

pytestmark = pytest.mark.django_db


@pytest.fixture
def told() -> Any:
    heard: list[Organization] = []

    def hear(organization: Organization, **kwargs: Any) -> None:
        heard.append(organization)

    plan_changed.connect(hear)
    yield heard
    plan_changed.disconnect(hear)


def test_it_is_stored_audited_and_told(told: list[Organization]) -> None:
    organization = make_organization()
    told.clear()
    by = operator(make_user("operator@example.org", is_staff=True))
    change_plan(organization=organization, plan="free", overrides={"keys": 9}, by=by)
    stored = Organization.objects.get(pk=organization.pk)
    assert (limits_of(stored).plan, limits_of(stored).keys) == ("free", 9)
    assert told == [organization]
    entry = AuditEntry.objects.get(action="organization.plan_changed")
    assert entry.actor == "operator@example.org"
    assert entry.before == {"plan": "", "plan_overrides": {}}
    assert entry.after == {"plan": "free", "plan_overrides": {"keys": 9}}


def test_what_is_not_given_stays() -> None:
    organization = make_organization()
    change_plan(organization=organization, plan="free", overrides={"keys": 9})
    change_plan(organization=organization, plan="team")
    assert (organization.plan, organization.plan_overrides) == ("team", {"keys": 9})


@pytest.mark.parametrize(
    ("change", "field"), [({"plan": "gold"}, "plan"), ({"overrides": {"key": 1}}, "plan_overrides")]
)
def test_what_is_malformed_is_refused(change: dict[str, Any], field: str, told: list[Organization]) -> None:
    organization = make_organization()
    told.clear()
    with pytest.raises(ValidationException) as refused:
        change_plan(organization=organization, **change)
    assert [detail["field"] for detail in refused.value.details] == [field]
    assert (organization.plan, organization.plan_overrides, told) == ("", {}, [])


def test_a_new_organization_is_told_of_too(told: list[Organization]) -> None:
    organization = create_organization(name="New")
    assert told == [organization]


def test_the_thresholds_are_those_of_the_new_plan_at_once() -> None:
    organization = make_organization()
    hold(organization, 5)
    change_stored_bytes(organization_id=organization.pk, by=5)
    change_plan(organization=organization, plan="free")
    balance = Balance.objects.get()
    assert (balance.limit_microusd, balance.limit_tokens, balance.limit_requests) == (
        2_000_000,
        1_000_000,
        50,
    )
    assert StoredBytes.objects.get().limit_bytes == 100_000_000


def test_the_admin_changes_it_by_the_same_service(client: Client, told: list[Organization]) -> None:
    organization = make_organization("Acme")
    client.force_login(make_user("operator@example.org", is_staff=True))
    address = f"/admin/accounts/organization/{organization.pk}/change/"
    form = {
        "name": "Acme",
        "slug": organization.slug,
        "plan": "team",
        "plan_overrides": '{"members": 3}',
        "memberships-TOTAL_FORMS": "0",
        "memberships-INITIAL_FORMS": "0",
    }
    told.clear()
    assert client.post(address, form).status_code == 302
    assert (told, AuditEntry.objects.get(action="organization.plan_changed").actor) == (
        [organization],
        "operator@example.org",
    )
    assert limits_of(Organization.objects.get()).members == 3
    assert client.post(address, form | {"name": "Acme Ltd"}).status_code == 302
    assert (len(told), Organization.objects.get().name) == (1, "Acme Ltd")
    page = client.post(address, form | {"plan_overrides": '{"member": 3}'})
    assert "member is not known" in page.content.decode()


def test_the_admin_makes_organizations_with_a_plan(client: Client, told: list[Organization]) -> None:
    client.force_login(make_user(is_staff=True))
    form = {
        "name": "New",
        "slug": "new",
        "plan": "free",
        "plan_overrides": "{}",
        "memberships-TOTAL_FORMS": "0",
        "memberships-INITIAL_FORMS": "0",
    }
    assert client.get("/admin/accounts/organization/add/").status_code == 200
    assert client.post("/admin/accounts/organization/add/", form).status_code == 302
    assert (Organization.objects.get().plan, len(told)) == ("free", 1)


def test_the_admin_shows_all_plans(client: Client) -> None:
    client.force_login(make_user(is_staff=True))
    page = client.get("/admin/accounts/organization/plans/").content.decode()
    for text in ("Free (free)", "Unlimited (unlimited)", "generate / key", "5, and 0.1/s", "100,000,000,000"):
        assert text in page
    assert (
        "/admin/accounts/organization/plans/" in client.get("/admin/accounts/organization/").content.decode()
    )
