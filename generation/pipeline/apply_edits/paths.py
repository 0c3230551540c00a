"""Which file of the project a path that the model wrote means."""

from collections import defaultdict
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import PurePosixPath

MAX_CANDIDATES = 5
MAX_COMPARED = 1_000  # paths, of which each costs some tenths of a millisecond
MAX_CHARS = 100


class KnownPaths:
    def __init__(self, paths: Iterable[str]) -> None:
        self._paths = set(paths)
        self._by_name: dict[str, list[str]] = defaultdict(list)
        for path in sorted(self._paths):
            self._by_name[_name(path)].append(path)

    def add(self, path: str) -> None:
        if path not in self._paths:
            self._paths.add(path)
            self._by_name[_name(path)].append(path)

    def __contains__(self, path: str) -> bool:
        return path in self._paths

    def meant_by(self, path: str) -> str | None:
        """That very file, the only one with that end of a path (or a longer one), or the only namesake."""
        if path in self._paths:
            return path
        cleaned = clean(path)
        if cleaned in self._paths:
            return cleaned
        namesakes = self._by_name.get(_name(cleaned), [])
        longer = [known for known in namesakes if f"/{known}".endswith(f"/{cleaned}")]
        shorter = [known for known in namesakes if f"/{cleaned}".endswith(f"/{known}")]
        closest = sorted(shorter, key=len)[-1:]
        return next((found[0] for found in (longer, closest, namesakes) if len(found) == 1), None)

    def candidates(self, path: str) -> list[str]:
        """What may have been meant by a path that means no file."""
        namesakes = self._by_name.get(_name(clean(path)), [])
        some = sorted(self._paths)[:MAX_COMPARED]
        return (namesakes or get_close_matches(path[-MAX_CHARS:], some, MAX_CANDIDATES))[:MAX_CANDIDATES]


def clean(path: str) -> str:
    parts = PurePosixPath(path.strip().replace("\\", "/")).parts
    return "/".join(part for part in parts if part not in {"/", "."})


def _name(path: str) -> str:
    return PurePosixPath(path).name.casefold()
