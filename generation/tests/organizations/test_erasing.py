"""An organization goes for good, with all that it has; its archive before that; and its mails."""

import asyncio
import io
import json
import smtplib
import zipfile
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.db import models
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.actor import OPERATOR
from accounts.mail import write_mail
from accounts.models import Organization
from accounts.organizations.deletion import request_deletion
from accounts.organizations.export import stream_archive
from accounts.testing import Cast, make_organization
from codegen_site.tests.isolation_world import fill
from generation.models import Generation
from generation.organizations import erase as erasing
from generation.organizations import export
from generation.schedules import erase_organizations
from jobs.models import Job
from jobs.testing import run_all_jobs

pytestmark = pytest.mark.django_db(transaction=True)


def run() -> None:
    """What is due, with what was put off."""
    Job.objects.filter(status=Job.Status.READY).update(run_after=None)
    asyncio.run(run_all_jobs())


def let_it_be_due(organization: Organization) -> None:
    request_deletion(organization=organization, confirmation=organization.slug, by=OPERATOR)
    Organization.objects.filter(pk=organization.pk).update(deletion_due_at=timezone.now())


def rows_of(organization: Organization) -> dict[str, int]:
    """How many rows of each model lead to it, by whatever way."""
    counted: dict[str, int] = {}
    for model in apps.get_models():
        for path in _paths_to_organization(model):
            found = model._default_manager.filter(**{path: organization.pk}).count()
            counted[model.__name__] = max(found, counted.get(model.__name__, 0))
    counted["Job"] = Job.objects.filter(owner=str(organization.pk)).count()
    return {name: count for name, count in counted.items() if count}


def _paths_to_organization(model: type[models.Model], depth: int = 3) -> list[str]:
    paths = []
    for field in model._meta.get_fields():
        if not isinstance(field, models.ForeignKey):
            continue
        if field.related_model is Organization:
            paths.append(field.name)
        elif depth and field.related_model is not model:
            related: Any = field.related_model
            paths += [f"{field.name}__{path}" for path in _paths_to_organization(related, depth - 1)]
    return paths


def test_nothing_of_it_is_left_and_all_of_the_others(cast: Cast) -> None:
    fill(cast.organization)
    fill(cast.other_organization)
    theirs = rows_of(cast.other_organization)
    assert {"File", "Attempt", "BatchItem", "DeliveryAttempt", "ServiceAccount"} <= set(theirs)
    let_it_be_due(cast.organization)
    erase_organizations.call()
    run()
    assert not Organization.objects.filter(pk=cast.organization.pk).exists()
    assert rows_of(cast.organization) == {}
    assert rows_of(cast.other_organization) == theirs


def test_one_that_is_not_due_stays(cast: Cast) -> None:
    request_deletion(organization=cast.organization, confirmation="acme", by=OPERATOR)
    assert erase_organizations.call() == 0
    run()
    assert Organization.objects.filter(pk=cast.organization.pk).exists()


def test_what_was_interrupted_goes_on(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(cast.organization)
    let_it_be_due(cast.organization)
    with monkeypatch.context() as patch:
        patch.setattr(erasing, "WebhookEvent", None)
        erase_organizations.call()
        run()
    assert not Generation.objects.for_organization(cast.organization).exists()
    assert Organization.objects.filter(pk=cast.organization.pk).exists()
    erase_organizations.call()
    run()
    assert not Organization.objects.filter(pk=cast.organization.pk).exists()


def archive_of(organization: Organization) -> zipfile.ZipFile:
    archive = zipfile.ZipFile(io.BytesIO(b"".join(stream_archive(organization))))
    assert archive.testzip() is None
    return archive


def test_the_archive_holds_everything_and_nothing_of_others(cast: Cast) -> None:
    things = fill(cast.organization)
    others = fill(cast.other_organization)
    with archive_of(cast.organization) as archive:
        texts = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".jsonl")]
        with zipfile.ZipFile(io.BytesIO(archive.read("files/0001.zip"))) as files:
            generation_id = things.routes["generation_id"]
            assert files.namelist() == [f"{generation_id}/index.html"]
            texts.append(files.read(files.namelist()[0]).decode())
    everything = "".join(texts)
    assert [mark for mark in things.marks if mark not in everything] == []
    assert [mark for mark in others.marks if mark in everything] == []
    for line in everything.splitlines()[:-1]:
        json.loads(line)


def test_files_come_in_archives_of_many_generations(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "GENERATIONS_IN_ONE", 2)
    for number in range(5):
        generation = Generation.objects.create(organization=cast.organization, prompt=str(number), model="m")
        for path in ("a.txt", "b/c.txt"):
            generation.files.create(path=path, size=1, sha256="0" * 64, content=f"{number} {path}")
    found: list[str] = []
    with archive_of(cast.organization) as archive:
        inner = [name for name in archive.namelist() if name.startswith("files/")]
        assert inner == ["files/0001.zip", "files/0002.zip", "files/0003.zip"]
        for name in inner:
            with zipfile.ZipFile(io.BytesIO(archive.read(name))) as files:
                found += files.namelist()
    assert len(found) == len(set(found)) == 10


def test_pieces_are_small_however_much_there_is(cast: Cast) -> None:
    generation = Generation.objects.create(organization=cast.organization, prompt="p", model="m")
    for number in range(50):
        content = f"{number:06}" * 20_000
        generation.files.create(path=f"{number}.txt", size=len(content), sha256="0" * 64, content=content)
    pieces = [len(piece) for piece in stream_archive(cast.organization)]
    assert max(pieces) < 200_000


def test_an_organization_without_anything_has_an_archive(cast: Cast) -> None:
    with archive_of(make_organization("Empty")) as archive:
        assert "generations.jsonl" in archive.namelist()
        assert archive.read("generations.jsonl") == b""


def write(to: str = "erin@example.org") -> None:
    context = {"organization": "Acme", "role": "viewer", "inviter": "alice", "link": "https://x/#secret"}
    write_mail(to=to, template="invitation", context={**context, "expires_at": timezone.now()})


def test_a_mail_is_sent_by_a_worker_and_waits_encrypted(cast: Cast) -> None:
    write()
    assert mail.outbox == []
    job = Job.objects.get()
    assert "secret" not in json.dumps(job.kwargs)
    assert "erin" not in json.dumps(job.kwargs)
    run()
    [sent] = mail.outbox
    assert (sent.to, sent.subject) == (["erin@example.org"], "Join Acme")
    assert "https://x/#secret" in sent.body


def test_a_mail_server_that_is_away_is_asked_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    write()
    with monkeypatch.context() as patch:
        patch.setattr("accounts.mail.EmailMessage.send", _refuse)
        run()
    assert mail.outbox == []
    # A server may quote what it refuses.
    assert "secret" not in str(list(Job.objects.values()))
    run()
    assert len(mail.outbox) == 1


def _refuse(message: Any) -> None:
    raise smtplib.SMTPDataError(554, f"refused: {message.body}".encode())


def test_an_invitation_by_rest_becomes_a_mail(cast: Cast, client: Client, settings: Settings) -> None:
    settings.SITE_URL = "https://codegen.example"
    client.force_login(cast.alice)
    response = client.post(
        "/api/v1/invitations", {"email": "erin@example.org"}, content_type="application/json"
    )
    assert response.status_code == 201
    run()
    assert "https://codegen.example/invitation#cg_inv_" in mail.outbox[0].body
