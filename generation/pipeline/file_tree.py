"""The files of a project as a tree: as data, and drawn as `tree` draws it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class TreeNode:
    """A folder, or a file: then `children` is None. `path` is from the root of the project."""

    name: str
    path: str
    children: "tuple[TreeNode, ...] | None" = None


def tree_of(paths: Iterable[str]) -> tuple[TreeNode, ...]:
    """Folders first, then files, each by name."""
    return _nodes("", list(paths))


def draw_tree(paths: Iterable[str]) -> str:
    """A line for each folder and file; empty for no files."""
    return "\n".join(_lines(tree_of(paths), ""))


def _nodes(folder: str, paths: list[str]) -> tuple[TreeNode, ...]:
    inside: dict[str, list[str]] = {}
    names: list[str] = []
    for path in paths:
        name, slash, rest = path.partition("/")
        if slash:
            inside.setdefault(name, []).append(rest)
        else:
            names.append(name)
    folders = (
        TreeNode(name=name, path=f"{folder}{name}", children=_nodes(f"{folder}{name}/", inside[name]))
        for name in sorted(inside, key=_order)
    )
    return (*folders, *(TreeNode(name=name, path=f"{folder}{name}") for name in sorted(names, key=_order)))


def _order(name: str) -> tuple[str, str]:
    return name.casefold(), name


def _lines(nodes: tuple[TreeNode, ...], indent: str) -> Iterator[str]:
    for node in nodes:
        is_last = node is nodes[-1]
        yield f"{indent}{'└── ' if is_last else '├── '}{node.name}{'' if node.children is None else '/'}"
        if node.children:
            yield from _lines(node.children, indent + ("    " if is_last else "│   "))
