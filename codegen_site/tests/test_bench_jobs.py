"""The benchmark of the queue runs, on a few tasks: nothing here is about time."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.servers

BENCHMARKS = Path(settings.BASE_DIR) / "deploy" / "benchmarks"


def test_ours_is_measured_and_what_is_not_is_no_pass(tmp_path: Path) -> None:
    report = tmp_path / "figures.json"
    done = subprocess.run(
        [sys.executable, "-m", "bench_jobs", "--only", "ours", "--tasks", "30", "--json", str(report)],
        cwd=settings.BASE_DIR,
        env={**os.environ, "PYTHONPATH": str(BENCHMARKS)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert report.exists(), done.stderr
    figures = json.loads(report.read_text())
    faults = {(one["contender"], one["case"]): one["faults"] for one in figures["results"]}
    for case in ("noop", "latency", "sleep"):
        assert faults["ours, SQLite", case] == []
        assert faults["ours, PostgreSQL", case] == []
    assert figures["not_measured"] == dict.fromkeys(
        ("celery", "dramatiq", "taskiq", "procrastinate", "django-tasks-db"), "left out by --only"
    )
    verdicts = {one["promise"]: one["verdict"] for one in figures["targets"]}
    assert verdicts["ours, SQLite: no-op tasks/s ≥ 8 × the best Celery pool"] == "not measured"
