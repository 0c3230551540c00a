"""Invitations: sent, accepted once, and good for nobody else."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.actor import OPERATOR
from accounts.mail import Mail
from accounts.models import Invitation, Membership, Role, User
from accounts.organizations import invitations
from accounts.organizations.invitations import (
    accept_invitation,
    invite,
    resend_invitation,
    revoke_invitation,
)
from accounts.testing import Cast, make_cast, make_user, written_mails
from codegen_site.errors import (
    AppException,
    Conflict,
    InvitationOver,
    NotAuthenticated,
    NotFound,
    OrganizationSuspended,
    PermissionDenied,
    RateLimitException,
    ValidationException,
)

pytestmark = pytest.mark.django_db

SITE = "https://codegen.example"
PASSWORD = "a long one for erin"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def mails() -> Iterator[list[Mail]]:
    with written_mails() as mails:
        yield mails


def invited(cast: Cast, email: str = "erin@example.org", role: Role = Role.DEVELOPER) -> Invitation:
    return invite(organization=cast.organization, email=email, role=role, by=OPERATOR, site=SITE)


def token_in(mail: Mail) -> str:
    [link] = [line for line in mail.text.splitlines() if line.startswith(SITE)]
    page, token = link.split("#")
    assert page == f"{SITE}/invitation"
    return token


def test_a_link_is_sent_and_only_its_hash_is_kept(cast: Cast, mails: list[Mail]) -> None:
    invitation = invited(cast)
    [mail] = mails
    assert (mail.to, mail.subject) == ("erin@example.org", "Join Acme")
    assert "developer" in mail.text
    token = token_in(mail)
    assert len(token) > 40
    row = Invitation.objects.filter(pk=invitation.pk).values().get()
    assert token not in str(row)


def test_who_has_no_account_gets_one(cast: Cast, mails: list[Mail]) -> None:
    invited(cast, role=Role.VIEWER)
    membership = accept_invitation(token=token_in(mails[0]), user=None, password=PASSWORD)
    erin = User.objects.get(email="erin@example.org")
    assert (membership.user, membership.organization, membership.role) == (erin, cast.organization, "viewer")
    assert erin.check_password(PASSWORD)
    assert not erin.is_staff


def test_who_is_logged_in_joins(cast: Cast, mails: list[Mail]) -> None:
    invited(cast, email="Charlie@Example.org")
    membership = accept_invitation(token=token_in(mails[0]), user=cast.charlie)
    assert membership.user == cast.charlie
    assert Invitation.objects.get().status == Invitation.Status.ACCEPTED
    # His click came twice.
    assert accept_invitation(token=token_in(mails[0]), user=cast.charlie) == membership


def test_it_is_for_nobody_else(cast: Cast, mails: list[Mail]) -> None:
    invited(cast)
    with pytest.raises(PermissionDenied):
        accept_invitation(token=token_in(mails[0]), user=cast.charlie)
    assert not Membership.objects.filter(user=cast.charlie, organization=cast.organization).exists()


def test_who_has_an_account_logs_in_first(cast: Cast, mails: list[Mail]) -> None:
    invited(cast, email="charlie@example.org")
    with pytest.raises(NotAuthenticated):
        accept_invitation(token=token_in(mails[0]), user=None, password=PASSWORD)
    assert Invitation.objects.open().exists()


@pytest.mark.parametrize("password", [None, "short", "1234567890123"])
def test_an_account_needs_a_password_that_is_none_of_the_usual(
    cast: Cast, mails: list[Mail], password: str | None
) -> None:
    invited(cast)
    with pytest.raises(ValidationException) as refused:
        accept_invitation(token=token_in(mails[0]), user=None, password=password)
    assert refused.value.details[0]["field"] == "password"
    assert not User.objects.filter(email="erin@example.org").exists()


def test_what_is_over_opens_nothing(cast: Cast, mails: list[Mail]) -> None:
    for email in ("a@example.org", "b@example.org", "c@example.org"):
        invited(cast, email=email)
    accepted, revoked, expired = (token_in(mail) for mail in mails)
    accept_invitation(token=accepted, user=None, password=PASSWORD)
    revoke_invitation(invitation=Invitation.objects.get(email="b@example.org"), by=OPERATOR)
    Invitation.objects.filter(email="c@example.org").update(expires_at=timezone.now())
    for token in (accepted, revoked, expired):
        with pytest.raises(InvitationOver):
            accept_invitation(token=token, user=None, password=PASSWORD)
    with pytest.raises(NotFound):
        accept_invitation(token="cg_inv_unknown", user=None, password=PASSWORD)


def test_a_suspended_organization_takes_nobody(cast: Cast, mails: list[Mail]) -> None:
    invited(cast)
    cast.organization.suspended_at = timezone.now()
    cast.organization.save()
    with pytest.raises(OrganizationSuspended):
        accept_invitation(token=token_in(mails[0]), user=None, password=PASSWORD)


def test_who_was_removed_is_not_let_in_again_by_his_old_link(cast: Cast, mails: list[Mail]) -> None:
    invited(cast, email="charlie@example.org")
    token = token_in(mails[0])
    accept_invitation(token=token, user=cast.charlie).delete()
    with pytest.raises(InvitationOver):
        accept_invitation(token=token, user=cast.charlie)


def test_who_is_a_member_keeps_his_role(cast: Cast, mails: list[Mail]) -> None:
    invited(cast, email="charlie@example.org", role=Role.VIEWER)
    Membership.objects.create(user=cast.charlie, organization=cast.organization, role=Role.ADMIN)
    assert accept_invitation(token=token_in(mails[0]), user=cast.charlie).role == Role.ADMIN


def test_an_address_has_one_open_invitation(cast: Cast, mails: list[Mail]) -> None:
    first = invited(cast)
    with pytest.raises(Conflict, match="resend or revoke"):
        invited(cast, email="ERIN@example.org")
    Invitation.objects.update(expires_at=timezone.now())
    invited(cast)
    assert Invitation.objects.open().count() == 1
    first.refresh_from_db()
    assert first.status == Invitation.Status.REVOKED
    assert len(mails) == 2


def test_a_member_is_not_invited(cast: Cast, mails: list[Mail]) -> None:
    with pytest.raises(Conflict, match="member already"):
        invited(cast, email="bob@example.org")
    assert mails == []


def test_whether_an_address_has_an_account_is_not_told(cast: Cast, mails: list[Mail]) -> None:
    make_user("known@example.org")
    known, unknown = (invited(cast, email=f"{name}@example.org") for name in ("known", "unknown"))
    for name in ("role", "status", "created_by", "sent_count"):
        assert getattr(known, name) == getattr(unknown, name)
    assert mails[0].text.split("https:")[0] == mails[1].text.split("https:")[0]


def test_it_is_sent_again_with_another_link(
    cast: Cast, mails: list[Mail], monkeypatch: pytest.MonkeyPatch
) -> None:
    invitation = invited(cast)
    with pytest.raises(RateLimitException):
        resend_invitation(invitation=invitation, by=OPERATOR, site=SITE)
    Invitation.objects.update(sent_at=timezone.now() - timedelta(minutes=2), expires_at=timezone.now())
    resend_invitation(invitation=invitation, by=OPERATOR, site=SITE)
    first, second = (token_in(mail) for mail in mails)
    with pytest.raises(NotFound):
        accept_invitation(token=first, user=None, password=PASSWORD)
    accept_invitation(token=second, user=None, password=PASSWORD)
    with pytest.raises(InvitationOver):
        resend_invitation(invitation=invitation, by=OPERATOR, site=SITE)


def test_nobody_is_flooded(cast: Cast, mails: list[Mail]) -> None:
    for _ in range(invitations.MOST_SENT_TO_ONE):
        revoke_invitation(invitation=invited(cast), by=OPERATOR)
    with pytest.raises(RateLimitException):
        invited(cast)
    invited(cast, email="frank@example.org")
    Invitation.objects.update(sent_at=timezone.now() - timedelta(days=2))
    invited(cast)


def test_an_organization_sends_only_so_many(
    cast: Cast, mails: list[Mail], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitations, "MOST_SENT", 2)
    for name in ("a", "b"):
        invited(cast, email=f"{name}@example.org")
    with pytest.raises(RateLimitException):
        invited(cast, email="c@example.org")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("has_account", [True, False])
def test_of_two_clicks_at_once_one_membership_comes(has_account: bool) -> None:
    cast = make_cast()
    with written_mails() as mails:
        invited(cast, email="charlie@example.org" if has_account else "erin@example.org")
    token, together = token_in(mails[0]), threading.Barrier(4)

    def click(number: int) -> str:
        together.wait(10)
        try:
            accept_invitation(
                token=token,
                user=cast.charlie if has_account else None,
                password=None if has_account else PASSWORD,
            )
        except AppException as error:
            return error.code
        else:
            return "in"
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=4) as threads:
        answers = sorted(threads.map(click, range(4)))
    assert answers == (["in"] * 4 if has_account else ["in", *["invitation_over"] * 3])
    assert Membership.objects.for_organization(cast.organization).count() == 3
