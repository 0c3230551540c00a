"""Making, changing, rotating and revoking keys."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.actor import OPERATOR, Actor, actor_for
from accounts.api_keys import services
from accounts.api_keys.authenticate import authenticate_key
from accounts.api_keys.services import (
    create_api_key,
    revoke_api_key,
    revoke_api_keys,
    rotate_api_key,
    update_api_key,
)
from accounts.models import ApiKey, AuditEntry, Membership, Role
from accounts.organizations.members import remove_member
from accounts.organizations.roles import Permission
from accounts.scopes import Scope
from accounts.testing import make_key, make_member, make_organization, make_service_account
from codegen_site.errors import Conflict, InvalidApiKey, PermissionDenied, ValidationException

pytestmark = pytest.mark.django_db


def actor(api_key: ApiKey | None = None, *, role: Role = Role.OWNER) -> Actor:
    if api_key is None:
        return Actor(name="somebody", role=role)
    found = ApiKey.objects.find(api_key.prefix)
    assert found is not None
    return actor_for(found)


def refuses(text: str) -> bool:
    try:
        authenticate_key(text)
    except InvalidApiKey:
        return True
    return False


def test_a_new_key_opens_its_organization() -> None:
    organization = make_organization()
    api_key, text = create_api_key(organization=organization, name="laptop")
    found = authenticate_key(text)
    assert (found, found.organization) == (api_key, organization)


def test_its_text_is_kept_nowhere() -> None:
    api_key, text = make_key()
    secret = text.rsplit("_", 1)[1]
    row = ApiKey.objects.filter(pk=api_key.pk).values().get()
    assert not [name for name, value in row.items() if secret[:32] in str(value)]
    assert secret[:32].encode() not in bytes(row["digest"])
    assert secret[:32] not in str(list(AuditEntry.objects.values()))


def test_it_has_the_scopes_it_was_given() -> None:
    api_key, _text = make_key(scopes=["jobs", "read", "read"])
    assert api_key.scopes == "read jobs"
    assert api_key.has_scope(Scope.READ)
    assert api_key.may(Permission.GENERATION_READ)
    assert not api_key.may(Permission.GENERATION_CREATE)


@pytest.mark.parametrize("scopes", [["read", "everything"], [""], ["read jobs"], []])
def test_other_scopes_are_refused(scopes: list[str]) -> None:
    with pytest.raises(ValidationException) as refused:
        make_key(scopes=scopes)
    assert refused.value.details[0]["field"] == "scopes"
    assert not ApiKey.objects.exists()


def test_networks_are_kept_in_their_one_spelling() -> None:
    api_key, _text = make_key(allowed_networks=["2001:DB8::/32", "::ffff:10.0.0.0/104", "10.0.0.0/8"])
    assert api_key.allowed_networks == ["10.0.0.0/8", "2001:db8::/32"]
    with pytest.raises(ValidationException) as refused:
        make_key(allowed_networks=["10.0.0.1/8"])
    assert refused.value.details[0]["field"] == "allowed_networks"


def test_a_key_can_use_no_scope_that_its_owner_has_no_use_of() -> None:
    organization = make_organization()
    viewer = make_member(organization, role=Role.VIEWER)
    make_key(organization, owner=viewer, scopes=[Scope.READ])
    with pytest.raises(PermissionDenied, match="generate") as refused:
        make_key(organization, owner=viewer, scopes=[Scope.READ, Scope.GENERATE])
    assert refused.value.details[0]["field"] == "scopes"


def test_a_key_needs_an_owner_who_is_a_member() -> None:
    with pytest.raises(PermissionDenied):
        make_key(make_organization(), owner=make_member(make_organization()))


def test_nobody_makes_keys_that_act_as_more_than_himself() -> None:
    organization = make_organization()
    account = make_service_account(organization, role=Role.ADMIN)
    with pytest.raises(PermissionDenied, match="admin"):
        create_api_key(organization=organization, name="x", owner=account, by=actor(role=Role.DEVELOPER))
    create_api_key(organization=organization, name="x", owner=account, by=actor(role=Role.ADMIN))


def test_there_are_only_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MAX_USABLE_KEYS", 2)
    organization = make_organization()
    first, _text = make_key(organization)
    make_key(organization)
    with pytest.raises(Conflict):
        make_key(organization)
    revoke_api_key(api_key=first)
    make_key(organization)


def test_what_is_given_is_changed() -> None:
    api_key, text = make_key(description="before")
    update_api_key(api_key=api_key, scopes=["read"], description="after")
    found = authenticate_key(text)
    assert (found.scopes, found.description, found.name) == ("read", "after", api_key.name)
    entry = AuditEntry.objects.get(action="api_key.changed")
    assert entry.before == {"description": "before", "scopes": "generate read jobs batches"}
    assert entry.after == {"description": "after", "scopes": "read"}


def test_a_change_gives_a_key_no_more_than_its_owner_may() -> None:
    organization = make_organization()
    api_key, _text = make_key(
        organization, owner=make_member(organization, role=Role.VIEWER), scopes=["read"]
    )
    with pytest.raises(PermissionDenied):
        update_api_key(api_key=api_key, scopes=["read", "generate"])


def test_a_key_that_is_over_is_neither_changed_nor_rotated() -> None:
    revoked, expired = make_key()[0], make_key(expires_at=timezone.now())[0]
    revoke_api_key(api_key=revoked)
    for api_key in (revoked, expired):
        with pytest.raises(Conflict):
            update_api_key(api_key=api_key, name="x")
        with pytest.raises(Conflict):
            rotate_api_key(api_key=api_key)


def test_a_revoked_key_is_refused() -> None:
    api_key, text = make_key()
    assert not refuses(text)
    revoke_api_key(api_key=api_key)
    assert api_key.revoked_at
    assert refuses(text)


def test_revoking_twice_keeps_the_first_time() -> None:
    api_key, _text = make_key()
    revoke_api_key(api_key=api_key)
    first = api_key.revoked_at
    revoke_api_key(api_key=api_key)
    assert api_key.revoked_at == first
    assert AuditEntry.objects.filter(action="api_key.revoked").count() == 1


def test_many_are_revoked_together() -> None:
    organization = make_organization()
    texts = [make_key(organization)[1] for _ in range(3)]
    assert not any(refuses(text) for text in texts)
    assert revoke_api_keys(ApiKey.objects.for_organization(organization)) == 3
    assert all(refuses(text) for text in texts)
    assert revoke_api_keys(ApiKey.objects.for_organization(organization)) == 0


def test_both_keys_work_while_they_overlap() -> None:
    api_key, text = make_key(
        scopes=["read"], allowed_models=["a"], requests_per_minute=7, description="CI", mode="test"
    )
    new, new_text = rotate_api_key(api_key=api_key, overlap=timedelta(hours=1))
    assert new_text.startswith("cg_test_")
    assert new_text != text
    assert not refuses(text)
    assert authenticate_key(new_text) == new
    for name in ("scopes", "allowed_models", "requests_per_minute", "description", "name", "organization_id"):
        assert getattr(new, name) == getattr(api_key, name)
    old = ApiKey.objects.get(pk=api_key.pk)
    assert old.replaced_by == new
    assert old.expires_at is not None
    assert abs(old.expires_at - timezone.now() - timedelta(hours=1)) < timedelta(minutes=1)
    assert ApiKey.objects.get(pk=new.pk).expires_at is None
    ApiKey.objects.filter(pk=old.pk).update(expires_at=timezone.now())
    old.refresh_from_db()
    old.save()
    assert refuses(text)
    assert not refuses(new_text)


def test_without_an_overlap_the_old_key_ends_at_once() -> None:
    api_key, text = make_key()
    _new, new_text = rotate_api_key(api_key=api_key, overlap=timedelta(0))
    assert refuses(text)
    assert not refuses(new_text)


def test_an_overlap_does_not_make_a_key_live_longer() -> None:
    soon = timezone.now() + timedelta(minutes=5)
    api_key, _text = make_key(expires_at=soon)
    rotate_api_key(api_key=api_key, overlap=timedelta(days=1))
    assert ApiKey.objects.get(pk=api_key.pk).expires_at == soon


def test_who_lost_the_answer_rotates_again() -> None:
    api_key, text = make_key()
    _lost, lost_text = rotate_api_key(api_key=api_key)
    _new, new_text = rotate_api_key(api_key=api_key)
    assert [refuses(one) for one in (text, lost_text, new_text)] == [False, True, False]


def test_a_key_whose_successor_is_in_use_is_not_rotated() -> None:
    api_key, _text = make_key()
    _new, new_text = rotate_api_key(api_key=api_key)
    authenticate_key(new_text)
    with pytest.raises(Conflict):
        rotate_api_key(api_key=api_key)


def test_a_key_that_makes_keys_makes_none_that_may_more() -> None:
    organization = make_organization()
    maker, _text = make_key(organization, scopes=["read", "admin"])
    by = actor(maker)
    create_api_key(organization=organization, name="x", scopes=["read"], by=by)
    with pytest.raises(PermissionDenied):
        create_api_key(organization=organization, name="x", scopes=["read", "generate"], by=by)
    wide, _text = make_key(organization, scopes=list(Scope))
    for change in (lambda: update_api_key(api_key=wide, name="x", by=by), lambda: rotate(wide, by)):
        with pytest.raises(PermissionDenied):
            change()


def rotate(api_key: ApiKey, by: Actor) -> Any:
    return rotate_api_key(api_key=api_key, by=by)


def test_the_keys_of_a_service_account_outlive_who_made_it() -> None:
    organization = make_organization()
    admin = make_member(organization, role=Role.ADMIN)
    account = make_service_account(organization)
    by = actor_for(Membership.objects.get(user=admin))
    _api_key, text = create_api_key(organization=organization, name="x", owner=account, by=by)
    admin.delete()
    assert not refuses(text)


@pytest.mark.django_db(transaction=True)
def test_who_rotates_a_key_and_who_removes_its_owner_do_not_wait_for_each_other() -> None:
    organization = make_organization(owner=make_member(make_organization()))
    for _ in range(5):
        member = Membership.objects.get(user=make_member(organization), organization=organization)
        api_key, text = make_key(organization, owner=member.user)
        together = threading.Barrier(2)

        def act(number: int, member: Membership = member, api_key: ApiKey = api_key) -> str:
            together.wait(10)  # noqa: B023 - it is done before there is another one
            try:
                if number:
                    remove_member(membership=member, by=OPERATOR)
                    return ""
                return rotate_api_key(api_key=api_key)[1]
            except (Conflict, PermissionDenied):
                return ""
            finally:
                connection.close()

        with ThreadPoolExecutor(max_workers=2) as threads:
            [successor, _] = threads.map(act, range(2))
        assert refuses(text)
        assert not successor or refuses(successor)
