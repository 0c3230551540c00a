"""Stage 8: the result in the shape of the API."""

from dataclasses import asdict
from hashlib import sha256
from typing import Any

from generation.pipeline.entry_points import find_entry_points
from generation.pipeline.records import Comparison, ProjectFile, Result, Usage


def format_response(result: Result) -> dict[str, Any]:
    """JSON-ready. `open_files` is there only when the answer was cut off inside a file, `changes`
    and `diff` only where a parent was refined."""
    framework = result.framework
    response: dict[str, Any] = {
        "status": result.outcome,
        "framework": {
            "slug": framework.slug,
            "source": framework.source,
            "confidence": round(framework.confidence, 2),
        },
        "model": result.model,
        "files": [format_file(file) for file in result.files],
        "entry_points": list(find_entry_points(result.files, framework.slug)),
        "message": result.message,
        "checks": [asdict(check) for check in result.checks],
        "usage": format_usage(result.usage),
    }
    if result.open_files:
        response["open_files"] = list(result.open_files)
    if result.comparison:
        response["changes"] = format_changes(result.comparison)
        response["diff"] = result.comparison.diff
    return response


def format_file(file: ProjectFile) -> dict[str, Any]:
    """`size` is in bytes of UTF-8, and `sha256` is of the same bytes."""
    data = file.content.encode()
    return {
        "path": file.path,
        "language": file.language,
        "size": len(data),
        "sha256": sha256(data).hexdigest(),
        "content": file.content,
    }


def format_changes(comparison: Comparison) -> list[dict[str, Any]]:
    return [
        {
            "kind": change.kind,
            "path": change.path,
            "old_path": change.old_path,
            "lines_added": change.lines_added,
            "lines_removed": change.lines_removed,
        }
        for change in comparison.changes
    ]


def format_usage(usage: Usage) -> dict[str, int | float]:
    return {
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "reasoning_tokens": usage.reasoning_tokens,
        "cached_tokens": usage.cached_tokens,
        "cost_usd": round(usage.cost_microusd / 1_000_000, 6),
    }
