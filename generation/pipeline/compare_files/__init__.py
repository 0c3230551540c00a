"""What became of a project: its changes, file by file, and the diff that makes the one of the other.

Pure, and bounded in time: see `line_diff` and `renames` for what is done about huge files.
"""

from collections.abc import Mapping

from generation.pipeline.compare_files.renames import Rename, find_renames
from generation.pipeline.compare_files.unified_diff import file_diff
from generation.pipeline.records import Change, ChangeKind, Comparison


def compare_files(before: Mapping[str, str], after: Mapping[str, str]) -> Comparison:
    """Both are path and text of every file. The changes are in an order in which they can be made."""
    deleted = {path: text for path, text in before.items() if path not in after}
    added = {path: text for path, text in after.items() if path not in before}
    renames = find_renames(deleted, added)
    gone = deleted.keys() - {rename.old_path for rename in renames}
    come = added.keys() - {rename.path for rename in renames}
    kept = [path for path in sorted(before.keys() & after.keys()) if before[path] != after[path]]
    return Comparison(
        changes=(
            *(_change("deleted", path, path, before[path], None) for path in sorted(gone)),
            *(_renamed(rename, before, after) for rename in renames),
            *(_change("modified", path, path, before[path], after[path]) for path in kept),
            *(_change("added", path, None, None, after[path]) for path in sorted(come)),
        )
    )


def _renamed(rename: Rename, before: Mapping[str, str], after: Mapping[str, str]) -> Change:
    old, new = before[rename.old_path], after[rename.path]
    return _change("renamed", rename.path, rename.old_path, old, new, similarity=rename.similarity)


def _change(
    kind: ChangeKind,
    path: str,
    old_path: str | None,
    old: str | None,
    new: str | None,
    *,
    similarity: int | None = None,
) -> Change:
    diff = file_diff(path=path, old_path=old_path, old=old, new=new, similarity=similarity)
    return Change(
        kind=kind,
        path=path,
        old_path=old_path,
        similarity=similarity,
        lines_added=diff.lines_added,
        lines_removed=diff.lines_removed,
        diff=diff.text,
    )
