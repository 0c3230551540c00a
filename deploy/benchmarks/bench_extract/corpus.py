"""Scores on answers of others, by a scorer that is told which cases to take and how to run us."""

import os
import shlex
import subprocess
import sys


def score(corpus: str, scorer: str) -> int:
    """Prints what `SCORER --cases CORPUS -- manage.py extract_code --jsonl` prints; returns its exit code."""
    ours = [sys.executable, "manage.py", "extract_code", "--jsonl"]
    command = [*shlex.split(scorer), "--cases", corpus, "--", *ours]
    print(f"\nScores: {shlex.join(command)}\n", flush=True)
    return subprocess.run(command, env={**os.environ, "PYTHONPATH": ""}, check=False).returncode
