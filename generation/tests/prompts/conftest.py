from collections.abc import Iterator

import pytest

from generation.models import PromptVersion
from generation.prompts.builtin import builtin_sources
from generation.prompts.serving import forget_serving


@pytest.fixture(autouse=True)
def fresh_serving() -> Iterator[None]:
    """What a test put to use is known neither before it nor after it."""
    forget_serving()
    yield
    forget_serving()


def make_version(name: str = "warm", **values: object) -> PromptVersion:
    """A draft whose texts differ from the built-in ones by its name, unless `values` say otherwise."""
    sources = dict(builtin_sources())
    texts = {**sources, "no_file.txt": sources["no_file.txt"] + f"\nThis is {name}."}
    return PromptVersion.objects.create(**{"name": name, "texts": texts, **values})
