"""Every POST of the API honours `Idempotency-Key`, also those that are added later, and says so."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.generators import SchemaGenerator

from accounts.models import IdempotencyKey
from accounts.testing import make_organization, make_user

SAMPLES = {"uuid": str(uuid4()), "int": "1", "str": "x", "slug": "x", "path": "x"}


def addresses(resolver: URLResolver | None = None, prefix: str = "/") -> Iterator[str]:
    for pattern in (resolver or get_resolver()).url_patterns:
        address = prefix + re.sub(r"<(?:(\w+):)?\w+>", _sample, str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, address)
        elif isinstance(pattern, URLPattern) and address.startswith("/api/v1/"):
            yield address


def _sample(match: re.Match[str]) -> str:
    return SAMPLES[match[1] or "str"]


@pytest.mark.django_db(transaction=True)  # batches are read in threads of their own
def test_every_post_reads_the_key_before_it_does_anything() -> None:
    owner = make_user()
    make_organization(owner=owner)
    client = Client()
    client.force_login(owner)  # some of them are done by no key
    answered = {}
    for address in addresses():
        response = client.post(
            address,
            {},
            content_type="application/json",
            headers={"Idempotency-Key": "mal formed", "Accept": "application/json"},
        )
        if response.status_code != 405:
            answered[address] = response.json()["error"]
    assert {"/api/v1/generate_code", f"/api/v1/jobs/{SAMPLES['uuid']}/cancel"} <= set(answered)
    for address, error in answered.items():
        fields = [detail["field"] for detail in error["details"] or []]
        assert (error["code"], fields) == ("invalid_request", ["Idempotency-Key"]), address
    assert not IdempotencyKey.objects.exists()


def test_every_post_shows_the_key_in_the_documentation() -> None:
    schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    posts = {path: methods["post"] for path, methods in schema["paths"].items() if "post" in methods}
    assert posts
    for path, operation in posts.items():
        assert ("Idempotency-Key", "header") in [
            (parameter["name"], parameter["in"]) for parameter in operation.get("parameters", [])
        ], path
    others = [methods[m] for methods in schema["paths"].values() for m in methods if m != "post"]
    assert "Idempotency-Key" not in str(others)
