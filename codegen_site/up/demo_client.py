"""A client of the public API, as anybody could write one: a prompt in, files on the disk out."""

import json
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import httpx2
from django.core.management.base import OutputWrapper

from codegen_site.up.errors import CannotRun

TIMEOUT = httpx2.Timeout(60.0, connect=5.0)


class GenerationFailed(CannotRun):
    """There are no files; says why."""


class DemoClient:
    def __init__(self, *, address: str, api_key: str, out: OutputWrapper) -> None:
        self._url = f"{address}/api/v1/generate_code"
        self._headers = {"Authorization": f"Bearer {api_key}", "Accept": "text/event-stream"}
        self._out = out
        self._sizes: dict[str, int] = {}

    async def generate(self, *, prompt: str, framework: str, folder: Path) -> None:
        """Raises `GenerationFailed`."""
        started = time.monotonic()
        self._say(f"\nPrompt: {prompt}\n")
        body = {"prompt": prompt, "stream": True} | ({"framework": framework} if framework else {})
        async for event, data in self._events(body):
            if event.startswith("generation.") and "generation" in data:
                self._conclude(data["generation"], folder, time.monotonic() - started)
                return
            self._show(event, data)
        raise GenerationFailed("The stream ended without a result.")

    async def _events(self, body: Mapping[str, Any]) -> AsyncIterator[tuple[str, dict[str, Any]]]:
        try:
            async with (
                httpx2.AsyncClient(timeout=TIMEOUT, trust_env=False) as client,
                client.stream("POST", self._url, json=body, headers=self._headers) as response,
            ):
                if response.is_error:
                    await response.aread()
                    raise GenerationFailed(f"{response.status_code}: {response.json()['error']['message']}")
                async for event in httpx2.EventSource(response):
                    yield event.event, json.loads(event.data)
        except httpx2.HTTPError as error:
            raise GenerationFailed(f"The connection broke: {error}") from error

    def _show(self, event: str, data: Mapping[str, Any]) -> None:
        path = data.get("path", "")
        if event == "generation.started":
            self._sizes.clear()
            self._say("The model is at work." if data["attempt"] <= 1 else "Once more, from the start.")
        elif event == "file.opened":
            self._sizes[path] = 0
            self._say(f"  {path}")
        elif event == "file.delta":
            self._sizes[path] = self._sizes.get(path, 0) + len(data["delta"])
            self._progress(f"  {path}  {self._sizes[path]:,} characters")
        elif event == "file.closed":
            self._progress("")
        elif event == "file.dropped":
            self._say(f"  {path} was only a draft")

    def _say(self, line: str) -> None:
        self._out.write(line)
        self._out.flush()

    def _progress(self, line: str) -> None:
        if self._out.isatty():
            self._out.write(f"\r\033[K{line}", ending="")
            self._out.flush()

    def _conclude(self, generation: Mapping[str, Any], folder: Path, seconds: float) -> None:
        if error := generation["error"]:
            raise GenerationFailed(f"The generation failed: {error['message']}")
        if not generation["files"]:
            raise GenerationFailed(f"The generation is {generation['status']} and has no files.")
        target = folder / generation["id"]
        for file in generation["files"]:
            write_file(target, file["path"], file["content"])
        if generation["message"]:
            self._say(f"\n{generation['message']}")
        self._say(f"\n{target}/")
        for line in draw_tree({file["path"]: file["size"] for file in generation["files"]}):
            self._say(f"  {line}")
        usage = generation["usage"]
        self._say(
            f"\n{generation['status']} in {seconds:.1f} s by {generation['model']}: "
            f"{usage['input_tokens']:,} tokens in, {usage['output_tokens']:,} out, ${usage['cost_usd']:.6f}"
        )


def write_file(folder: Path, path: str, content: str) -> None:
    """Refuses a path that would leave the folder, whatever the server has checked."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith(("/", "~")) or ".." in parts or "\\" in path:
        raise GenerationFailed(f"The server sent a path that leaves the folder: {path!r}")
    target = folder.joinpath(*parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(content, encoding="utf-8", newline="")


def draw_tree(sizes: Mapping[str, int]) -> list[str]:
    """One line for each folder and file, indented by depth, the files with their size in bytes."""
    lines: list[str] = []
    shown: set[PurePosixPath] = set()
    for path in sorted(map(PurePosixPath, sizes)):
        for folder in reversed(path.parents[:-1]):
            if folder not in shown:
                shown.add(folder)
                lines.append(f"{'  ' * (len(folder.parts) - 1)}{folder.name}/")
        lines.append(f"{'  ' * (len(path.parts) - 1)}{path.name}  {sizes[str(path)]:,} bytes")
    return lines
