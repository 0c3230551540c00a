"""Stage 7: does each file parse, is anything left out of it, is every file there that it names?

Nothing is run. Each file is read once (`read_file`), in a process of its own kind (`readers`),
because a parser that is fed hostile text may take all memory or crash; what the files say of each
other is compared here. To add a check, write a function from a `Part` to findings and name it in `read_file`.
"""

from collections.abc import Iterable, Sequence

from generation.pipeline.check_quality.findings import Reading
from generation.pipeline.check_quality.readers import read_files
from generation.pipeline.check_quality.references import missing_files
from generation.pipeline.records import Check, ProjectFile, Severity

# Findings of these severities keep a generation from being `completed`.
BLOCKING: frozenset[Severity] = frozenset({"error"})


def check_quality(files: Iterable[ProjectFile]) -> tuple[Check, ...]:
    """What is wrong with the files, in their order. A file that was cut off is not parsed. Never raises.

    Takes a second for a megabyte of code, and no more than half a minute whatever it is given.
    """
    files = tuple(files)
    return checks_of(files, read_files(files))


def checks_of(files: Sequence[ProjectFile], readings: Sequence[Reading]) -> tuple[Check, ...]:
    """The findings within each file, then those about the files that it names."""
    missing = missing_files(files, readings)
    return tuple(
        finding.of(file.path)
        for file, reading, absent in zip(files, readings, missing, strict=True)
        for finding in (*reading.findings, *absent)
    )


def blocks(checks: Iterable[Check]) -> bool:
    return any(check.severity in BLOCKING for check in checks)
