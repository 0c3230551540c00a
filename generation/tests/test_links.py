from collections.abc import Callable
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.urls import resolve

from generation.links import batch_links_of, links_of

ID = UUID(int=7)


@pytest.mark.parametrize(
    ("links_of", "names"),
    [
        (
            links_of,
            {
                "self": "generation",
                "job": "job",
                "events": "job-events",
                "cancel": "job-cancel",
                "files": "generation-files",
                "download": "generation-download",
                "refine": "generation-refine",
                "history": "generation-history",
                "diff": "generation-diff",
            },
        ),
        (
            batch_links_of,
            {
                "self": "batch",
                "results": "batch-results",
                "cancel": "batch-cancel",
                "generations": "generations",
            },
        ),
    ],
)
def test_every_link_leads_to_its_view(
    links_of: Callable[[UUID], dict[str, str]], names: dict[str, str]
) -> None:
    led = {name: resolve(urlsplit(address).path) for name, address in links_of(ID).items()}
    assert {name: match.view_name for name, match in led.items()} == names
    assert all(set(match.kwargs.values()) <= {ID} for match in led.values())
