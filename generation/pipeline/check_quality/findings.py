"""What is found in one file, before it is known of which."""

from dataclasses import dataclass
from typing import Literal

from generation.pipeline.records import Check, Severity

ReferenceKind = Literal["script", "page", "style", "python", "go", "rust", "include", "php", "ruby", "dart"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """`line` counts from 1; `message` is a sentence for a model as well as for a person."""

    tool: str
    rule: str
    line: int | None
    message: str
    severity: Severity = "error"

    def of(self, path: str) -> Check:
        return Check(
            tool=self.tool,
            rule=self.rule,
            severity=self.severity,
            path=path,
            line=self.line,
            message=self.message,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """Another file, as this one names it. `names` are what a Python import takes from it."""

    kind: ReferenceKind
    target: str
    line: int
    names: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """All that one look at a file gives."""

    findings: tuple[Finding, ...] = ()
    references: tuple[Reference, ...] = ()
