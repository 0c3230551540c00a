"""A person at a browser, as far as the pages of accounts go."""

import re
from typing import Any
from urllib.parse import urlsplit

from django.core.mail import EmailMessage
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

Response = Any
PASSWORD = "correct horse battery"


class Browser:
    def __init__(
        self, address: str = "203.0.113.7", user_agent: str = "Mozilla/5.0 (X11; Linux) Firefox/130.0"
    ) -> None:
        self.client = Client(REMOTE_ADDR=address, HTTP_USER_AGENT=user_agent, HTTP_ACCEPT="text/html")

    def open(self, name: str, query: str = "", **arguments: Any) -> Response:
        return self.client.get(reverse(name, kwargs=arguments) + query)

    def send(
        self, name: str, query: str = "", /, arguments: dict[str, Any] | None = None, **fields: Any
    ) -> Response:
        return self.client.post(reverse(name, kwargs=arguments or {}) + query, fields)

    def log_in(self, email: str = "alice@example.org", password: str = PASSWORD, query: str = "") -> Response:
        return self.send("login", query, username=email, password=password)

    @property
    def is_logged_in(self) -> bool:
        return bool(self.open("account").status_code == 200)


def link_of(message: EmailMessage) -> str:
    """The one in an e-mail that has a token."""
    found = re.search(r"https?://\S+#cg_\S+", str(message.body))
    assert found, message.body
    return found[0]


def link_in(message: EmailMessage) -> tuple[str, str]:
    """Its path and its token."""
    address, _, token = link_of(message).partition("#")
    return urlsplit(address).path, token


def errors_of(response: HttpResponse) -> list[str]:
    form = response.context["form"]  # type: ignore[attr-defined]
    return [message for messages in form.errors.values() for message in messages]
