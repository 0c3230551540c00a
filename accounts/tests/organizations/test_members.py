"""Who belongs to an organization, and that it always has an owner."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.actor import Actor, actor_for
from accounts.api_keys.authenticate import authenticate_key
from accounts.models import AuditEntry, Invitation, Membership, Organization, Role, User
from accounts.organizations.invitations import invite
from accounts.organizations.members import (
    change_role,
    leave_organization,
    remove_member,
    transfer_ownership,
)
from accounts.testing import Cast, make_cast, make_key, make_member, make_user
from codegen_site.errors import Conflict, InvalidApiKey, LastOwner, NotFound, PermissionDenied

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def place(user: User, organization: Organization | None = None) -> Membership:
    memberships = user.memberships.select_related("organization", "user")
    return memberships.get(organization=organization) if organization else memberships.get()


def actor(user: User) -> Actor:
    return actor_for(place(user))


def role_of(user: User) -> str:
    return place(user).role


def test_an_owner_gives_somebody_another_role(cast: Cast) -> None:
    change_role(membership=place(cast.bob), role=Role.ADMIN, by=actor(cast.alice))
    assert role_of(cast.bob) == Role.ADMIN
    entry = AuditEntry.objects.get(action="member.role_changed")
    assert (entry.actor, entry.details) == ("alice@example.org", {"member": "bob@example.org"})
    assert (entry.before, entry.after) == ({"role": "developer"}, {"role": "admin"})


@pytest.mark.parametrize(
    ("by", "of", "to", "is_allowed"),
    [
        (Role.ADMIN, Role.DEVELOPER, Role.VIEWER, True),
        (Role.ADMIN, Role.ADMIN, Role.DEVELOPER, True),
        (Role.ADMIN, Role.DEVELOPER, Role.ADMIN, True),
        (Role.ADMIN, Role.DEVELOPER, Role.OWNER, False),
        (Role.ADMIN, Role.OWNER, Role.ADMIN, False),
        (Role.ADMIN, Role.DEVELOPER, Role.BILLING, False),
        (Role.OWNER, Role.OWNER, Role.BILLING, True),
    ],
)
def test_nobody_gives_or_takes_away_more_than_he_has(
    cast: Cast, by: Role, of: Role, to: Role, is_allowed: bool
) -> None:
    somebody, other = make_member(cast.organization, role=by), make_member(cast.organization, role=of)
    if is_allowed:
        change_role(membership=place(other), role=to, by=actor(somebody))
    else:
        with pytest.raises(PermissionDenied):
            change_role(membership=place(other), role=to, by=actor(somebody))
    assert role_of(other) == (to if is_allowed else of)


def test_a_member_is_removed_with_his_keys(cast: Cast) -> None:
    _api_key, text = make_key(cast.organization, owner=cast.bob)
    elsewhere, other_text = make_key(cast.other_organization, owner=cast.charlie)
    remove_member(membership=place(cast.bob), by=actor(cast.alice))
    assert not cast.bob.memberships.exists()
    with pytest.raises(InvalidApiKey):
        authenticate_key(text)
    # Also when he comes back.
    Membership.objects.create(user=cast.bob, organization=cast.organization)
    with pytest.raises(InvalidApiKey):
        authenticate_key(text)
    assert authenticate_key(other_text) == elsewhere


def test_an_admin_does_not_remove_an_owner(cast: Cast) -> None:
    admin = make_member(cast.organization, role=Role.ADMIN)
    with pytest.raises(PermissionDenied):
        remove_member(membership=place(cast.alice), by=actor(admin))


def test_a_member_leaves(cast: Cast) -> None:
    leave_organization(membership=place(cast.bob), by=actor(cast.bob))
    assert not cast.bob.memberships.exists()


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda m, by: leave_organization(membership=m, by=by), id="leave"),
        pytest.param(lambda m, by: remove_member(membership=m, by=by), id="be removed"),
        pytest.param(lambda m, by: change_role(membership=m, role=Role.ADMIN, by=by), id="be demoted"),
    ],
)
def test_the_last_owner_cannot(cast: Cast, act: Callable[[Membership, Actor], object]) -> None:
    alice, by = place(cast.alice), actor(cast.alice)
    locked_out = make_member(cast.organization, role=Role.OWNER)
    locked_out.is_active = False
    locked_out.save()
    with pytest.raises(LastOwner):
        act(alice, by)
    assert role_of(cast.alice) == Role.OWNER
    make_member(cast.organization, role=Role.OWNER)
    act(alice, by)


def test_the_ownership_is_handed_over(cast: Cast) -> None:
    transfer_ownership(owner=place(cast.alice), to=place(cast.bob), by=actor(cast.alice))
    assert (role_of(cast.alice), role_of(cast.bob)) == (Role.ADMIN, Role.OWNER)


def test_it_is_handed_over_by_an_owner_to_another_member(cast: Cast) -> None:
    for owner, to in ((cast.bob, cast.alice), (cast.alice, cast.alice)):
        with pytest.raises(Conflict):
            transfer_ownership(owner=place(owner), to=place(to), by=actor(cast.alice))
    cast.bob.is_active = False
    cast.bob.save()
    with pytest.raises(Conflict):
        transfer_ownership(owner=place(cast.alice), to=place(cast.bob), by=actor(cast.alice))
    assert role_of(cast.alice) == Role.OWNER


def test_who_may_less_has_invited_nobody_to_more(cast: Cast) -> None:
    admin = make_member(cast.organization, role=Role.ADMIN)
    for role in (Role.ADMIN, Role.DEVELOPER):
        invite(
            organization=cast.organization,
            email=f"{role}@example.org",
            role=role,
            by=actor(admin),
            site="https://codegen.example",
        )
    change_role(membership=place(admin), role=Role.DEVELOPER, by=actor(cast.alice))
    assert [one.role for one in Invitation.objects.open()] == [Role.DEVELOPER]
    remove_member(membership=place(admin), by=actor(cast.alice))
    assert not Invitation.objects.open().exists()


@pytest.mark.django_db(transaction=True)
def test_of_owners_who_all_leave_at_once_one_stays() -> None:
    cast = make_cast()
    owners = [cast.alice, *(make_member(cast.organization, role=Role.OWNER) for _ in range(3))]
    everybody = [(place(owner), actor(owner)) for owner in owners]
    together = threading.Barrier(len(everybody))

    def leave(number: int) -> bool:
        membership, by = everybody[number]
        together.wait(10)
        try:
            if number % 2:
                leave_organization(membership=membership, by=by)
            else:
                change_role(membership=membership, role=Role.VIEWER, by=by)
        except LastOwner:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(everybody)) as threads:
        left = list(threads.map(leave, range(len(everybody))))
    assert sum(left) == len(everybody) - 1
    assert Membership.objects.for_organization(cast.organization).owners().count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_owners_who_demote_each_other_one_stays() -> None:
    cast = make_cast()
    other = make_member(cast.organization, role=Role.OWNER)
    pairs = [(place(other), actor(cast.alice)), (place(cast.alice), actor(other))]
    together = threading.Barrier(2)

    def demote(number: int) -> bool:
        membership, by = pairs[number]
        together.wait(10)
        try:
            remove_member(membership=membership, by=by)
        except (LastOwner, NotFound):
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=2) as threads:
        assert sum(threads.map(demote, range(2))) == 1
    assert Membership.objects.for_organization(cast.organization).owners().count() == 1


def test_who_has_left_is_not_found(cast: Cast) -> None:
    gone = place(cast.bob)
    leave_organization(membership=place(cast.bob), by=actor(cast.bob))
    with pytest.raises(NotFound):
        change_role(membership=gone, role=Role.VIEWER, by=actor(cast.alice))
    assert make_user()
