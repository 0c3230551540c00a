"""An account comes into being with the link of an e-mail, where everybody may have one."""

from typing import Any

import pytest
from django.core.mail import EmailMessage
from pytest_django import Settings

from accounts.models import Membership, Role, User
from accounts.tests.login.browser import PASSWORD, Browser, errors_of, link_in

pytestmark = pytest.mark.django_db
FIELDS: dict[str, Any] = {"organization": "Acme", "new_password": "a new and long password"}


@pytest.fixture
def open_to_all(settings: Settings) -> None:
    settings.SIGNUP = "open"


def test_who_has_the_mailbox_gets_the_account_and_an_organization(
    open_to_all: None, mailbox: list[EmailMessage]
) -> None:
    browser = Browser()
    assert browser.send("sign-up", email="New@example.org").status_code == 302
    assert not User.objects.exists()
    path, token = link_in(mailbox[0])
    assert path == "/sign-up/finish"
    assert browser.send("sign-up-finish", token=token, **FIELDS)["Location"] == "/account"
    assert browser.is_logged_in
    user = User.objects.get()
    assert user.email == "new@example.org"
    assert Membership.objects.get(user=user).role == Role.OWNER


def test_before_that_there_is_nothing_to_log_in_to(open_to_all: None, mailbox: list[EmailMessage]) -> None:
    Browser().send("sign-up", email="new@example.org")
    assert Browser().log_in("new@example.org", "").status_code == 200
    assert not User.objects.exists()


def test_a_link_makes_one_account(open_to_all: None, mailbox: list[EmailMessage]) -> None:
    Browser().send("sign-up", email="new@example.org")
    _, token = link_in(mailbox[0])
    Browser().send("sign-up-finish", token=token, **FIELDS)
    again = Browser().send(
        "sign-up-finish", token=token, organization="Evil", new_password="another password"
    )
    assert errors_of(again) == ["This link was used already, or it is too old. Ask for a new one."]
    assert Browser().log_in("new@example.org", "another password").status_code == 200


def test_who_has_an_account_is_told_so_in_the_mailbox_alone(
    open_to_all: None, alice: User, mailbox: list[EmailMessage]
) -> None:
    known = Browser().send("sign-up", email="alice@example.org")
    unknown = Browser(address="198.51.100.1").send("sign-up", email="new@example.org")
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert [message.subject for message in mailbox] == ["You have an account already", "Make your account"]
    assert "cg_signup" not in str(mailbox[0].body)


@pytest.mark.parametrize("signup", ["off", "invited"])
def test_elsewhere_there_is_no_such_page(
    settings: Settings, signup: str, mailbox: list[EmailMessage]
) -> None:
    settings.SIGNUP = "open"
    Browser().send("sign-up", email="new@example.org")
    settings.SIGNUP = signup
    _, token = link_in(mailbox[0])
    assert "Sign up" not in Browser().open("login").content.decode()
    assert Browser().open("sign-up").status_code == 404
    assert Browser().send("sign-up", email="other@example.org").status_code == 404
    assert Browser().send("sign-up-finish", token=token, **FIELDS).status_code == 404
    assert len(mailbox) == 1


def test_an_address_changes_with_the_link_sent_to_the_new_one(
    alice: User, mailbox: list[EmailMessage]
) -> None:
    browser = Browser()
    browser.log_in()
    browser.send("account-email", email="alice2@example.org", password=PASSWORD)
    [message] = mailbox
    assert message.to == ["alice2@example.org"]
    assert Browser().log_in().status_code == 302  # the old one still
    mailbox.clear()
    browser.send("account-email", email="alice2@example.org", password=PASSWORD)
    path, token = link_in(mailbox[0])
    assert path == "/email/confirm"
    assert browser.send("email-confirm", token=token)["Location"] == "/account"
    alice.refresh_from_db()
    assert alice.email == "alice2@example.org"
    assert (mailbox[1].to, mailbox[1].subject) == (["alice@example.org"], "Your e-mail address was changed")
    assert errors_of(browser.send("email-confirm", token=token))


def test_an_address_that_somebody_has_cannot_be_taken(alice: User, mailbox: list[EmailMessage]) -> None:
    User.objects.create_user("bob@example.org", PASSWORD)
    browser = Browser()
    browser.log_in()
    response = browser.send("account-email", email="bob@example.org", password=PASSWORD)
    assert response["Location"] == "/account"
    assert mailbox == []


def test_an_address_that_somebody_took_meanwhile_is_not_taken_away(
    alice: User, mailbox: list[EmailMessage]
) -> None:
    browser = Browser()
    browser.log_in()
    browser.send("account-email", email="bob@example.org", password=PASSWORD)
    User.objects.create_user("bob@example.org", PASSWORD)
    assert errors_of(browser.send("email-confirm", token=link_in(mailbox[0])[1]))
    alice.refresh_from_db()
    assert alice.email == "alice@example.org"


def test_an_address_is_not_changed_without_the_password(alice: User, mailbox: list[EmailMessage]) -> None:
    browser = Browser()
    browser.log_in()
    assert errors_of(browser.send("account-email", email="alice2@example.org", password="wrong"))
    assert mailbox == []
