"""What is told of a change."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from accounts.audit.changes import is_secret, tell_changes, tell_url, tell_values
from accounts.models import Role

ID = UUID(int=7)


def test_only_what_differs_is_told() -> None:
    before = {"name": "Acme", "role": Role.VIEWER, "models": ["a"]}
    after = {"name": "Acme", "role": Role.ADMIN, "models": ["a", "b"]}
    told = tell_changes(before, after)
    assert told == ({"role": "viewer", "models": ["a"]}, {"role": "admin", "models": ["a", "b"]})


def test_of_what_is_new_and_of_what_is_gone_all_is_told() -> None:
    assert tell_changes(None, {"name": "new"}) == (None, {"name": "new"})
    assert tell_changes({"name": "old"}, None) == ({"name": "old"}, None)


@pytest.mark.parametrize(
    "name", ["password", "token_hash", "secret", "signing_secret", "salt", "digest", "encrypted", "pepper_id"]
)
def test_of_a_secret_only_that_it_changed(name: str) -> None:
    assert tell_changes({name: "old-one"}, {name: "new-one"}) == ({name: "changed"}, {name: "changed"})
    assert tell_values({"inner": [{name: "deep"}]}) == {"inner": [{name: "changed"}]}


@pytest.mark.parametrize("name", ["name", "sha256", "object_id", "allowed_networks", "max_output_tokens"])
def test_other_names_are_none_of_secrets(name: str) -> None:
    assert not is_secret(name)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (datetime(2026, 11, 30, tzinfo=UTC), "2026-11-30T00:00:00+00:00"),
        (ID, str(ID)),
        (1e16, "1e+16"),
        (True, True),
        (None, None),
        ("nul\0 half \ud800", "nul� half ?"),
        ({1: {"a"}}, {"1": ["a"]}),
        (b"bytes", "b'bytes'"),
    ],
)
def test_a_value_is_json_that_any_database_gives_back(value: Any, told: Any) -> None:
    assert tell_values({"value": value}) == {"value": told}
    assert json.loads(json.dumps(told)) == told


def test_a_long_text_is_told_by_its_hash() -> None:
    told = str((tell_values({"text": "x" * 10_000}) or {})["text"])
    assert told.startswith("(10,000 characters, SHA-256 ")
    assert len(told) < 110


def test_what_is_too_much_is_cut() -> None:
    deep: Any = "bottom"
    for _ in range(1_000):
        deep = [deep]
    told = tell_values({"many": list(range(100_000)), "deep": deep}) or {}
    assert len(told["many"]) == 100
    assert len(json.dumps(told)) < 2_000


def test_of_an_address_the_host_and_which_one() -> None:
    one, other = (tell_url(f"https://hooks.example/services/{secret}?key=1") for secret in ("T0", "T1"))
    assert one.startswith("https://hooks.example/… (")
    assert one != other
    assert "T0" not in one.replace(one[-10:], "")
