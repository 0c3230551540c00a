import pytest
from pytest_django import Settings


@pytest.fixture
def stored_jobs(settings: Settings, db: None) -> None:
    """Jobs are stored and no broker is told."""
    default = settings.TASKS["default"]
    settings.TASKS = {"default": {**default, "BACKEND": "jobs.testing.StoringBackend"}}
