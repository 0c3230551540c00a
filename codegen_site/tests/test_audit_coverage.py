"""Whoever changes something is in the audit log, by whatever address: those that come later too."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.views.generic import RedirectView

from accounts.actor import OPERATOR
from accounts.models import AuditEntry, Organization
from accounts.organizations.deletion import request_deletion
from accounts.organizations.invitations import invite
from accounts.testing import forget_process_state, make_user, written_mails
from accounts.tests.organizations.test_api import token_in
from codegen_site.tests.isolation_world import World
from codegen_site.tests.test_isolation import (
    BODIES,
    OWN,
    address_of,
    methods_of,
    routes,
    world,  # noqa: F401 - a fixture
)
from generation.models import Batch, Generation

pytestmark = pytest.mark.django_db

# Every address that writes, and two that hand everything out.
TOLD = """
organization           PATCH   organization.changed
organization-deletion  POST    organization.deletion_requested
organization-deletion  DELETE  organization.deletion_undone
organization-export    GET     organization.exported
organization-leave     POST    member.left
organization-anomalies PATCH   anomaly_policy.changed
organization-retention PATCH   retention.changed
organization-transfer  POST    member.role_changed
audit                  GET     audit.exported
member                 PATCH   member.role_changed
member                 DELETE  member.removed
invitations            POST    invitation.created
invitation             DELETE  invitation.revoked
invitation-resend      POST    invitation.resent
invitation-accept      POST    invitation.accepted
service-accounts       POST    service_account.created
service-account        PATCH   service_account.changed
service-account        DELETE  service_account.removed
api-keys               POST    api_key.created
api-key                PATCH   api_key.changed
api-key                DELETE  api_key.revoked
api-key-rotate         POST    api_key.rotated
job-cancel             POST    generation.cancelled
generation             DELETE  generation.deleted
generation-refine      POST    generation.refined
generation-restore     POST    generation.restored
webhooks               POST    webhook.created
webhook                PATCH   webhook.changed
webhook                DELETE  webhook.deleted
webhook-rotate         POST    webhook.secret_rotated
webhook-test           POST    webhook.tested
webhook-resend         POST    webhook_delivery.resent
batches                POST    batch.started
batch-cancel           POST    batch.cancelled
"""
# And why it is told nowhere.
NOT_TOLD = {
    ("generate-code", "POST"): "each generation is its own record",
    ("estimate", "POST"): "it says what something would cost, and does nothing",
}
ROWS = [tuple(line.split()) for line in TOLD.strip().splitlines()]
ADDRESSES = {("audit", "GET"): "?format=jsonl"}
# Who can do it, where the owner of an organization cannot.
CALLERS = {"organization-leave": "vic", "invitation-accept": "nobody"}
PAGES_TOLD = OWN
# They say what they say, whatever the method.
READING = {"health", "ready", "metrics"}


def _invited(world: World) -> dict[str, Any]:  # noqa: F811
    acme = Organization.objects.get(slug="acme")
    with written_mails() as mails:
        invite(organization=acme, email="erin@example.org", by=OPERATOR, site="https://x.example")
    return {"token": token_in(mails[0]), "password": "a long one for erin"}


def _asked_to_go(world: World) -> None:  # noqa: F811
    acme = Organization.objects.get(slug="acme")
    request_deletion(organization=acme, confirmation="acme", by=OPERATOR)


def _running(world: World) -> None:  # noqa: F811
    running = Generation.objects.filter(pk=world.things["acme"].routes["generation_id"])
    running.update(status=Generation.Status.RUNNING, cached=False, finished_at=None)


def _running_batch(world: World) -> None:  # noqa: F811
    running = Batch.objects.filter(pk=world.things["acme"].routes["batch_id"])
    running.update(status=Batch.Status.RUNNING, finished_at=None)
    Generation.objects.filter(batch__in=running).update(status=Generation.Status.QUEUED)


# What has to be there first; what it returns is the body.
FIRST: dict[tuple[str, str], Callable[[World], dict[str, Any] | None]] = {
    ("invitation-accept", "POST"): _invited,
    ("organization-deletion", "DELETE"): _asked_to_go,
    ("job-cancel", "POST"): _running,
    ("batch-cancel", "POST"): _running_batch,
}


def test_every_address_that_writes_is_told_or_says_why_not() -> None:
    writing = {
        (pattern.name, method)
        for address, pattern in routes()
        if address.startswith("api/v1/")
        for method in methods_of(pattern) - {"GET"}
    }
    told = {(route, method) for route, method, _action in ROWS}
    assert {row for row in told if row[1] != "GET"} | set(NOT_TOLD) == writing


@pytest.mark.parametrize(("route", "method", "action"), ROWS)
def test_it_is_told(route: str, method: str, action: str, world: World) -> None:  # noqa: F811
    things = world.things["acme"]
    caller = world.callers[CALLERS.get(route, "alice")]
    client = caller.client()
    prepare = FIRST.get((route, method))
    first = prepare(world) if prepare else None
    body = first or BODIES.get((route, method)) or {}
    body = body(things) if callable(body) else body
    address = address_of(route, things.routes) + ADDRESSES.get((route, method), "")
    known = set(AuditEntry.objects.values_list("pk", flat=True))
    forget_process_state()
    response = getattr(client, method.lower())(
        address,
        **({} if method == "GET" else {"data": body, "content_type": "application/json"}),
        headers={"User-Agent": "a test", "X-Request-ID": "a-request"},
    )
    assert 200 <= response.status_code < 300, response.content
    entries = [entry for entry in AuditEntry.objects.exclude(pk__in=known) if entry.action == action]
    assert entries, f"{method} {route} is not in the audit log"
    for entry in entries:
        assert str(entry.organization_id) == str(Organization.objects.get(slug="acme").pk)
        if caller.user:
            assert (entry.actor_kind, entry.actor_id) == ("person", str(caller.user.pk))
            assert entry.role == ("owner" if caller.name == "alice" else "viewer")
        assert (entry.address, entry.user_agent, entry.request_id) == ("127.0.0.1", "a test", "a-request")


@pytest.mark.parametrize("key", ["key", "robot"])
def test_a_key_is_told_by_its_prefix_and_its_text_never(key: str, world: World) -> None:  # noqa: F811
    caller = world.callers[key]
    response = caller.client().post(
        reverse("webhooks"), {"url": "http://127.0.0.1:9/secret-path"}, content_type="application/json"
    )
    entry = AuditEntry.objects.get(action="webhook.created")
    assert entry.actor_kind == ("key" if key == "key" else "service_account")
    everything = str(AuditEntry.objects.values())
    for secret in (caller.key, response.json()["secret"], "secret-path"):
        assert secret
        assert secret not in everything


def test_no_other_page_takes_anything(client: Client) -> None:
    """Those of people are told where somebody comes and goes; another one that writes is to be told too."""
    client.force_login(make_user())
    for address, pattern in routes():
        if (
            address.startswith(("api/v1/", "admin/"))
            or pattern.name in PAGES_TOLD | READING
            or "<" in address
        ):
            continue
        response = client.post(f"/{address}", {})
        assert response.status_code in (403, 405) or is_mere_redirect(pattern), address


def is_mere_redirect(pattern: Any) -> bool:
    return getattr(pattern.callback, "view_class", None) is RedirectView


def test_who_comes_and_who_goes_is_told(client: Client) -> None:
    user = make_user("alice@example.org", password="a long one for alice")
    client.force_login(user)
    client.post(reverse("logout"))
    entries = AuditEntry.objects.filter(object_id=str(user.pk), actor_id=str(user.pk)).order_by("id")
    assert [entry.action for entry in entries] == ["user.logged_in", "user.logged_out"]


def test_who_accepts_an_invitation_on_the_page_is_told(client: Client, world: World) -> None:  # noqa: F811
    client.post(reverse("invitation-page"), _invited(world))
    entry = AuditEntry.objects.get(action="invitation.accepted")
    assert (entry.actor, entry.actor_kind, entry.role) == ("erin@example.org", "person", "developer")
