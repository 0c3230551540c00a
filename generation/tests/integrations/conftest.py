from collections.abc import Iterator

import pytest

from generation.integrations.fake_gemini import serving_fake_gemini
from generation.tests.integrations.gemini import Gemini


@pytest.fixture(scope="session")
def gemini_url() -> Iterator[str]:
    with serving_fake_gemini() as url:
        yield url


@pytest.fixture
def gemini(gemini_url: str) -> Gemini:
    """A fake Gemini without a script."""
    fake = Gemini(url=gemini_url)
    fake.script()
    return fake
