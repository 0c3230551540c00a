"""Which added files are deleted ones under another name: those of the same content, then of a similar one."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, product
from pathlib import PurePosixPath

MIN_SIMILARITY = 50  # percent, as git has it
MAX_PAIRS = 250_000
MAX_LOOK_UPS = 2_000_000  # of lines, in all pairs together: about half a second


@dataclass(frozen=True, kw_only=True, slots=True)
class Rename:
    old_path: str
    path: str
    similarity: int


@dataclass(frozen=True, slots=True)
class _Lines:
    """`size` is that of the text with one more line ending, so that it is the sum of its lines."""

    path: str
    size: int
    counts: Counter[str]


def find_renames(deleted: Mapping[str, str], added: Mapping[str, str]) -> list[Rename]:
    """Ascending by path; each file in one of them. Empty files are renamed by nobody."""
    old_files = {path: text for path, text in sorted(deleted.items(), reverse=True) if text}
    new_files = {path: text for path, text in sorted(added.items()) if text}
    found: list[Rename] = []
    for find in (_of_same_content_and_name, _of_same_content, _of_similar_content):
        for rename in list(find(old_files, new_files)):
            del old_files[rename.old_path], new_files[rename.path]
            found.append(rename)
    return sorted(found, key=lambda rename: rename.path)


def _of_same_content_and_name(deleted: Mapping[str, str], added: Mapping[str, str]) -> Iterator[Rename]:
    return _of_same(deleted, added, lambda path, text: (_base(path), text))


def _of_same_content(deleted: Mapping[str, str], added: Mapping[str, str]) -> Iterator[Rename]:
    return _of_same(deleted, added, lambda path, text: text)


def _of_same(
    deleted: Mapping[str, str], added: Mapping[str, str], key: Callable[[str, str], Hashable]
) -> Iterator[Rename]:
    candidates: dict[Hashable, list[str]] = defaultdict(list)
    for path, text in deleted.items():
        candidates[key(path, text)].append(path)
    for path, text in added.items():
        same = candidates.get(key(path, text))
        if same and _can_move(same[-1], path):
            yield Rename(old_path=same.pop(), path=path, similarity=100)


def _of_similar_content(deleted: Mapping[str, str], added: Mapping[str, str]) -> Iterator[Rename]:
    """The most similar pairs first. Pairs past the limits are passed over."""
    scored = [
        (similarity, old.path, new.path)
        for old, new in _pairs(_all_lines(deleted), _all_lines(added))
        if (similarity := _similarity(old, new)) >= MIN_SIMILARITY
    ]
    taken: set[str] = set()
    for similarity, old_path, path in sorted(scored, key=lambda score: (-score[0], score[1:])):
        if old_path not in taken and path not in taken:
            taken |= {old_path, path}
            yield Rename(old_path=old_path, path=path, similarity=min(similarity, 99))


def _pairs(deleted: list[_Lines], added: list[_Lines]) -> Iterator[tuple[_Lines, _Lines]]:
    possible = [
        (old, new)
        for old, new in islice(product(deleted, added), MAX_PAIRS)
        if 100 * min(old.size, new.size) >= MIN_SIMILARITY * max(old.size, new.size)
        and _can_move(old.path, new.path)
    ]
    look_ups = 0
    for old, new in sorted(possible, key=lambda pair: _base(pair[0].path) != _base(pair[1].path)):
        look_ups += min(len(old.counts), len(new.counts))
        if look_ups > MAX_LOOK_UPS:
            return
        yield old, new


def _similarity(old: _Lines, new: _Lines) -> int:
    """The percentage of the larger file that stands, line by line, in the other one too."""
    small, large = sorted((old.counts, new.counts), key=len)
    shared = sum(min(count, large[line]) * (len(line) + 1) for line, count in small.items() if line in large)
    return 100 * shared // max(old.size, new.size)


def _all_lines(files: Mapping[str, str]) -> list[_Lines]:
    return [_Lines(path, len(text) + 1, Counter(text.split("\n"))) for path, text in files.items()]


def _can_move(old: str, new: str) -> bool:
    """A file cannot be moved to where it is itself the folder, nor to where its folder is."""
    return not old.startswith(f"{new}/") and not new.startswith(f"{old}/")


def _base(path: str) -> str:
    return PurePosixPath(path).name
