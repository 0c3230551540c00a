"""In and out by e-mail address and password."""

import logging
import statistics
import time

import pytest
from django.conf import global_settings
from django.conf import settings as django_settings
from pytest_django import Settings

from accounts.login.record import login_event
from accounts.models import Session, User
from accounts.testing import make_user
from accounts.tests.login.browser import PASSWORD, Browser, errors_of

pytestmark = pytest.mark.django_db
WRONG = ["The e-mail address or the password is wrong."]


def test_a_person_logs_in_and_out(alice: User) -> None:
    browser = Browser()
    response = browser.log_in()
    assert response.status_code == 302
    assert response["Location"] == "/account"
    assert "alice@example.org" in browser.open("account").content.decode()
    assert browser.send("logout")["Location"] == "/"
    assert not browser.is_logged_in
    assert not Session.objects.filter(user=alice).exists()


def test_the_case_of_the_address_does_not_matter(alice: User) -> None:
    assert Browser().log_in("Alice@Example.ORG").status_code == 302


def test_it_leads_to_where_one_wanted_to_go_and_nowhere_else(alice: User) -> None:
    assert Browser().log_in(query="?next=/api/v1/generations")["Location"] == "/api/v1/generations"
    for elsewhere in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
        assert Browser().log_in(query=f"?next={elsewhere}")["Location"] == "/account"


def test_a_page_for_who_is_logged_in_leads_to_the_login_and_back() -> None:
    assert Browser().open("account")["Location"] == "/login?next=/account"


def test_the_session_is_another_one_after_the_login(alice: User) -> None:
    browser = Browser()
    browser.open("login")
    session = browser.client.session
    session["planted"] = "by a stranger"
    session.save()
    browser.client.cookies[django_settings.SESSION_COOKIE_NAME] = session.session_key or ""
    before = browser.client.cookies[django_settings.SESSION_COOKIE_NAME].value
    browser.log_in()
    assert browser.client.cookies[django_settings.SESSION_COOKIE_NAME].value != before
    stranger = Browser()
    stranger.client.cookies[django_settings.SESSION_COOKIE_NAME] = before
    assert not stranger.is_logged_in


def test_the_cookie_is_for_the_server_alone(alice: User, settings: Settings) -> None:
    settings.SESSION_COOKIE_SECURE = True
    cookies = Browser().log_in().cookies
    for name in (django_settings.SESSION_COOKIE_NAME, "known_device"):
        assert cookies[name]["httponly"]
        assert cookies[name]["secure"]
        assert cookies[name]["samesite"] == "Lax"


@pytest.mark.parametrize(
    ("email", "password"),
    [("alice@example.org", "wrong"), ("nobody@example.org", PASSWORD), ("gone@example.org", PASSWORD)],
)
def test_what_is_wrong_is_not_said(alice: User, email: str, password: str) -> None:
    User.objects.create_user("gone@example.org", PASSWORD, is_active=False)
    response = Browser().log_in(email, password)
    assert response.status_code == 200
    assert errors_of(response) == WRONG


def test_a_form_from_elsewhere_is_refused(alice: User) -> None:
    browser = Browser()
    browser.client.handler.enforce_csrf_checks = True
    response = browser.log_in()
    assert response.status_code == 403
    assert "The form has expired" in response.content.decode()


def test_who_is_deactivated_is_out_at_once(alice: User) -> None:
    browser = Browser()
    browser.log_in()
    User.objects.update(is_active=False)
    assert not browser.is_logged_in


def test_what_happens_is_told_with_who_and_from_where(alice: User, caplog: pytest.LogCaptureFixture) -> None:
    told: list[dict[str, object]] = []

    def note(**event: object) -> None:
        told.append(event)

    login_event.connect(note)
    with caplog.at_level(logging.INFO, logger="accounts.login"):
        Browser().log_in(password="wrong")
        browser = Browser()
        browser.log_in()
        browser.send("logout")
    login_event.disconnect(note)
    assert [event["action"] for event in told] == ["login.failed", "login.succeeded", "logout"]
    assert told[0]["email"] == "alice@example.org"
    assert told[1]["user"] == alice
    assert {event["address"] for event in told} == {"203.0.113.7"}
    assert all(event["request_id"] for event in told)
    assert [record.message for record in caplog.records if record.name == "accounts.login"] == [
        "login.failed",
        "login.succeeded",
        "logout",
    ]
    assert PASSWORD not in caplog.text


def test_an_unknown_account_takes_as_long_as_a_known_one(settings: Settings) -> None:
    """With the real hasher, in time of this thread: others use the machine as well."""
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS
    make_user("alice@example.org", password=PASSWORD)
    make_user("new@example.org")

    def seconds(email: str) -> float:
        times = []
        for number in range(4):
            browser = Browser(address=f"203.0.113.{number}")
            started = time.thread_time()
            browser.log_in(email, "wrong")
            times.append(time.thread_time() - started)
        return statistics.median(times)

    seconds("warm@example.org")
    known = seconds("alice@example.org")
    for other in ("nobody@example.org", "new@example.org"):
        assert 0.9 * known < seconds(other) < 1.1 * known
