"""Ten thousand lines: few statements, whatever is done with them."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership
from accounts.testing import Cast
from generation.batch_lines import check_lines, number_values
from generation.batch_services import start_batch
from generation.models import Batch, BatchItem, Generation
from generation.tests.conftest import post_lines, results_of
from jobs.models import Job

pytestmark = pytest.mark.django_db(transaction=True)

LINES = 10_000


@contextmanager
def at_most(number: int) -> Iterator[None]:
    with CaptureQueriesContext(connection) as queries:
        yield
    assert len(queries) <= number


def test_ten_thousand_lines(api: Client) -> None:
    lines = [{"custom_id": f"page-{number}", "prompt": f"Page {number}"} for number in range(LINES)]
    links = post_lines(api, *lines[:-1], b"nonsense").json()["links"]
    assert Generation.objects.count() == Job.objects.count() == LINES - 1
    assert list(Generation.objects.order_by("id").values_list("prompt", flat=True)) == [
        line["prompt"] for line in lines[:-1]
    ]
    with at_most(10):
        counts = api.get(links["self"]).json()["request_counts"]
    assert (counts["total"], counts["queued"], counts["failed"]) == (LINES, LINES - 1, 1)
    with at_most(450):  # a third of them for the ledger, which has an entry for each line
        assert api.post(links["cancel"]).json()["status"] == "cancelled"
    assert not Job.objects.filter(status="READY").exists()
    results = results_of(api, str(Batch.objects.get().id))
    assert [result["line"] for result in results] == list(range(1, LINES + 1))
    assert results[-1]["error"]["code"] == "invalid_request"


def test_storing_takes_a_statement_for_many_lines(cast: Cast) -> None:
    values = ({"prompt": f"Page {number}"} for number in range(LINES))
    lines = check_lines(number_values(values), caller=Membership(organization=cast.organization))
    # SQLite takes 999 values in a statement, which is some thirty rows.
    with at_most(1_200 if connection.vendor == "sqlite" else 100):
        start_batch(organization=cast.organization, lines=lines)
    assert Generation.objects.count() == Job.objects.count() == LINES


def test_a_batch_is_stored_as_a_whole_or_not_at_all(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    api.raise_request_exception = False
    monkeypatch.setattr("generation.batch_services.end_batch_if_done", lambda batch_id: 1 / 0)
    assert post_lines(api, *[{"prompt": f"Page {number}"} for number in range(600)]).status_code == 500
    for model in (Batch, BatchItem, Generation, Job):
        assert not model.objects.exists()
