import re

import pytest
from django.test import Client


def answered_id(given: str | None = None) -> str:
    headers = {"X-Request-ID": given} if given is not None else None
    return str(Client().get("/health", headers=headers)["X-Request-ID"])


def test_a_request_without_an_id_gets_one() -> None:
    first, second = answered_id(), answered_id()
    assert re.fullmatch(r"[0-9a-f]{32}", first)
    assert first != second


def test_the_id_of_the_caller_is_kept() -> None:
    assert answered_id("trace-1.2_3") == "trace-1.2_3"


@pytest.mark.parametrize("given", ["", "a b", "a\nb", "x" * 129, "<script>", "é"])
def test_an_id_that_does_not_belong_into_a_log_is_replaced(given: str) -> None:
    assert re.fullmatch(r"[0-9a-f]{32}", answered_id(given))
