"""Files inside JSON: `{"files": [{"path", "content"}]}`, an agent's write command, and their like."""

import json
from collections.abc import Iterator

from generation.pipeline.extract_code.paths import clean_path, is_path

_PATH_KEYS = ("path", "file_path", "filePath", "filepath", "filename", "fileName", "file", "name")
_CONTENT_KEYS = ("content", "contents", "code", "text", "body", "source")


def files_in_json(text: str) -> list[tuple[str, str]]:
    """Path and content of every object that has both; nothing for what is not JSON."""
    try:
        value = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return []
    return list(_files_in(value))


def _files_in(root: object) -> Iterator[tuple[str, str]]:
    waiting = [root]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(reversed(value))
        elif isinstance(value, dict):
            if file := _as_file(value):
                yield file
            else:
                waiting.extend(reversed(list(_children(value))))


def _as_file(value: dict[str, object]) -> tuple[str, str] | None:
    path = next((p for key in _PATH_KEYS if isinstance(p := value.get(key), str)), None)
    content = next((c for key in _CONTENT_KEYS if isinstance(c := value.get(key), str)), None)
    if path is None or content is None or not is_path(clean_path(path)):
        return None
    return clean_path(path), content


def _children(value: dict[str, object]) -> Iterator[object]:
    """The values; a text under a key that is itself a path is a file of that name."""
    for key, child in value.items():
        if isinstance(child, str) and is_path(clean_path(key)) and ("\n" in child or "/" in key):
            yield {"path": key, "content": child}
        else:
            yield child
