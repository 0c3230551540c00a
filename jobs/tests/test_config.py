import re

import pytest

from jobs.config import owner_token


@pytest.mark.parametrize("owner", ["acme", "01a20d7f-b48b-732f-ba8f-f2d9396d0ad9", "A_b-9"])
def test_a_plain_owner_is_its_own_token(owner: str) -> None:
    assert owner_token(owner) == owner


@pytest.mark.parametrize("owner", ["a.b", "a b", "a\r\nPUB x 0", ">", "*", "é", ""])
def test_an_owner_cannot_make_another_subject(owner: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]+", owner_token(owner))


def test_different_owners_have_different_tokens() -> None:
    assert len({owner_token(owner) for owner in ("a.b", "a b", "a>b", "")}) == 4
