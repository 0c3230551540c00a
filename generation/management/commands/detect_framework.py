import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from generation.frameworks import load_frameworks
from generation.pipeline.detect_framework import OTHER, Detection, detect


class Command(BaseCommand):
    help = "Says what a prompt should be built with, and why."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("prompt", nargs="?", help="the prompt; standard input if left out")
        parser.add_argument(
            "--jsonl",
            action="store_true",
            help="lines of {prompt} in, lines of {framework, language, also, confidence} out",
        )

    def handle(self, *, prompt: str | None, jsonl: bool, **options: Any) -> None:
        if jsonl:
            for line in _prompts(sys.stdin):
                self.stdout.write(json.dumps(as_json(detect(line, load_frameworks()))))
            return
        if prompt is None and sys.stdin.isatty():
            raise CommandError('Give a prompt: manage.py detect_framework "A blog in Django"')
        prompt = sys.stdin.read() if prompt is None else prompt
        if not prompt.strip():
            raise CommandError("The prompt is empty.")
        self.stdout.write(as_text(detect(prompt, load_frameworks())))


def _prompts(lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            prompt = json.loads(line)["prompt"]
        except (ValueError, KeyError, TypeError) as error:
            raise CommandError(
                f'Line {number} is no JSON object with a "prompt": {line.strip()[:80]}'
            ) from error
        if not isinstance(prompt, str):
            raise CommandError(f'Line {number}: "prompt" is no string.')
        yield prompt


def as_json(found: Detection) -> dict[str, Any]:
    """`framework` and `language` are null for a stack outside the registry."""
    framework = load_frameworks()[found.slug]
    is_known = found.slug != OTHER
    return {
        "framework": found.slug if is_known else None,
        "language": found.language or framework.language if is_known else None,
        "also": list(found.also),
        "confidence": found.confidence,
    }


def as_text(found: Detection) -> str:
    framework = load_frameworks()[found.slug]
    lines = [
        f"{framework.name} ({found.slug})",
        f"  confidence  {found.confidence:.0%}: {found.evidence.value}",
        f"  language    {found.language or framework.language}",
    ]
    if found.also:
        lines.append(f"  also        {', '.join(load_frameworks()[slug].name for slug in found.also)}")
    return "\n".join(lines)
