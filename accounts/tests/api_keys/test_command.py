from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.api_keys.services import authenticate_key
from accounts.models import ApiKey
from accounts.testing import make_organization

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("create_api_key", *arguments, stdout=out)
    return out.getvalue()


def test_it_prints_a_working_key_and_nothing_else() -> None:
    organization = make_organization("Acme")
    api_key = authenticate_key(run("acme", "--name", "laptop").rstrip("\n"))
    assert api_key.organization == organization
    assert api_key.name == "laptop"
    assert api_key.scopes == "generate read jobs batches"
    assert api_key.expires_at is None


def test_scopes_and_expiry_can_be_given() -> None:
    make_organization("Acme")
    run("acme", "--name", "laptop", "--scopes", "read,jobs", "--expires-days", "30")
    api_key = ApiKey.objects.get()
    assert api_key.scopes == "read jobs"
    assert api_key.expires_at is not None
    assert abs(api_key.expires_at - timezone.now() - timedelta(days=30)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["nowhere", "--name", "x"], "no organization with the slug nowhere"),
        (["acme", "--name", "x", "--scopes", "read,everything"], "Unknown scopes: everything"),
        (["acme", "--name", "x", "--expires-days", "0"], "at least 1"),
        (["acme"], "--name"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(arguments: list[str], reason: str) -> None:
    make_organization("Acme")
    with pytest.raises(CommandError, match=reason):
        run(*arguments)
    assert not ApiKey.objects.exists()
