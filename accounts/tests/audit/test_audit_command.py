"""`manage.py audit`: what operators verify, take away, and let go on."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.audit.sealing import seal_entries
from accounts.models import AuditAnchor, AuditChain, AuditEntry, Organization
from accounts.tests.audit.conftest import write
from accounts.tests.audit.test_verifying import without_triggers

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("audit", *arguments, stdout=out)
    return out.getvalue()


def break_it(organization: Organization) -> None:
    with without_triggers():
        AuditEntry._base_manager.filter(chain=str(organization.pk), position=2).update(actor="x")


@pytest.fixture
def sealed(acme: Organization) -> Organization:
    write(acme, 3)
    seal_entries()
    return acme


def test_a_log_that_holds(sealed: Organization) -> None:
    assert run("verify") == "4 links of 1 chains hold.\n"
    assert run("verify", "--organization", "acme", "--since", "2026-01-01", "--json") == "[]\n"


def test_a_broken_one_fails_and_names_the_link(sealed: Organization) -> None:
    break_it(sealed)
    out = io.StringIO()
    with pytest.raises(CommandError) as raised:
        call_command("audit", "verify", stdout=out)
    assert raised.value.returncode == 1
    entry = AuditEntry.objects.get(position=2)
    assert f"{sealed.pk} at position 2 (entry {entry.pk}): the entry was changed" in out.getvalue()
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("audit", "verify", "--json", stdout=out)
    [told] = json.loads(out.getvalue())
    assert (told["position"], told["reason"]) == (2, "the entry was changed")


def test_it_is_sealed_by_hand(acme: Organization) -> None:
    run("seal")
    assert not AuditEntry.objects.filter(position=None).exists()


@pytest.mark.parametrize("kind", ["jsonl", "csv"])
def test_it_is_exported(sealed: Organization, kind: str) -> None:
    lines = run("export", "--format", kind, "--organization", "acme").splitlines()
    assert len(lines) == (4 if kind == "jsonl" else 5)
    assert AuditEntry.objects.get(action="audit.exported").actor.startswith("manage.py audit (")
    assert run("export", "--since", "2099-01-01") == ""


def test_who_looked_lets_it_go_on(sealed: Organization) -> None:
    break_it(sealed)
    assert "behind position 4" in run("resume", str(sealed.pk), "--reason", "looked at")
    run("verify")
    with pytest.raises(CommandError, match="no chain"):
        run("resume", "nothing", "--reason", "x")


@pytest.mark.parametrize(
    "arguments",
    [
        ("verify", "--organization", "nothing"),
        ("export", "--since", "soon"),
        ("verify", "--log", "/no/such/file"),
    ],
)
def test_what_it_does_not_understand_it_says(db: None, arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        run(*arguments)


@pytest.fixture
def told(sealed: Organization, tmp_path: Path) -> Path:
    """What the service has logged of the entries and of the chain, among other lines."""
    lines: list[dict[str, Any]] = [
        {
            "event": "audit.entry",
            "entry": str(entry.pk),
            "chain": entry.chain,
            "digest": entry.digest,
            "created_at": entry.created_at.isoformat(),
        }
        for entry in AuditEntry.objects.all()
    ]
    chain = AuditChain.objects.get()
    lines.append({"event": "audit.anchor", "chain": chain.name, "position": 4, "hash": chain.hash})
    file = tmp_path / "service.log"
    file.write_text("\n".join(["no JSON: audit.entry", "{}", *map(json.dumps, lines), '["audit.entry"]']))
    return file


def test_it_agrees_with_what_the_service_has_logged(sealed: Organization, told: Path) -> None:
    assert "hold" in run("verify", "--log", str(told))


def test_what_is_gone_without_a_trace_is_known_to_the_log(sealed: Organization, told: Path) -> None:
    with without_triggers():
        AuditEntry._base_manager.all().delete()
        AuditChain.objects.all().delete()
        AuditAnchor._base_manager.all().delete()
    assert "hold" in run("verify")
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("audit", "verify", "--log", str(told), stdout=out)
    assert out.getvalue().count("the log knows it: it is gone") == 4
    assert "the log knows an entry here" in out.getvalue()
