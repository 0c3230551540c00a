"""What operators do for people: in the admin, and on the command line."""

from io import StringIO
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.urls import reverse
from pytest_django import Settings

from accounts.login import second_factor
from accounts.models import LockOut, Membership, Role, SecondFactor, Session, User
from accounts.testing import make_organization, make_user
from accounts.tests.login.browser import PASSWORD, Browser, errors_of, link_in

pytestmark = pytest.mark.django_db
USERS = reverse("admin:accounts_user_changelist")


@pytest.fixture
def operator(db: None) -> Browser:
    make_user("operator@example.org", password=PASSWORD, is_staff=True)
    browser = Browser(address="192.0.2.1")
    browser.log_in("operator@example.org")
    return browser


def act(operator: Browser, action: str, *users: User) -> Any:
    fields = {"action": action, "_selected_action": [str(user.pk) for user in users]}
    return operator.client.post(USERS, fields, follow=True)


def add(operator: Browser, **fields: str) -> Any:
    form = {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0", **fields}
    return operator.client.post(reverse("admin:accounts_user_add"), form, follow=True)


def test_somebody_who_is_added_without_a_password_gets_a_link(
    operator: Browser, mailbox: list[EmailMessage]
) -> None:
    page = add(operator, email="new@example.org", usable_password="false")
    assert "A link to choose a password is sent to new@example.org." in page.content.decode()
    [message] = mailbox
    assert (message.to, message.subject) == (["new@example.org"], "Your account")
    assert Browser().log_in("new@example.org", "").status_code == 200
    path, token = link_in(message)
    assert path == "/password/new"
    Browser().send("password-new", token=token, new_password="a new and long password")
    assert Browser().log_in("new@example.org", "a new and long password").status_code == 302


def test_somebody_who_is_added_with_one_gets_no_e_mail(
    operator: Browser, mailbox: list[EmailMessage]
) -> None:
    password = "chosen by the operator"
    add(operator, email="new@example.org", usable_password="true", password1=password, password2=password)
    assert mailbox == []
    assert Browser().log_in("new@example.org", password).status_code == 302


def test_a_new_password_is_forced(operator: Browser, alice: User, mailbox: list[EmailMessage]) -> None:
    browser = Browser()
    browser.log_in()
    act(operator, "force_new_password", alice)
    assert not browser.is_logged_in
    assert browser.log_in().status_code == 200
    _, token = link_in(mailbox[0])
    Browser().send("password-new", token=token, new_password="a new and long password")
    assert browser.log_in(password="a new and long password").status_code == 302


def test_somebody_is_logged_out_everywhere(operator: Browser, alice: User) -> None:
    browsers = [Browser(), Browser()]
    for browser in browsers:
        browser.log_in()
    page = operator.client.get(reverse("admin:accounts_user_change", args=[alice.pk])).content.decode()
    assert page.count("Firefox on Linux at 203.0.113.7") == 2
    act(operator, "log_out_everywhere", alice)
    assert not any(browser.is_logged_in for browser in browsers)
    assert operator.client.get(USERS).status_code == 200


def test_lock_outs_are_seen_and_lifted(operator: Browser, alice: User) -> None:
    stranger = Browser()
    while stranger.log_in(password="wrong").status_code == 200:
        pass
    page = operator.client.get(reverse("admin:accounts_lockout_changelist")).content.decode()
    assert "alice@example.org" in page
    assert "203.0.113.7" in page
    page = operator.client.get(reverse("admin:accounts_user_change", args=[alice.pk])).content.decode()
    assert "blocked until" in page
    act(operator, "lift_lock_outs", alice)
    assert stranger.log_in().status_code == 302


def test_a_lost_second_factor_is_removed_and_sessions_end(operator: Browser, alice: User) -> None:
    second_factor.begin_setup(alice)
    SecondFactor.objects.update(confirmed_at="2026-01-01T00:00Z")
    act(operator, "remove_second_factor", alice)
    assert not second_factor.is_wanted(alice)
    assert not Session.objects.filter(user=alice).exists()


def test_who_may_only_look_may_not_act(operator: Browser, alice: User) -> None:
    from django.contrib.auth.models import Permission  # noqa: PLC0415 - after the apps

    viewer = make_user("viewer@example.org", password=PASSWORD)
    viewer.is_staff = True
    viewer.save()
    viewer.user_permissions.add(Permission.objects.get(codename="view_user"))
    browser = Browser(address="192.0.2.2")
    browser.log_in("viewer@example.org")
    assert browser.client.get(USERS).status_code == 200
    act(browser, "force_new_password", alice)
    alice.refresh_from_db()
    assert alice.has_usable_password()


def test_who_may_change_users_does_not_become_a_superuser_by_it(operator: Browser, alice: User) -> None:
    from django.contrib.auth.models import Permission  # noqa: PLC0415 - after the apps

    helper = make_user("helper@example.org", password=PASSWORD)
    User.objects.filter(pk=helper.pk).update(is_staff=True)
    helper.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user"]))
    browser = Browser(address="192.0.2.2")
    browser.log_in("helper@example.org")
    root = User.objects.get(email="operator@example.org")
    page = act(browser, "force_new_password", root, alice)
    assert "Done for 1 of 2 users." in page.content.decode()
    root.refresh_from_db()
    assert root.has_usable_password()
    form = browser.client.get(reverse("admin:accounts_user_change", args=[helper.pk])).content.decode()
    assert 'name="is_superuser"' not in form
    form = browser.client.get(reverse("admin:accounts_user_change", args=[root.pk])).content.decode()
    assert 'name="email"' not in form
    assert browser.client.get(reverse("admin:auth_user_password_change", args=[root.pk])).status_code == 403


def test_what_an_operator_did_is_in_the_history(operator: Browser, alice: User) -> None:
    act(operator, "log_out_everywhere", alice)
    history = operator.client.get(reverse("admin:accounts_user_history", args=[alice.pk])).content.decode()
    assert "operator@example.org" in history


def run(*arguments: str, **options: Any) -> str:
    said = StringIO()
    call_command(*arguments, stdout=said, **options)
    return said.getvalue().strip()


def test_a_user_is_made_on_the_command_line_with_a_link_by_e_mail(mailbox: list[EmailMessage]) -> None:
    organization = make_organization("Acme")
    said = run(
        "create_user",
        "New@example.org",
        "--organization",
        "acme",
        "--role",
        "admin",
        "--site",
        "http://testserver",
    )
    assert said == "A link to choose a password is sent to new@example.org."
    assert Membership.objects.get(organization=organization).role == Role.ADMIN
    _, token = link_in(mailbox[0])
    Browser().send("password-new", token=token, new_password="a new and long password")
    assert Browser().log_in("new@example.org", "a new and long password").status_code == 302


def test_without_a_mail_server_the_link_is_printed(mailbox: list[EmailMessage]) -> None:
    link = run(
        "create_user", "new@example.org", "--staff", "--print-link", "--site", "https://codegen.example/"
    )
    assert link.startswith("https://codegen.example/password/new#cg_reset_")
    assert mailbox == []
    user = User.objects.get()
    assert (user.is_staff, user.is_superuser) == (True, False)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["alice@example.org"], "has an account already"),
        (["nobody"], "is no e-mail address"),
        (["new@example.org", "--organization", "none"], "no organization with the slug none"),
        (["new@example.org", "--site", ""], "Say where links lead"),
    ],
)
def test_what_cannot_be_made_is_said(alice: User, arguments: list[str], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        run(
            "create_user", *(["--site", "http://testserver"] if "--site" not in arguments else []), *arguments
        )
    assert User.objects.count() == 1


def test_django_s_own_command_makes_an_operator_by_e_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    run("createsuperuser", "--noinput", "--email", "Root@example.org")
    browser = Browser()
    browser.log_in("root@example.org")
    assert browser.client.get("/admin/").status_code == 200


def test_who_cannot_log_in_is_helped_on_the_command_line(alice: User, settings: Settings) -> None:
    stranger = Browser()
    while stranger.log_in(password="wrong").status_code == 200:
        pass
    said = run("help_user", "alice@example.org")
    assert "failed attempts: ['Logins to an account from unknown devices: alice@example.org']" in said
    said = run(
        "help_user", "alice@example.org", "--lift", "--log-out", "--link", "--site", "http://testserver"
    )
    assert "failed attempts: []" in said
    token = said.partition("#")[2].split()[0]
    response = Browser().send("password-new", token=token, new_password="a new and long password")
    assert response.status_code == 302, errors_of(response)
    assert LockOut.objects.filter(kind=LockOut.Kind.ACCOUNT, failures=0).exists()
    with pytest.raises(CommandError, match="no account"):
        run("help_user", "nobody@example.org")
