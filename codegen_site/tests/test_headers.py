"""What a browser may do with our pages."""

import pytest
from django.test import Client
from django.urls import reverse

from codegen_site.content_security import BROWSABLE, STRICT

PAGES = ["/", "/login", "/api/docs", "/api/schema", "/health", "/nowhere", "/api/v1/nowhere"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES)
def test_every_answer_says_it(path: str) -> None:
    headers = Client().get(path, headers={"Accept": "text/html"}).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("word", ["unsafe-inline", "unsafe-eval", "http:", "https:", "*"])
def test_no_policy_of_ours_has_a_hole(word: str) -> None:
    assert word not in STRICT
    assert word not in BROWSABLE


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["login", "password-forgotten", "password-new", "account"])
def test_pages_of_accounts_are_kept_by_no_cache(name: str) -> None:
    assert "no-store" in Client().get(reverse(name))["Cache-Control"]
