import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from generation.frameworks import load_frameworks
from generation.pipeline.detect_framework import OTHER, detect


class Command(BaseCommand):
    help = "Says what a prompt should be built with."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("prompt", nargs="?", help="the prompt; standard input if left out")
        parser.add_argument(
            "--jsonl", action="store_true", help="lines of {prompt} in, an answer for each out"
        )

    def handle(self, *, prompt: str | None, jsonl: bool, **options: Any) -> None:
        if jsonl:
            for line in sys.stdin:
                self.stdout.write(json.dumps(answer(json.loads(line)["prompt"])))
        else:
            self.stdout.write(json.dumps(answer(prompt or sys.stdin.read()), indent=2))


def answer(prompt: str) -> dict[str, Any]:
    """`framework` is null for a stack outside the registry."""
    found = detect(prompt, load_frameworks())
    framework = load_frameworks()[found.slug]
    known = found.slug != OTHER
    return {
        "framework": found.slug if known else None,
        "language": (found.language or framework.language) if known else None,
        "also": list(found.also),
        "confidence": found.confidence,
    }
