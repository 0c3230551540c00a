"""What somebody has named is no formula in a spreadsheet."""

import csv
import io
from typing import Any

import pytest

from accounts.ledger.csv_format import CsvRenderer, safe_cell


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "=cmd|' /C calc'!A0",
        "\uff1d1",
    ],
)
def test_a_text_that_begins_like_a_formula_is_quoted(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("value", ["gpt-4.1", "", "a=1", "1+1", None, 5, -5, 1.5])
def test_anything_else_stays(value: Any) -> None:
    assert safe_cell(value) == value


def test_cells_come_back_as_they_were() -> None:
    names = ['a "quoted" name', "two\nlines", "a,b;c", "ünïcode", None]
    data = {"columns": ["name", "calls"], "data": [{"calls": 1, "name": name} for name in names]}
    rows = list(csv.reader(io.StringIO(CsvRenderer().render(data).decode(), newline="")))
    assert rows == [["name", "calls"], *([name or "", "1"] for name in names)]


def test_an_error_is_json() -> None:
    assert CsvRenderer().render({"error": {"code": "x"}}) == b'{"error":{"code":"x"}}'
