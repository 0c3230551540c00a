"""A rule that names a file by what is in it.

In a path, `name` is the group of that name, `snake`, `kebab` and `camel` are its spellings, `package` is
the group with slashes; `base` is the folder of the framework's sources, `usual` its usual file of the
language, `ext` the extension. A pattern looks at one line, so that none takes more than linear time.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """All patterns must be found, and `unless` must not. `frameworks` are slugs; none are all."""

    path: str
    patterns: tuple[re.Pattern[str], ...]
    unless: re.Pattern[str] | None
    frameworks: frozenset[str]

    def groups(self, head: str) -> dict[str, str] | None:
        """The named groups, where the rule holds."""
        if self.unless and self.unless.search(head):
            return None
        found: dict[str, str] = {}
        for pattern in self.patterns:
            match = pattern.search(head)
            if match is None:
                return None
            found |= {name: text for name, text in match.groupdict().items() if text}
        return found


def rule(path: str, *patterns: str, unless: str = "", frameworks: str = "") -> Rule:
    return Rule(
        path,
        tuple(re.compile(pattern, re.MULTILINE) for pattern in patterns),
        re.compile(unless, re.MULTILINE) if unless else None,
        frozenset(frameworks.split()),
    )
