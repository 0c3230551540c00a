"""Reads `cases/`: prompts, and what may be taken for each."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from generation.frameworks import load_frameworks
from generation.pipeline.detect_framework import detect

_FOLDER = Path(__file__).parent / "cases"


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    prompt: str
    slugs: frozenset[str]
    also: frozenset[str]

    def check(self) -> None:
        found = detect(self.prompt, load_frameworks())
        assert found.slug in self.slugs, found
        assert self.also <= set(found.also), found


def in_each(name: str) -> pytest.MarkDecorator:
    """A test for each case of a file."""
    return pytest.mark.parametrize("case", [pytest.param(case, id=case.prompt[:60]) for case in _cases(name)])


def _cases(name: str) -> Iterator[Case]:
    for line in (_FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            slugs, _, prompt = line.partition(" | ")
            accepted, _, also = slugs.partition(" +")
            yield Case(
                prompt=prompt.replace("\\n", "\n").replace("\\t", "\t"),
                slugs=frozenset(accepted.split(",")),
                also=frozenset(also.split(",")) - {""},
            )
