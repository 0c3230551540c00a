import pytest
from django.utils import timezone

from accounts.models import ApiKey, Membership, Role
from accounts.organizations.services import create_organization
from accounts.testing import make_cast, make_user

pytestmark = pytest.mark.django_db


def test_its_owner_becomes_its_first_member() -> None:
    alice = make_user("alice@example.org")
    organization = create_organization(name="Acme & Sons", owner=alice)
    assert organization.slug == "acme-sons"
    assert Membership.objects.get(user=alice, organization=organization).role == Role.OWNER


def test_it_needs_no_owner() -> None:
    assert create_organization(name="Acme", owner=None).memberships.count() == 0


@pytest.mark.parametrize("name", ["Acme", "東京", "x" * 100])
def test_the_same_name_twice_gives_two_slugs(name: str) -> None:
    slugs = {create_organization(name=name, owner=None).slug for _ in range(3)}
    assert len(slugs) == 3
    assert all(0 < len(slug) <= 60 for slug in slugs)


def test_it_is_suspended_from_the_moment_on_that_is_written() -> None:
    organization = create_organization(name="Acme", owner=None)
    assert not organization.is_suspended
    organization.suspended_at = timezone.now()
    assert organization.is_suspended


def test_rows_of_another_organization_are_out_of_reach() -> None:
    cast = make_cast()
    mine = ApiKey.objects.for_organization(cast.organization)
    assert [key.organization for key in mine] == [cast.organization]
    assert Membership.objects.for_organization(cast.organization).count() == 2
