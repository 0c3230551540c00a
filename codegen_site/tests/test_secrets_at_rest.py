"""Nothing is encrypted that `manage.py rotate_secrets` would forget."""

import ast
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from accounts.rotation import sealed_columns

APPS = ("accounts", "generation", "jobs", "codegen_site")
# Who encrypts what no column keeps for long; and why.
WITHOUT_A_COLUMN = {
    "accounts/sealed_field.py": "is the column",
    "accounts/kept_response.py": "expires by itself within a day",
    "accounts/mail.py": "an argument of a job, which is deleted after some days",
    "accounts/login/letters.py": "an argument of a job, which is deleted after some days",
}


def sources() -> Iterator[Path]:
    for app in APPS:
        for path in sorted((Path(settings.BASE_DIR) / app).rglob("*.py")):
            if "tests" not in path.parts and "migrations" not in path.parts:
                yield path


def encrypts(source: str) -> bool:
    """Whether it imports `encrypt`, or the module as a whole."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            names = {alias.name for alias in node.names}
            if node.module == "accounts.encryption" and names & {"encrypt", "*"}:
                return True
            if node.module == "accounts" and "encryption" in names:
                return True
        if isinstance(node, ast.Import) and any(alias.name == "accounts.encryption" for alias in node.names):
            return True
    return False


def test_whoever_encrypts_keeps_it_in_a_column_that_is_rotated() -> None:
    """A new secret: a `SealedTextField`. Where nothing is kept for long: a line above, with the reason."""
    found = {str(path.relative_to(settings.BASE_DIR)) for path in sources() if encrypts(path.read_text())}
    assert found == WITHOUT_A_COLUMN.keys()


def test_it_is_seen_however_it_is_imported() -> None:
    assert encrypts("from accounts.encryption import decrypt, encrypt")
    assert encrypts("from accounts import encryption")
    assert encrypts("def late():\n    import accounts.encryption as e")
    assert not encrypts("from accounts.encryption import decrypt, Undecipherable")


def test_every_column_of_secrets_has_a_purpose_of_its_own() -> None:
    columns = {str(column): column.purpose for column in sealed_columns()}
    assert columns["generation.WebhookSecret.encrypted"] == "webhooks"
    assert all(columns.values())
    assert len(set(columns.values())) == len(columns)
