import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError

from generation.frameworks import load_frameworks
from generation.pipeline.extract_code import extract_all
from generation.pipeline.organise_files import LookAhead, OpenFile, Organiser
from generation.pipeline.records import (
    DraftsDropped,
    ExtractionEvent,
    FileClosed,
    FileDelta,
    FileOpened,
    MessageDelta,
    ProblemFound,
)


class Command(BaseCommand):
    help = "Reads a model's answer and writes the files in it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("answer", nargs="?", type=Path, help="a text file; standard input if left out")
        parser.add_argument("--out", type=Path, default=Path("extracted"), help="folder for the files")
        parser.add_argument("--framework", default="html", help="whose conventions name unnamed blocks")
        parser.add_argument(
            "--jsonl",
            action="store_true",
            help="lines of {raw} in, of {files, message, format, problems} out",
        )

    def handle(self, *, answer: Path | None, out: Path, framework: str, jsonl: bool, **options: Any) -> None:
        if framework not in load_frameworks():
            raise CommandError(f"There is no framework {framework!r}.")
        with _opened(answer) as lines:
            if jsonl:
                for raw in _raw_answers(lines):
                    self.stdout.write(json.dumps(extract(raw, framework).as_json()))
            else:
                self._write_files(extract(lines.read(), framework), out)

    def _write_files(self, extraction: "Extraction", out: Path) -> None:
        for file in extraction.organiser.files():
            target = out / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(file.content, encoding="utf-8", newline="")
            self.stdout.write(f"{target}  {len(file.content.encode()):,} bytes")
        for problem in extraction.all_problems():
            self.stderr.write(f"{problem.rule}  {problem.path or ''}  {problem.message}")
        if message := "".join(extraction.message).strip():
            self.stderr.write(message)


@dataclass(kw_only=True)
class Extraction:
    """What the events of an answer add up to, with the files organised."""

    organiser: Organiser
    file: OpenFile | None = None
    message: list[str] = field(default_factory=list)
    formats: list[str] = field(default_factory=list)
    problems: list[ProblemFound] = field(default_factory=list)

    def take(self, event: ExtractionEvent) -> None:
        match event:
            case FileOpened(path=path, language=language, edit=edit, head=head, format=form):
                if edit and path is None:
                    self._report("edit_without_file", "Nothing says which file this edit is for.")
                self.file = self.organiser.open(path, language, edit=edit, head=head)
                self.formats += [form] if form not in self.formats else []
            case FileDelta(text=text) if self.file:
                self.organiser.write(self.file, text)
            case FileClosed(complete=complete) if self.file:
                self.organiser.close(self.file, complete=complete)
                if not self.file.complete:
                    self._report("unclosed_file", "The answer ends inside of the file.", self.file.path)
            case MessageDelta(text=text):
                self.message.append(text)
            case ProblemFound():
                self.problems.append(event)

    def all_problems(self) -> list[ProblemFound]:
        found = (
            ProblemFound(rule=one.rule, path=one.path, message=one.message)
            for one in self.organiser.problems()
        )
        return [*self.problems, *found]

    def as_json(self) -> dict[str, Any]:
        """`format` names all that were read, with "+" between them; it is "none" without a file."""
        files = self.organiser.files()
        return {
            "files": [
                {"path": file.path, "language": file.language, "content": file.content} for file in files
            ],
            "message": "".join(self.message).strip(),
            "format": "+".join(self.formats) or "none",
            "problems": [
                {"rule": one.rule, "path": one.path, "message": one.message} for one in self.all_problems()
            ],
        }

    def _report(self, rule: str, message: str, path: str | None = None) -> None:
        self.problems.append(ProblemFound(rule=rule, path=path, message=message))


def extract(answer: str, framework: str) -> Extraction:
    conventions = load_frameworks()[framework]
    extraction = Extraction(organiser=Organiser(conventions))
    for event in LookAhead().feed(extract_all(answer)):
        if isinstance(event, DraftsDropped):
            extraction = Extraction(organiser=Organiser(conventions))
        extraction.take(event)
    return extraction


def _opened(path: Path | None) -> TextIO:
    try:
        return path.open(encoding="utf-8", newline="") if path else sys.stdin
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error


def _raw_answers(lines: TextIO) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        try:
            raw = json.loads(line)["raw"]
        except (ValueError, TypeError, KeyError) as error:
            raise CommandError(f'Line {number} is no JSON object with a text "raw".') from error
        if not isinstance(raw, str):
            raise CommandError(f'Line {number} is no JSON object with a text "raw".')
        yield raw
