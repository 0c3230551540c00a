import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from generation.frameworks import load_frameworks
from generation.pipeline.extract_code import extract_all
from generation.pipeline.organise_files import LookAhead, OpenFile, Organiser
from generation.pipeline.records import FileClosed, FileDelta, FileOpened, MessageDelta, ProjectFile


class Command(BaseCommand):
    help = "Reads a model's answer and writes the files in it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("answer", nargs="?", type=Path, help="a text file; standard input if left out")
        parser.add_argument("--out", type=Path, default=Path("extracted"), help="folder for the files")
        parser.add_argument("--framework", default="html", help="whose conventions name unnamed blocks")
        parser.add_argument("--jsonl", action="store_true", help="lines of {raw} in, {files, message} out")

    def handle(self, *, answer: Path | None, out: Path, framework: str, jsonl: bool, **options: Any) -> None:
        lines = answer.open(encoding="utf-8", newline="") if answer else sys.stdin
        with lines:
            if jsonl:
                for line in lines:
                    self.stdout.write(json.dumps(_as_json(json.loads(line)["raw"], framework)))
                return
            files, message = extract(lines.read(), framework)
        for file in files:
            target = out / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(file.content, encoding="utf-8", newline="")
            self.stdout.write(f"{target}  {len(file.content.encode()):,} bytes")
        if message:
            self.stderr.write(message)


def extract(answer: str, framework: str) -> tuple[tuple[ProjectFile, ...], str]:
    """The organised files of a whole answer, and the prose outside of them."""
    organiser = Organiser(load_frameworks()[framework])
    file: OpenFile | None = None
    message: list[str] = []
    for event in LookAhead().feed(extract_all(answer)):
        match event:
            case FileOpened(path=path, language=language, edit=edit, head=head):
                file = organiser.open(path, language, edit=edit, head=head)
            case FileDelta(text=text) if file:
                organiser.write(file, text)
            case FileClosed(complete=complete) if file:
                organiser.close(file, complete=complete)
            case MessageDelta(text=text):
                message.append(text)
    return organiser.files(), "".join(message).strip()


def _as_json(answer: str, framework: str) -> dict[str, Any]:
    files, message = extract(answer, framework)
    listed = [{"path": file.path, "language": file.language, "content": file.content} for file in files]
    return {"files": listed, "message": message}
