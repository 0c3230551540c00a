from collections.abc import Callable

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
