"""Three organizations with one of everything, each thing marked with whose it is."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from accounts.models import ApiKey, Invitation, Membership, Organization, Role, ServiceAccount
from accounts.testing import Caller, make_everybody, make_key, make_member
from generation.models import (
    Attempt,
    Batch,
    BatchItem,
    DeliveryAttempt,
    File,
    Generation,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
)

URL = "http://127.0.0.1:9"


@dataclass(kw_only=True)
class Things:
    """What the organization `slug` owns: the arguments of routes, and the texts by which they are known."""

    slug: str
    routes: dict[str, Any] = field(default_factory=dict)
    marks: list[str] = field(default_factory=list)

    def mark(self, what: str) -> str:
        """A text that is nowhere but in this thing of this organization."""
        mark = f"mark-{self.slug}-{what}"
        self.marks.append(mark)
        return mark

    @property
    def ids(self) -> list[str]:
        return [str(value) for value in self.routes.values() if len(str(value)) > 30]


@dataclass(frozen=True, kw_only=True)
class World:
    callers: dict[str, Caller]
    things: dict[str, Things]


def make_world() -> World:
    callers = make_everybody()
    slugs = ("acme", "elsewhere", "halted")
    things = {slug: fill(Organization.objects.get(slug=slug)) for slug in slugs}
    return World(callers=callers, things=things)


def unknown() -> dict[str, Any]:
    """Arguments that stand for nothing."""
    names = "generation_id job_id batch_id webhook_id delivery_id key_id invitation_id account_id".split()
    return {**{name: uuid4() for name in names}, "member_id": 999_999, "path": "nothing.html"}


def fill(organization: Organization) -> Things:
    """With one of everything."""
    things = Things(slug=organization.slug)
    for make in (_people, _generation, _batch, _webhook):
        make(organization, things)
    return things


def _people(organization: Organization, things: Things) -> None:
    member = make_member(organization, role=Role.VIEWER, email=f"{things.mark('member')}@example.org")
    account = ServiceAccount.objects.create(organization=organization, name=things.mark("account"))
    key, _text = make_key(organization, owner=account)
    ApiKey.objects.filter(pk=key.pk).update(name=things.mark("key"), description=things.mark("description"))
    invitation = Invitation.objects.create(
        organization=organization,
        email=f"{things.mark('guest')}@example.org",
        token_hash=f"hash-{organization.slug}",
        expires_at=timezone.now() + timedelta(days=1),
    )
    things.routes |= {
        "member_id": Membership.objects.get(user=member).pk,
        "account_id": account.pk,
        "key_id": key.pk,
        "invitation_id": invitation.pk,
    }


def _generation(organization: Organization, things: Things) -> None:
    now = timezone.now()
    generation = Generation.objects.create(
        organization=organization,
        status=Generation.Status.COMPLETED,
        cached=True,  # its events are told from its rows
        created_at=now,
        started_at=now,
        finished_at=now,
        prompt=things.mark("prompt"),
        model="gemini-2.5-flash",
        metadata={"note": things.mark("metadata")},
        framework="html",
        framework_source="detected",
        framework_confidence=0.9,
        message=things.mark("message"),
    )
    content = things.mark("file")
    File.objects.create(
        generation=generation,
        path="index.html",
        language="html",
        size=len(content),
        sha256="0" * 64,
        content=content,
    )
    Attempt.objects.create(
        generation=generation, claim_no=1, number=1, model="m", messages=[], answer=things.mark("answer")
    )
    things.routes |= {"generation_id": generation.pk, "job_id": generation.pk, "path": "index.html"}


def _batch(organization: Organization, things: Things) -> None:
    batch = Batch.objects.create(
        organization=organization,
        status=Batch.Status.COMPLETED,
        finished_at=timezone.now(),
        total=1,
        metadata={"note": things.mark("batch")},
    )
    line = Generation.objects.create(
        organization=organization,
        status=Generation.Status.FAILED,
        prompt=things.mark("line"),
        model="gemini-2.5-flash",
        batch=batch,
        error_code="llm_refused",
        error_message=things.mark("error"),
    )
    BatchItem.objects.create(batch=batch, number=1, custom_id=things.mark("custom-id"), generation=line)
    things.routes["batch_id"] = batch.pk


def _webhook(organization: Organization, things: Things) -> None:
    endpoint = WebhookEndpoint.objects.create(
        organization=organization, url=f"{URL}/{things.mark('url')}", description=things.mark("webhook")
    )
    event = WebhookEvent.objects.create(
        organization=organization,
        type="generation.completed",
        body=json.dumps({"type": "generation.completed", "data": {"id": things.mark("event")}}),
    )
    delivery = WebhookDelivery.objects.create(
        organization=organization,
        endpoint=endpoint,
        event=event,
        status=WebhookDelivery.Status.FAILED,
        attempt_count=1,
        last_error=things.mark("last-error"),
        finished_at=timezone.now(),
    )
    DeliveryAttempt.objects.create(
        delivery=delivery,
        number=1,
        started_at=timezone.now(),
        latency_ms=1,
        response_body=things.mark("reply"),
    )
    things.routes |= {"webhook_id": endpoint.pk, "delivery_id": delivery.pk}


def others(world: World, slug: str) -> Iterator[Things]:
    return (things for things in world.things.values() if things.slug != slug)
