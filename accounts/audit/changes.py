"""What is written down of a change: what differs, short, in JSON that is the same in every database.

Decisions without effects.
"""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from itertools import islice
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

# A field whose name has one of these words is secret: that it changed is told, and nothing else.
SECRET_WORDS = frozenset({"digest", "encrypted", "hash", "password", "pepper", "salt", "secret", "token"})
CHANGED = "changed"
# A longer text is told by its length and its hash.
LONGEST_TEXT = 300
MOST_ITEMS = 100
DEEPEST = 5

Values = Mapping[str, Any]


def tell_changes(before: Values | None, after: Values | None) -> tuple[Values | None, Values | None]:
    """Of a thing that was and is, what differs; of one that is new, or gone, all that is given."""
    if before is not None and after is not None:
        names = [name for name in after if before.get(name) != after[name] or name not in before]
        before = {name: before.get(name) for name in names}
        after = {name: after[name] for name in names}
    return tell_values(before), tell_values(after)


def tell_values(values: Values | None) -> Values | None:
    return None if values is None else {name: _tell(name, value, 0) for name, value in values.items()}


def is_secret(name: str) -> bool:
    return not SECRET_WORDS.isdisjoint(name.lower().split("_"))


def tell_url(url: str) -> str:
    """Without its path and what follows, which is the secret of many receivers: a piece of a hash tells them
    apart."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}/… ({hashlib.sha256(url.encode()).hexdigest()[:8]})"


def _tell(name: str, value: Any, depth: int) -> Any:
    if is_secret(name):
        return CHANGED if value else value
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Mapping) and depth < DEEPEST:
        items = islice(value.items(), MOST_ITEMS)
        return {tell_text(str(key)): _tell(str(key), inner, depth + 1) for key, inner in items}
    if isinstance(value, list | tuple | set | frozenset) and depth < DEEPEST:
        return [_tell("", inner, depth + 1) for inner in islice(value, MOST_ITEMS)]
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping | list | tuple | set | frozenset):
        return f"({len(value):,} more)"  # whatever is in it may be as deep as it likes
    # A float too: one database gives 1e16 back as another number than it was given.
    return tell_text(str(value) if isinstance(value, str | float | UUID) else repr(value))


def tell_text(text: str) -> str:
    """Without what PostgreSQL's JSON does not take."""
    text = text.replace("\0", "�").encode(errors="replace").decode()
    if len(text) <= LONGEST_TEXT:
        return text
    return f"({len(text):,} characters, SHA-256 {hashlib.sha256(text.encode()).hexdigest()})"
