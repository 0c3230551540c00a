"""A code besides the password: of an app, or of a list; each is good once."""

import time
from base64 import b32decode

import pytest
from pytest_django import Settings

from accounts.login import second_factor
from accounts.models import LockOut, SecondFactor, User
from accounts.testing import make_user
from accounts.tests.login.browser import PASSWORD, Browser, errors_of

pytestmark = pytest.mark.django_db
WRONG = ["The code is wrong, or was used before."]


class App:
    """Of a phone."""

    def __init__(self, secret: bytes) -> None:
        self.secret = secret

    def code(self, steps: int = 0) -> str:
        return second_factor.app_code(self.secret, time.time() + steps * second_factor.STEP_S)


def set_up(browser: Browser) -> tuple[App, list[str]]:
    """By who is logged in: as the pages want it. The app, and the recovery codes."""
    response = browser.send("second-factor", password=PASSWORD)
    assert response.status_code == 302, errors_of(response)
    page = browser.open("second-factor-confirm")
    app = App(b32decode(page.context["setup"].text))
    shown = browser.send("second-factor-confirm", code=app.code(-1))
    return app, shown.context["codes"]


@pytest.fixture
def browser(alice: User) -> Browser:
    browser = Browser()
    browser.log_in()
    return browser


def test_it_is_set_up_with_an_app_and_asked_for_from_then_on(browser: Browser) -> None:
    elsewhere = Browser()
    elsewhere.log_in()
    app, codes = set_up(browser)
    assert len(set(codes)) == 10
    assert browser.is_logged_in
    assert not elsewhere.is_logged_in
    assert elsewhere.log_in(query="?next=/api/docs")["Location"] == "/login/code"
    assert not elsewhere.is_logged_in
    assert elsewhere.send("login-code", code=app.code())["Location"] == "/api/docs"
    assert elsewhere.is_logged_in


def test_known_codes_of_rfc_6238(alice: User) -> None:
    secret = b"12345678901234567890"
    assert [second_factor.app_code(secret, at) for at in (59, 1111111109, 2000000000)] == [
        "287082",
        "081804",
        "279037",
    ]


@pytest.mark.parametrize("spelled", ["{0}", " {0} ", "{0:.3}"])
def test_a_code_is_taken_as_people_type_it(browser: Browser, spelled: str) -> None:
    app, _ = set_up(browser)
    code = app.code()
    typed = f"{code[:3]} {code[3:]}" if spelled == "{0:.3}" else spelled.format(code)
    other = Browser()
    other.log_in()
    assert other.send("login-code", code=typed).status_code == 302


def test_a_code_is_good_once_and_so_are_those_before_it(browser: Browser) -> None:
    app, _ = set_up(browser)
    code, before = app.code(), app.code(-1)
    first, second = Browser(), Browser()
    first.log_in()
    assert first.send("login-code", code=code).status_code == 302
    second.log_in()
    for used in (code, before):
        assert errors_of(second.send("login-code", code=used)) == WRONG


@pytest.mark.parametrize("steps", [-3, -2, 2, 3])
def test_a_code_of_another_time_is_wrong(browser: Browser, steps: int) -> None:
    app, _ = set_up(browser)
    other = Browser()
    other.log_in()
    assert errors_of(other.send("login-code", code=app.code(steps))) == WRONG


def test_a_recovery_code_is_good_once(browser: Browser) -> None:
    _, codes = set_up(browser)
    for typed in (codes[0], codes[1].upper().replace("-", " ")):
        other = Browser()
        other.log_in()
        assert other.send("login-code", code=typed).status_code == 302
        again = Browser()
        again.log_in()
        assert errors_of(again.send("login-code", code=typed)) == WRONG
    assert "8 recovery codes left" in browser.open("account").content.decode()


def test_new_recovery_codes_end_the_old_ones(browser: Browser, alice: User) -> None:
    _, codes = set_up(browser)
    shown = browser.send("second-factor", password=PASSWORD, action="renew")
    other = Browser()
    other.log_in()
    assert errors_of(other.send("login-code", code=codes[0])) == WRONG
    assert other.send("login-code", code=shown.context["codes"][0]).status_code == 302


def test_codes_are_not_guessed_and_the_owner_is_not_kept_out_by_who_lacks_the_password(
    browser: Browser,
) -> None:
    app, _ = set_up(browser)
    thief = Browser(address="198.51.100.1")
    thief.log_in()
    statuses = [thief.send("login-code", code=f"{number:06}").status_code for number in range(8)]
    assert statuses == [200] * 6 + [429] * 2
    LockOut.objects.filter(kind=LockOut.Kind.CODE).update(blocked_until=None)
    other = Browser()
    other.log_in()
    assert other.send("login-code", code=app.code()).status_code == 302


def test_without_the_password_there_is_nowhere_to_enter_a_code(browser: Browser) -> None:
    app, _ = set_up(browser)
    stranger = Browser()
    assert stranger.send("login-code", code=app.code())["Location"] == "/login"
    assert not stranger.is_logged_in


@pytest.mark.parametrize("change", ["late", "password", "deactivated"])
def test_the_password_has_to_be_proved_just_before(
    browser: Browser, alice: User, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    app, _ = set_up(browser)
    other = Browser()
    other.log_in()
    alice.refresh_from_db()
    if change == "password":
        alice.set_password("another one")
    alice.is_active = change != "deactivated"
    alice.save()
    now = time.time()
    if change == "late":
        monkeypatch.setattr(time, "time", lambda: now + 601)
    assert other.send("login-code", code=app.code())["Location"] == "/login"
    assert not other.is_logged_in


def test_it_is_in_force_with_the_first_right_code_and_not_before(browser: Browser, alice: User) -> None:
    browser.send("second-factor", password=PASSWORD)
    assert "clock" in errors_of(browser.send("second-factor-confirm", code="000000"))[0]
    assert not second_factor.is_wanted(alice)
    assert Browser().log_in()["Location"] == "/account"


def test_the_secret_is_shown_until_it_is_in_force_and_never_again(browser: Browser) -> None:
    app, _ = set_up(browser)
    assert browser.open("second-factor-confirm")["Location"] == "/account/second-factor"
    browser.send("second-factor", password=PASSWORD, action="")
    stored = SecondFactor.objects.get()
    assert app.secret.hex() not in stored.secret
    assert browser.open("second-factor-confirm").status_code == 302
    other = Browser()
    other.log_in()
    assert other.send("login-code", code=app.code()).status_code == 302


def test_setting_it_up_and_taking_it_away_need_the_password(browser: Browser, alice: User) -> None:
    assert errors_of(browser.send("second-factor", password="wrong")) == ["This is not your password."]
    set_up(browser)
    assert errors_of(browser.send("second-factor", password="wrong", action="remove"))
    assert second_factor.is_wanted(alice)
    browser.send("second-factor", password=PASSWORD, action="remove")
    assert not second_factor.is_wanted(alice)
    assert Browser().log_in()["Location"] == "/account"


@pytest.fixture
def operator(settings: Settings, db: None) -> Browser:
    """Where operators need it; one without it."""
    settings.STAFF_SECOND_FACTOR = True
    make_user("operator@example.org", password=PASSWORD, is_staff=True)
    browser = Browser()
    browser.log_in("operator@example.org")
    return browser


def test_an_operator_without_it_is_led_to_the_set_up_and_then_on(operator: Browser) -> None:
    page = operator.client.get("/admin/accounts/user/", follow=True)
    assert page.redirect_chain[-1][0] == "/account/second-factor?next=%2Fadmin%2Faccounts%2Fuser%2F"
    response = operator.send("second-factor", "?next=/admin/accounts/user/", password=PASSWORD)
    assert response["Location"] == "/account/second-factor/confirm?next=%2Fadmin%2Faccounts%2Fuser%2F"
    setup = operator.open("second-factor-confirm").context["setup"]
    code = App(b32decode(setup.text)).code()
    shown = operator.send("second-factor-confirm", "?next=/admin/accounts/user/", code=code)
    assert shown.context["next"] == "/admin/accounts/user/"
    assert operator.client.get("/admin/accounts/user/").status_code == 200


def test_an_operator_who_has_it_shows_it_for_the_admin(operator: Browser) -> None:
    app, _ = set_up(operator)
    fresh = Browser()
    fresh.log_in("operator@example.org")
    fresh.send("login-code", code=app.code())
    assert fresh.client.get("/admin/").status_code == 200


def test_a_login_from_before_it_was_set_up_proves_itself_at_the_admin(
    operator: Browser, settings: Settings
) -> None:
    app, _ = set_up(operator)
    session = operator.client.session
    session[second_factor.PASSED] = False
    session.save()
    page = operator.client.get("/admin/", follow=True)
    assert page.redirect_chain[-1][0] == "/login/code"
    assert operator.send("login-code", code=app.code())["Location"] == "/admin/"


def test_where_it_is_not_asked_for_operators_need_none(operator: Browser, settings: Settings) -> None:
    settings.STAFF_SECOND_FACTOR = False
    assert operator.client.get("/admin/").status_code == 200


def test_the_admin_has_no_door_of_its_own(alice: User) -> None:
    browser = Browser()
    to_login = browser.client.get("/admin/login/?next=/admin/jobs/job/")
    assert to_login["Location"] == "/login?next=/admin/jobs/job/"
    posted = browser.client.post("/admin/login/", {"username": "alice@example.org", "password": PASSWORD})
    assert posted["Location"].startswith("/login")
    assert not browser.is_logged_in
    browser.log_in()
    page = browser.client.get("/admin/", follow=True)
    assert "may not open that page" in page.content.decode()
