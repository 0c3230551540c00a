"""The pages that people see, in a real browser: they open, and the console stays silent."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import Membership, Role, User
from accounts.scopes import DEFAULT_SCOPES
from accounts.testing import make_organization
from generation.models import Attempt, File, Generation

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Set it to a folder to look at the pages.
SCREENSHOTS = os.environ.get("SCREENSHOTS")
PASSWORD = "correct horse battery"

pytestmark = [
    pytest.mark.skipif(
        CHROMIUM is None, reason="chromium is not installed (Debian: apt-get install chromium)"
    ),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def generation(stored_jobs: None) -> Generation:
    """An operator who is a member, and something that was made."""
    operator = User.objects.create_superuser("operator@example.org", PASSWORD)
    organization = make_organization("Acme")
    Membership.objects.create(user=operator, organization=organization, role=Role.OWNER)
    generation = Generation.objects.create(
        organization=organization,
        status=Generation.Status.COMPLETED,
        prompt="One small page with <b>tags</b> & a clock",
        model="gemini-2.5-flash",
        framework="html",
    )
    File.objects.create(
        generation=generation,
        path="index.html",
        language="html",
        size=12,
        sha256="0" * 64,
        content="<h1>Hi</h1>",
    )
    Attempt.objects.create(
        generation=generation,
        claim_no=1,
        number=1,
        model="gemini-2.5-flash",
        prompt_version="1",
        messages=[{"role": "user", "content": "One small page"}],
        answer="```html index.html\n<h1>Hi</h1>\n```",
    )
    return generation


@contextmanager
def browsing(server: LiveServer, *, silent: bool = True, **options: Any) -> Iterator[Page]:
    """A page of a fresh browser. Whatever its console complains of is a failure, unless it may speak."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(
            **{"base_url": server.url, "viewport": {"width": 1280, "height": 900}, **options}
        )
        complaints: list[str] = []
        page.on(
            "console",
            lambda said: complaints.append(f"{said.text} {said.location}") if said.type == "error" else None,
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
        browser.close()
    assert not silent or complaints == []


def look(page: Page, name: str) -> None:
    if SCREENSHOTS:
        page.screenshot(path=Path(SCREENSHOTS) / f"{name}.png")


def log_in(page: Page) -> None:
    page.goto("/admin/")
    page.fill("#id_username", "operator@example.org")
    page.fill("#id_password", PASSWORD)
    page.click("main button[type=submit]")


def test_the_home_page_leads_everywhere(generation: Generation, live_server: LiveServer) -> None:
    with browsing(live_server) as page:
        page.goto("/")
        look(page, "home")
        links = page.locator("nav a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert links == ["/api/docs", "/api/v1/generate_code", "/account", "/admin/"]


def test_the_documentation_shows_the_calls_and_the_codes(
    generation: Generation, live_server: LiveServer
) -> None:
    with browsing(live_server) as page:
        page.goto("/api/docs")
        page.wait_for_selector("#operations-tag-generate_code, .opblock")
        look(page, "docs")
        text = page.inner_text("body")
    assert "unknown_framework" in text
    assert "llm_rate_limited" in text


def test_an_operator_sees_every_prompt_answer_and_file(
    generation: Generation, live_server: LiveServer
) -> None:
    with browsing(live_server) as page:
        log_in(page)
        look(page, "admin")
        page.goto("/admin/generation/generation/")
        look(page, "admin-generations")
        page.goto(f"/admin/generation/generation/{generation.id}/change/")
        look(page, "admin-generation")
        text = page.inner_text("body")
    assert "One small page with <b>tags</b> & a clock" in text
    assert "```html index.html" in text
    assert "index.html" in text


def test_an_operator_makes_a_key_that_is_shown_once(generation: Generation, live_server: LiveServer) -> None:
    with browsing(live_server) as page:
        log_in(page)
        page.goto("/admin/accounts/apikey/add/")
        page.click(".select2-selection")
        page.click(".select2-results__option >> text=Acme")
        page.fill("#id_name", "from the admin")
        look(page, "admin-add-key")
        assert page.locator("input[name=scopes]:checked").count() == len(DEFAULT_SCOPES)
        page.click("input[name=_save]")
        shown = page.inner_text(".messagelist")
        look(page, "admin-key")
        page.goto("/admin/accounts/apikey/")
        later = page.content()
    assert "cg_live_" in shown
    assert "cg_live_" not in later


def test_a_member_browses_the_api(generation: Generation, live_server: LiveServer) -> None:
    with browsing(live_server) as page:
        log_in(page)
        page.goto(f"/api/v1/generations/{generation.id}")
        look(page, "api-generation")
        assert "index.html" in page.inner_text(".response-info")
        page.goto("/api/v1/frameworks")
        look(page, "api-frameworks")
        assert "FastAPI" in page.inner_text(".response-info")


def test_a_member_posts_a_prompt_from_the_browsable_api(
    generation: Generation, live_server: LiveServer, settings: Settings
) -> None:
    settings.SYNC_WAIT_S = 0.1
    settings.NATS_URL = "nats://127.0.0.1:1"
    with browsing(live_server, silent=False) as page:  # the form stands on the page of a 405
        log_in(page)
        page.goto("/api/v1/generate_code")
        look(page, "api-generate")
        offered = page.input_value("textarea[name=_content]")
        page.fill("textarea[name=_content]", offered.replace('"prompt": ""', '"prompt": "A page"'))
        page.click("button:has-text('POST')")
        page.wait_for_selector("text=HTTP 202")
        look(page, "api-generated")
    assert Generation.objects.filter(prompt="A page").exists()
