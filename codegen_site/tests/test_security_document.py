"""`.github/SECURITY.md` walks through the OWASP API Security Top 10: what it names is there."""

import ast
import re

import pytest

from codegen_site.env import BASE_DIR

TEXT = (BASE_DIR / ".github" / "SECURITY.md").read_text()
NAMED = re.findall(r"`([\w/]+\.py)::(\w+)`", TEXT)


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_a_test_that_is_named_is_there(path: str, name: str) -> None:
    tree = ast.parse((BASE_DIR / path).read_text())
    assert name in {
        node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_each_of_the_ten_risks_has_tests() -> None:
    sections = dict(re.findall(r"^### (API\d+) [^\n]+\n(.*?)(?=^### |\Z)", TEXT, re.DOTALL | re.MULTILINE))
    assert list(sections) == [f"API{number}" for number in range(1, 11)]
    assert all(
        re.search(r"^- `[\w/]+\.py::test_\w+`$", section, re.MULTILINE) for section in sections.values()
    )
