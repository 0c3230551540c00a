"""Names that are spelt wrong: looked for only where none is spelt right."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

from generation.frameworks import Framework

MAX_WORDS = 80  # a comparison with every name costs some tens of microseconds
_WORD = re.compile(r"[A-Za-z][A-Za-z.]{4,14}")
# English words that are only a letter or two away from a name.
_NOT_MEANT = frozenset(
    [
        "express", "expires", "reacts", "reactor", "angle", "angles", "flask", "flasks", "swiftly", "flutters",
        "spring", "strings", "rustic", "static", "script", "scripts", "premium", "astral", "photon", "pythons",
    ]
)  # fmt: skip


def misspelt(prompt: str, frameworks: Iterable[Framework]) -> str | None:
    """The slug of the first name that is nearly in the prompt."""
    names = {
        name: framework.slug
        for framework in frameworks
        for name in (framework.slug, *framework.names[:3])
        if len(name) >= 5 and name.isalpha()
    }
    for word in _WORD.findall(prompt.lower())[:MAX_WORDS]:
        if word in _NOT_MEANT or word in names:
            continue
        if near := get_close_matches(word, names, n=1, cutoff=0.83):
            return names[near[0]]
    return None
