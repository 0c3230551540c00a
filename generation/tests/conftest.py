import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.testing import Cast, bearer, make_cast
from generation.testing import ScriptedAnswer, ScriptedModel

TWO_FILES = """Here it is.

```html index.html
<h1>Hello</h1>
```

```css style.css
h1 { color: teal }
```
"""


@pytest.fixture
def cast(stored_jobs: None, settings: Settings) -> Cast:
    """alice owns the organization, charlie is an outsider; nobody waits for a result."""
    settings.SYNC_WAIT_S = 0.1
    settings.NATS_URL = "nats://127.0.0.1:1"
    return make_cast()


@pytest.fixture
def api(cast: Cast, client: Client) -> Client:
    """A client with the organization's key."""
    client.defaults.update({"HTTP_AUTHORIZATION": bearer(cast.key)["Authorization"]})
    return client


@pytest.fixture
def outsider(cast: Cast) -> Client:
    """A client with the key of another organization."""
    return Client(headers=bearer(cast.other_key))


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Callable[..., ScriptedModel]:
    """A function that gives the model its answers."""

    def give(*answers: str | ScriptedAnswer) -> ScriptedModel:
        model = ScriptedModel(*answers)
        monkeypatch.setattr("generation.execution.model_from_settings", lambda: model)
        return model

    return give


def post_lines(client: Client, *lines: Any) -> Any:
    """Start a batch; a line is JSON already, or an object."""
    texts = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    return client.post("/api/v1/batches", b"\n".join(texts), content_type="application/jsonl")


def results_of(client: Client, batch_id: str) -> list[dict[str, Any]]:
    response: Any = client.get(f"/api/v1/batches/{batch_id}/results")
    assert response.status_code == 200, response.content

    async def read() -> bytes:
        return b"".join([piece async for piece in response.streaming_content])

    return [json.loads(line) for line in asyncio.run(read()).splitlines()]
