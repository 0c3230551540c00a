import pytest

from accounts.actor import OPERATOR, Actor
from accounts.api_keys.authenticate import authenticate_key
from accounts.models import AuditEntry, Role, ServiceAccount
from accounts.organizations import service_accounts
from accounts.organizations.service_accounts import (
    create_service_account,
    remove_service_account,
    update_service_account,
)
from accounts.testing import make_key, make_organization
from codegen_site.errors import Conflict, InvalidApiKey, PermissionDenied

pytestmark = pytest.mark.django_db

DEVELOPER = Actor(name="somebody", role=Role.DEVELOPER)


def test_it_is_made_changed_and_removed_with_its_keys() -> None:
    organization = make_organization()
    account = create_service_account(organization=organization, name="CI", by=OPERATOR)
    _api_key, text = make_key(organization, owner=account)
    changed = update_service_account(account=account, role=Role.VIEWER, by=OPERATOR)
    assert (changed.name, authenticate_key(text).role) == ("CI", Role.VIEWER)
    remove_service_account(account=account, by=OPERATOR)
    with pytest.raises(InvalidApiKey):
        authenticate_key(text)
    assert not ServiceAccount.objects.present().exists()
    remove_service_account(account=account, by=OPERATOR)
    assert AuditEntry.objects.filter(action="service_account.removed").count() == 1


def test_a_name_is_taken_once_and_free_again_afterwards() -> None:
    organization = make_organization()
    account = create_service_account(organization=organization, name="CI", by=OPERATOR)
    create_service_account(organization=make_organization(), name="CI", by=OPERATOR)
    with pytest.raises(Conflict, match="CI"):
        create_service_account(organization=organization, name="CI", by=OPERATOR)
    remove_service_account(account=account, by=OPERATOR)
    create_service_account(organization=organization, name="CI", by=OPERATOR)


def test_nobody_has_a_say_over_one_that_may_more_than_himself() -> None:
    organization = make_organization()
    admin = create_service_account(organization=organization, name="a", role=Role.ADMIN, by=OPERATOR)
    own = create_service_account(organization=organization, name="b", by=DEVELOPER)
    with pytest.raises(PermissionDenied):
        create_service_account(organization=organization, name="c", role=Role.ADMIN, by=DEVELOPER)
    with pytest.raises(PermissionDenied):
        update_service_account(account=own, role=Role.ADMIN, by=DEVELOPER)
    with pytest.raises(PermissionDenied):
        update_service_account(account=admin, name="mine", by=DEVELOPER)
    with pytest.raises(PermissionDenied):
        remove_service_account(account=admin, by=DEVELOPER)


def test_there_are_only_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_accounts, "MAX_SERVICE_ACCOUNTS", 1)
    organization = make_organization()
    create_service_account(organization=organization, name="a", by=OPERATOR)
    with pytest.raises(Conflict):
        create_service_account(organization=organization, name="b", by=OPERATOR)
