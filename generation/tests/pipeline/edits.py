"""Edits as models write them."""

from generation.pipeline.apply_edits import Edit, EditOutcome, apply_edits, files_after


def block(search: str, replace: str, *, marks: int = 7) -> str:
    sides = [f"{text}\n" if text else "" for text in (search, replace)]
    return f"{'<' * marks} SEARCH\n{sides[0]}{'=' * marks}\n{sides[1]}{'>' * marks} REPLACE\n"


def apply(files: dict[str, str], *texts: str, path: str | None = None) -> EditOutcome:
    return apply_edits(files, [Edit(path=path, text=text) for text in texts])


def applied(text: str, *edits: str) -> str:
    """What becomes of a file that takes all of them."""
    outcome = apply({"a.py": text}, *edits, path="a.py")
    assert outcome.failures == ()
    return files_after({"a.py": text}, outcome)["a.py"]


def refused(text: str, *edits: str) -> list[str]:
    """The reasons of the blocks that do not fit."""
    outcome = apply({"a.py": text}, *edits, path="a.py")
    assert outcome.failures
    assert outcome.files == ()
    return [failure.reason for failure in outcome.failures]
