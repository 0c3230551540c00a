"""Every page that a link leads to, in a real browser: no error in its console, nothing kept by a policy."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import ConsoleMessage, Page, Response
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from accounts.testing import make_key
from codegen_site.tests.test_pages import CHROMIUM, browsing, generation, log_in
from generation.models import Generation, PromptVersion, WebhookEndpoint
from jobs.models import Job

__all__ = ["generation"]  # the fixture

pytestmark = [
    pytest.mark.skipif(
        CHROMIUM is None, reason="chromium is not installed (Debian: apt-get install chromium)"
    ),
    pytest.mark.django_db(transaction=True),
]

# What stands for a part of an address that differs from object to object.
VARIABLE = re.compile(r"/([0-9a-f]{8}-[0-9a-f-]{27}|\d+)(?=/|$)")
# Files, streams and logs for programs; a logout would end the walk.
NOT_PAGES = re.compile(
    r"^/(static|metrics|health|favicon|api/schema|logout|admin/logout)|/(archive|results|events|raw)$"
)
# Of the browsable API: where one can only post, and where a stranger may not. There is no proxy here.
EXPECTED = re.compile(r"(405|401) /api/v1/.*|502 /api/v1/models")
VIOLATIONS = """
document.addEventListener("securitypolicyviolation", event =>
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI} at line ${event.lineNumber}`));
"""


class Walk:
    """From page to page by their links, each kind of address once."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.seen: set[str] = set()
        self.complaints: list[str] = []
        page.add_init_script(VIOLATIONS)
        page.on("console", self._note_message)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("response", self._note_response)

    def walk(self, *paths: str) -> None:
        queue = list(paths)
        while queue:
            path = queue.pop()
            kind = VARIABLE.sub("/<id>", urlsplit(path).path)
            if kind in self.seen or NOT_PAGES.search(kind):
                continue
            self.seen.add(kind)
            self.page.goto(path, wait_until="load")
            self.page.wait_for_timeout(50)
            queue += self._links()

    def _links(self) -> list[str]:
        hrefs = self.page.locator("a[href]").evaluate_all("links => links.map(link => link.href)")
        own = urlsplit(self.page.url).netloc
        return [urlsplit(href).path for href in hrefs if urlsplit(href).netloc == own]

    def _note_message(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.complaints.append(f"{message.location['url']}: {message.text}")

    def _note_response(self, response: Response) -> None:
        said = f"{response.status} {urlsplit(response.url).path}"
        if response.status >= 400 and not EXPECTED.fullmatch(said):
            self.complaints.append(said)


@pytest.fixture
def something_of_everything(generation: Generation) -> User:
    organization = generation.organization
    make_key(organization)
    WebhookEndpoint.objects.create(organization=organization, url="https://receiver.example/")
    PromptVersion.objects.create(name="Draft", texts={})
    Job.objects.create(task_path="jobs.tests.tasks.add", queue_name="llm", args=[1, 2])
    return User.objects.get(email="operator@example.org")


def test_no_page_of_an_operator_complains(something_of_everything: User, live_server: LiveServer) -> None:
    with browsing(live_server, silent=False) as page:
        log_in(page)
        walk = Walk(page)
        walk.walk("/", "/account/second-factor", "/invitation", "/api/v1/models", *admin_pages())
    assert walk.complaints == []
    missing = {kind for kind in map(str, page_routes()) if not kind.startswith("admin/")} - walk.seen
    assert missing <= REACHED_OTHERWISE
    assert len(walk.seen) > 60


def test_no_page_of_a_stranger_complains(settings: Settings, db: None, live_server: LiveServer) -> None:
    settings.SIGNUP = "open"
    with browsing(live_server, silent=False) as page:
        walk = Walk(page)
        doors = (
            "/password/new",
            "/sign-up/finish",
            "/email/confirm",
            "/letter-sent",
            "/login/code",
            "/invitation",
        )
        walk.walk("/", *doors)
        assert walk.complaints == []
        page.goto("/nowhere")
        assert "There is no such page" in page.inner_text("main")
        page.goto("/password/new#cg_reset_x")
    assert walk.complaints == ["404 /nowhere"]


# By the test of strangers, by a form, or after another page.
REACHED_OTHERWISE = {
    "/email/confirm",
    "/letter-sent",
    "/login",
    "/login/code",
    "/login/prove",
    "/logout",
    "/password/forgotten",
    "/password/new",
    "/sign-up",
    "/sign-up/finish",
    "/account/second-factor/confirm",
    "/account/sessions/<id>/end",
    "/account/sessions/end",
}


def page_routes() -> Iterator[str]:
    """Of the pages for people, as the walk spells them."""
    for pattern in _patterns(get_resolver().url_patterns, "/"):
        kind = re.sub(r"<[^>]+>", "<id>", pattern)
        if not NOT_PAGES.search(kind) and not kind.startswith(("/admin", "/api/v1")):
            yield kind


def _patterns(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[str]:
    for pattern in patterns:
        route = before + str(pattern.pattern).removeprefix("^").removesuffix("$")
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern.url_patterns, route)
        else:
            yield route


def admin_pages() -> list[str]:
    """Of every model: its list and its form."""
    from django.contrib import admin  # noqa: PLC0415 - after the models

    return [f"/admin/{model._meta.app_label}/{model._meta.model_name}/" for model in admin.site._registry]
