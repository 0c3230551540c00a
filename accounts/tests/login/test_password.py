"""A forgotten password, a new one, another one."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from django.test import RequestFactory
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.login.letters import letter_wanted
from accounts.login.links import LinkOver, password_link
from accounts.login.services import choose_password
from accounts.models import LockOut, User
from accounts.testing import make_user
from accounts.tests.login.browser import PASSWORD, Browser, errors_of, link_in

NEW = "a new and long password"
OVER = ["This link was used already, or it is too old. Ask for a new one."]


def ask(email: str = "alice@example.org", browser: Browser | None = None) -> int:
    return int((browser or Browser()).send("password-forgotten", email=email).status_code)


def token_in(message: EmailMessage) -> str:
    return link_in(message)[1]


@pytest.mark.django_db
def test_a_forgotten_password_is_replaced_with_the_link_of_an_e_mail(
    alice: User, mailbox: list[EmailMessage]
) -> None:
    old = Browser()
    old.log_in()
    assert ask() == 302
    [message] = mailbox
    assert message.to == ["alice@example.org"]
    assert message.subject == "Choose a new password"
    path, token = link_in(message)
    assert path == "/password/new"
    browser = Browser(address="198.51.100.1")
    response = browser.send("password-new", token=token, new_password=NEW)
    assert response["Location"] == "/login"
    assert not old.is_logged_in
    assert browser.log_in(password=PASSWORD).status_code == 200
    assert browser.log_in(password=NEW).status_code == 302
    assert mailbox[-1].subject == "Your password was changed"


@pytest.mark.django_db
def test_a_link_is_good_once(alice: User, mailbox: list[EmailMessage]) -> None:
    ask()
    token = token_in(mailbox[0])
    Browser().send("password-new", token=token, new_password=NEW)
    again = Browser().send("password-new", token=token, new_password="yet another password")
    assert errors_of(again) == OVER
    assert Browser().log_in(password=NEW).status_code == 302


@pytest.mark.django_db
def test_a_link_is_good_for_an_hour(
    alice: User, mailbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask()
    token = token_in(mailbox[0])
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 3_599)
    assert errors_of(Browser().send("password-new", token=token, new_password="short")) != OVER
    monkeypatch.setattr(time, "time", lambda: now + 3_602)
    assert errors_of(Browser().send("password-new", token=token, new_password=NEW)) == OVER


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["login", "password", "email", "deactivated"])
def test_a_link_is_over_when_the_account_has_changed(
    alice: User, mailbox: list[EmailMessage], change: str
) -> None:
    ask()
    if change == "login":
        Browser().log_in()
    alice.refresh_from_db()
    if change == "password":
        alice.set_password("another one")
    alice.email = "alice2@example.org" if change == "email" else alice.email
    alice.is_active = change != "deactivated"
    alice.save()
    response = Browser().send("password-new", token=token_in(mailbox[0]), new_password=NEW)
    assert errors_of(response) == OVER


@pytest.mark.django_db
@pytest.mark.parametrize(
    "token", ["", "x", "cg_reset_x", "cg_reset_" + "A" * 900, "cg_reset_" + "A" * 5_000, "cg_signup_x"]
)
def test_what_is_no_link_of_ours_opens_nothing(alice: User, token: str) -> None:
    response = Browser().send("password-new", token=token, new_password=NEW)
    assert response.status_code == 200
    assert errors_of(response)
    assert Browser().log_in().status_code == 302


@pytest.mark.django_db
def test_a_link_for_one_thing_is_none_for_another(alice: User) -> None:
    link = password_link(alice, site="", lasts_s=60).replace("cg_reset_", "cg_signup_")
    response = Browser().send("email-confirm", token=link.partition("#")[2])
    assert errors_of(response) == OVER


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_sets_the_password(alice: User, stored_jobs: None) -> None:
    token = password_link(alice, site="", lasts_s=60).partition("#")[2]

    def choose(number: int) -> bool:
        try:
            choose_password(RequestFactory().post("/"), token=token, password=f"the password {number}")
        except LinkOver:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(max_workers=8) as threads:
        outcomes = list(threads.map(choose, range(8)))
    assert sum(outcomes) == 1
    alice.refresh_from_db()
    assert alice.check_password(f"the password {outcomes.index(True)}")


@pytest.mark.django_db
def test_who_asks_learns_nothing(
    alice: User, mailbox: list[EmailMessage], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Not by the page, not by the work that is done for it, not by an e-mail."""
    User.objects.create_user("gone@example.org", PASSWORD, is_active=False)
    wanted: list[str] = []

    def note(sealed: str, **kwargs: object) -> None:
        wanted.append(sealed)

    letter_wanted.receivers = []
    letter_wanted.sender_receivers_cache.clear()
    letter_wanted.connect(note)
    answers = []
    for number, email in enumerate(["alice@example.org", "nobody@example.org", "gone@example.org"]):
        browser = Browser(address=f"203.0.113.{number}")
        with django_assert_num_queries(17):
            response = browser.send("password-forgotten", email=email)
        answers.append((response.status_code, response["Location"], response.content))
    letter_wanted.disconnect(note)
    assert len(set(answers)) == 1
    assert len({len(sealed) for sealed in wanted}) <= 2  # the padding of the addresses
    assert len(wanted) == 3


@pytest.mark.django_db
def test_nobody_is_written_to_where_there_is_no_account(alice: User, mailbox: list[EmailMessage]) -> None:
    User.objects.create_user("gone@example.org", PASSWORD, is_active=False)
    assert ask("nobody@example.org") == ask("gone@example.org") == 302
    assert mailbox == []


@pytest.mark.django_db
def test_a_mailbox_is_not_flooded_and_nobody_is_told(alice: User, mailbox: list[EmailMessage]) -> None:
    answers = [ask(browser=Browser(address=f"203.0.113.{number}")) for number in range(10)]
    assert answers == [302] * 10
    assert len(mailbox) == 4


@pytest.mark.django_db
def test_who_asks_for_everybody_is_made_to_wait(mailbox: list[EmailMessage], db: None) -> None:
    browser = Browser()
    answers = [ask(f"user{number}@example.org", browser) for number in range(12)]
    assert answers == [302] * 11 + [429]


@pytest.mark.django_db
def test_a_link_lets_the_owner_in_whatever_strangers_have_tried(
    alice: User, mailbox: list[EmailMessage]
) -> None:
    ask()
    stranger = Browser(address="198.51.100.1")
    while stranger.log_in(password="wrong").status_code == 200:
        pass
    assert Browser().log_in().status_code == 429
    Browser().send("password-new", token=token_in(mailbox[0]), new_password=NEW)
    assert Browser().log_in(password=NEW).status_code == 302
    assert LockOut.objects.get(kind=LockOut.Kind.ACCOUNT).failures == 0


@pytest.mark.django_db
def test_the_link_does_not_lead_where_a_caller_says(
    alice: User, mailbox: list[EmailMessage], settings: Settings
) -> None:
    browser = Browser()
    browser.client.defaults["HTTP_HOST"] = "evil.example"
    assert ask(browser=browser) == 400
    settings.SITE_URL = "https://codegen.example"
    ask()
    assert "https://codegen.example/password/new#cg_reset_" in str(mailbox[0].body)


@pytest.mark.django_db
@pytest.mark.parametrize("password", ["short", "password1234", "1234567890123", "alice@example.org"])
def test_a_password_that_is_easily_guessed_is_refused_with_the_reason(
    alice: User, mailbox: list[EmailMessage], password: str
) -> None:
    ask()
    response = Browser().send("password-new", token=token_in(mailbox[0]), new_password=password)
    assert any(word in errors_of(response)[0] for word in ("short", "common", "numeric", "similar"))


@pytest.mark.django_db
def test_a_password_is_changed_by_who_knows_the_old_one_and_others_are_out(
    alice: User, mailbox: list[EmailMessage]
) -> None:
    here, there = Browser(), Browser()
    here.log_in()
    there.log_in()
    response = here.send("account-password", password="wrong", new_password=NEW)
    assert errors_of(response) == ["This is not your password."]
    assert here.send("account-password", password=PASSWORD, new_password=NEW)["Location"] == "/account"
    assert here.is_logged_in
    assert not there.is_logged_in
    assert Browser().log_in(password=NEW).status_code == 302
    assert [message.subject for message in mailbox] == ["Your password was changed"]


@pytest.mark.django_db
def test_the_old_password_is_not_guessed_at_a_browser_that_was_left_open(alice: User) -> None:
    browser = Browser()
    browser.log_in()
    said = [
        errors_of(browser.send("account-password", password="wrong", new_password=NEW))[0] for _ in range(12)
    ]
    assert "Too many attempts" in said[-1]


@pytest.mark.django_db
def test_an_account_without_a_password_gets_its_first_one(mailbox: list[EmailMessage], db: None) -> None:
    make_user("new@example.org")
    ask("new@example.org")
    Browser().send("password-new", token=token_in(mailbox[0]), new_password=NEW)
    assert Browser().log_in("new@example.org", NEW).status_code == 302
