"""The pages of accounts as people use them: with a mouse, with the keyboard alone, without scripts."""

import pytest
from django.core.mail import EmailMessage
from playwright.sync_api import Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from accounts.testing import make_user
from accounts.tests.login.browser import link_of
from accounts.tests.login.conftest import mailbox
from codegen_site.tests.test_pages import CHROMIUM, PASSWORD, browsing, look

__all__ = ["mailbox"]  # the fixture

pytestmark = [
    pytest.mark.skipif(
        CHROMIUM is None, reason="chromium is not installed (Debian: apt-get install chromium)"
    ),
    pytest.mark.django_db(transaction=True),
]
NEW = "a new and long password"
PHONE = {"width": 375, "height": 720}


@pytest.fixture
def alice(settings: Settings, db: None) -> User:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return make_user("alice@example.org", password=PASSWORD)


@pytest.fixture
def link(alice: User, mailbox: list[EmailMessage], live_server: LiveServer) -> str:
    """Of an e-mail that was asked for in a browser."""
    with browsing(live_server) as page:
        page.goto("/login")
        page.click("text=Password forgotten?")
        page.fill("#id_email", "alice@example.org")
        page.click("text=Send the link")
        page.wait_for_selector("h1:has-text('Look into your mailbox')")
    return link_of(mailbox[0])


def log_in_by_keyboard(page: Page, password: str) -> None:
    """The address has the focus when the page is drawn."""
    page.wait_for_selector("#id_username:focus")
    page.keyboard.type("alice@example.org")
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")


def test_a_link_leads_to_a_new_password_and_its_code_leaves_the_address(
    link: str, live_server: LiveServer
) -> None:
    with browsing(live_server) as page:
        page.goto(link)
        assert "#" not in page.url
        assert not page.is_visible("#id_token")
        page.fill("#id_new_password", NEW)
        page.click("text=Set the password")
        page.wait_for_selector("[role=status] >> text=Your password is set.")
        log_in_by_keyboard(page, NEW)
        page.wait_for_selector("h1:has-text('Your account')")
        look(page, "account")


def test_without_scripts_the_code_is_pasted(link: str, live_server: LiveServer) -> None:
    with browsing(live_server, java_script_enabled=False) as page:
        page.goto(link)
        page.fill("#id_token", link.partition("#")[2])
        page.fill("#id_new_password", NEW)
        page.click("text=Set the password")
        assert page.is_visible("text=Your password is set.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/login", "/password/forgotten", "/password/new", "/account", "/nowhere"])
def test_on_a_phone_nothing_is_cut_off(alice: User, live_server: LiveServer, path: str, scheme: str) -> None:
    with browsing(live_server, silent=False, viewport=PHONE, color_scheme=scheme) as page:
        page.goto("/login?next=/account")
        log_in_by_keyboard(page, PASSWORD)
        page.wait_for_selector("h1:has-text('Your account')")
        page.goto(path)
        look(page, f"phone-{scheme}{path.replace('/', '-')}")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_every_field_has_a_label_and_what_is_wrong_is_read_out(alice: User, live_server: LiveServer) -> None:
    with browsing(live_server) as page:
        page.goto("/password/new#cg_reset_x")
        page.fill("#id_new_password", "short")
        page.click("text=Set the password")
        field = page.locator("#id_new_password")
        assert page.get_by_label("New password").count() == 1
        assert field.get_attribute("aria-invalid") == "true"
        described = (field.get_attribute("aria-describedby") or "").split()
        said = " ".join(page.inner_text(f"#{one}") for one in described)
        assert "too short" in said
        assert page.title().startswith("Error: ")


def test_what_one_tabs_to_is_seen_and_the_content_is_one_step_away(
    alice: User, live_server: LiveServer
) -> None:
    with browsing(live_server) as page:
        page.goto("/nowhere/../password/new")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "To the content"
        assert page.evaluate("document.activeElement.getBoundingClientRect().width") > 50
        for _ in range(12):
            page.keyboard.press("Tab")
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none" or page.evaluate("document.activeElement === document.body")
