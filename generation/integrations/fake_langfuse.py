"""A fake of Langfuse's prompt API on loopback, in the vendor's wire format.

    with serving_fake_langfuse() as langfuse:
        langfuse.put("codegen/system", "You write …", labels=["production"])

What it answers is read by the vendor's own client in the tests.
"""

import base64
import json
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import parse_qs, unquote, urlsplit

PUBLIC_KEY, SECRET_KEY = "pk-lf-of-a-test", "sk-lf-of-a-test"
PATH = "/api/public/v2/prompts/"

# slow: answers late; drips: a byte now and then; black_hole: accepts and says nothing.
Fault = Literal["slow", "drips", "black_hole", "500", "malformed"]


@dataclass(kw_only=True)
class FakeLangfuse:
    """The versions of each prompt, the oldest first. A label is on one version of a prompt at a time."""

    url: str = ""
    fault: Fault | None = None
    asked: list[tuple[str, str]] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)
    _prompts: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))

    def put(self, name: str, prompt: str | list[dict[str, str]], *, labels: Sequence[str] = ()) -> int:
        """A new version, and its number."""
        version = len(self._prompts[name]) + 1
        row: dict[str, Any] = {
            "id": f"{name}-{version}",
            "type": "text" if isinstance(prompt, str) else "chat",
            "name": name,
            "version": version,
            "prompt": prompt,
            "config": {},
            "labels": [],
            "tags": [],
            "commitMessage": None,
            "resolutionGraph": None,
        }
        self._prompts[name].append(row)
        for label in [*labels, "latest"]:
            self.move(name, label, to=version)
        return version

    def move(self, name: str, label: str, *, to: int) -> None:
        for row in self._prompts[name]:
            others = [other for other in row["labels"] if other != label]
            row["labels"] = [*others, label] if row["version"] == to else others

    def remove(self, name: str) -> None:
        self._prompts.pop(name, None)

    def find(self, name: str, label: str) -> dict[str, Any] | None:
        return next((row for row in self._prompts.get(name, []) if label in row["labels"]), None)


class Handler(BaseHTTPRequestHandler):
    fake: FakeLangfuse

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if not url.path.startswith(PATH):
            return self._send(404, {"message": "Not found", "error": "NotFoundError"})
        name = unquote(url.path.removeprefix(PATH))
        label = parse_qs(url.query).get("label", ["production"])[0]
        self.fake.asked.append((name, label))
        if self.headers.get("Authorization") != _basic():
            message = "Invalid credentials. Confirm that you've configured the correct host."
            return self._send(401, {"message": message, "error": "UnauthorizedError"})
        return self._answer(name, label)

    def _answer(self, name: str, label: str) -> None:
        match self.fake.fault:
            case "black_hole":
                self.fake.stopping.wait(30)
                return None
            case "500":
                return self._send(500, {"message": "Internal Server Error", "error": "InternalError"})
            case "malformed":
                return self._send(200, {"type": "text", "name": name})
            case "slow":
                self.fake.stopping.wait(3)
        if row := self.fake.find(name, label):
            return self._send(200, row)
        message = f"Prompt not found: '{name}' with label '{label}'"
        return self._send(404, {"message": message, "error": "LangfuseNotFoundError"})

    def _send(self, status: int, body: object) -> None:
        data = json.dumps(body).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if self.fake.fault == "drips":
                self._drip(data)
            else:
                self.wfile.write(data)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _drip(self, data: bytes) -> None:
        for byte in data:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            if self.fake.stopping.is_set():
                return
            time.sleep(0.05)

    def log_message(self, *args: object) -> None:
        """A test says what went wrong, not this."""


def _basic() -> str:
    return "Basic " + base64.b64encode(f"{PUBLIC_KEY}:{SECRET_KEY}".encode()).decode()


@contextmanager
def serving_fake_langfuse() -> Iterator[FakeLangfuse]:
    """A fake in a thread of this process, for as long as the block lasts."""
    fake = FakeLangfuse()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Handler,), {"fake": fake}))
    server.daemon_threads = True
    fake.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield fake
    finally:
        fake.stopping.set()
        server.shutdown()
        thread.join()
        server.server_close()
