"""`manage.py env`: the encrypted file of settings. It runs without settings, which may be what it mends."""

import os
import re
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Callable
from getpass import getpass
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from codegen_site.dotenv import NAME, MalformedLine, quote, read_lines
from codegen_site.encrypted_env import Unreadable, decrypt_text, encrypt_text, new_key, read_encrypted
from codegen_site.env import BASE_DIR, encrypted_path, find_env_key


class Command(BaseCommand):
    help = (
        "The encrypted file of settings: its values are encrypted one by one, under ENV_KEY or ENV_KEY_FILE."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--file", type=Path, help="default: ENCRYPTED_ENV, or .env.encrypted")
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("key", help="print a new key for ENV_KEY")
        encrypt = actions.add_parser(
            "encrypt", help="encrypt a whole file of settings in place of what is there"
        )
        encrypt.add_argument(
            "plain", nargs="?", default=str(BASE_DIR / ".env"), help="default: .env; - is stdin"
        )
        encrypt.add_argument("--rekey", action="store_true", help="what is there may be under another key")
        show = actions.add_parser("show", help="print it decrypted, or one value")
        show.add_argument("name", nargs="?")
        change = actions.add_parser("set", help="set one value, which is asked for, or read from stdin")
        change.add_argument("name")
        actions.add_parser("edit", help="open it, decrypted, in $VISUAL or $EDITOR")

    def handle(self, *args: Any, **options: Any) -> None:
        actions: dict[str, Callable[..., None]] = {
            "key": self.print_key,
            "encrypt": self.encrypt,
            "show": self.show,
            "set": self.set,
            "edit": self.edit,
        }
        self.path: Path = options["file"] or encrypted_path(os.environ)
        try:
            actions[options["action"]](**options)
        except (Unreadable, MalformedLine) as error:
            raise CommandError(f"{self.path}: {error}") from None
        except (ImproperlyConfigured, OSError) as error:
            raise CommandError(str(error)) from None

    def print_key(self, **options: Any) -> None:
        self.stdout.write(new_key())

    def encrypt(self, *, plain: str, rekey: bool, **options: Any) -> None:
        text = sys.stdin.read() if plain == "-" else Path(plain).read_text()
        if not text.strip():
            raise CommandError("There is nothing to encrypt.")
        self._write(encrypt_text(text, key=self._key(), previous="" if rekey else self._text()))

    def show(self, *, name: str | None, **options: Any) -> None:
        if name is None:
            self.stdout.write(decrypt_text(self._text(), key=self._key()), ending="")
            return
        values = read_encrypted(self._text(), key=self._key())
        if name not in values:
            raise CommandError(f"{self.path} has no {name}.")
        self.stdout.write(values[name])

    def set(self, *, name: str, **options: Any) -> None:
        value = getpass(f"{name}: ") if sys.stdin.isatty() else sys.stdin.read().removesuffix("\n")
        if not re.fullmatch(NAME, name):
            raise CommandError(f"{name} is no name of a setting.")
        before = self._text()
        plain = decrypt_text(before, key=self._key())
        self._write(encrypt_text(_with_value(plain, name, quote(value)), key=self._key(), previous=before))

    def edit(self, **options: Any) -> None:
        before = self._text()
        plain = decrypt_text(before, key=self._key())
        self._write(_edited(plain, lambda text: encrypt_text(text, key=self._key(), previous=before)))

    def _key(self) -> str:
        key = find_env_key(os.environ)
        if not key:
            raise CommandError("Neither ENV_KEY nor ENV_KEY_FILE is set: `manage.py env key` makes a key.")
        return key

    def _text(self) -> str:
        return self.path.read_text() if self.path.exists() else ""

    def _write(self, text: str) -> None:
        """All of it, or nothing."""
        descriptor, draft = tempfile.mkstemp(dir=self.path.resolve().parent, prefix=".env-")
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        Path(draft).replace(self.path.resolve())


def _with_value(plain: str, name: str, value: str) -> str:
    """Where the name is set already, or at the end."""
    lines = list(read_lines(plain))
    texts = [line.before + (value if line.name == name else line.value) for line in lines]
    if all(line.name != name for line in lines):
        texts.append(f"{name}={value}")
    return "".join(f"{text}\n" for text in texts)


def _edited(plain: str, encrypted: Callable[[str], str]) -> str:
    """What the editor leaves, encrypted. The file that it opens is for its owner's eyes, and removed."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    with tempfile.TemporaryDirectory(prefix="env-") as folder:
        draft = Path(folder) / "settings.env"
        draft.touch(mode=0o600)
        draft.write_text(plain)
        while True:
            ended = subprocess.run([*editor.split(), str(draft)], check=False)  # noqa: S603 - the user's own
            if ended.returncode:
                raise CommandError(f"{editor} ended with {ended.returncode}: nothing was changed.")
            try:
                return encrypted(draft.read_text())
            except MalformedLine as error:
                if not sys.stdin.isatty() or input(f"{error} Edit again? [Y/n] ").lower().startswith("n"):
                    raise
