"""A file of settings whose values are encrypted one by one: names, comments and what changed can be read.

Each value has a key of its own, derived from the file's key and its name: none can stand in another's place.
"""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from codegen_site.dotenv import Line, read_lines, read_values

MARK = "enc:"
SHORTEST_KEY = 32


class Unreadable(Exception):
    """One sentence for whoever has to find the right key."""


def new_key() -> str:
    return secrets.token_urlsafe(32)


def encrypt_text(plain: str, *, key: str, previous: str = "") -> str:
    """The lines of `plain` with their values encrypted; what has not changed stays as it is in `previous`.

    Raises `MalformedLine`, and `Unreadable` when `previous` was encrypted under another key.
    """
    before = {line.name: (_open(line, key), line.value) for line in read_lines(previous) if line.name}
    return "".join(f"{line}\n" for line in _encrypted_lines(plain, key, before))


def decrypt_text(text: str, *, key: str) -> str:
    """Raises `Unreadable` and `MalformedLine`. A value that is not encrypted is taken as it is."""
    return "".join(f"{line.before}{_open(line, key)}\n" for line in read_lines(text))


def read_encrypted(text: str, *, key: str) -> dict[str, str]:
    """The values by their names. Raises as `decrypt_text`."""
    return read_values(decrypt_text(text, key=key))


def _encrypted_lines(plain: str, key: str, before: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    """`before` has what a name's value was, and how it stood in the file."""
    for line in read_lines(plain):
        if line.name is None:
            yield line.before
            continue
        value, encrypted = before.get(line.name, (None, ""))
        if value != line.value or not encrypted.startswith(MARK):
            encrypted = MARK + _fernet(key, line.name).encrypt(line.value.encode()).decode()
        yield f"{line.before}{encrypted}"


def _open(line: Line, key: str) -> str:
    if line.name is None or not line.value.startswith(MARK):
        return line.value
    try:
        return _fernet(key, line.name).decrypt(line.value.removeprefix(MARK)).decode()
    except InvalidToken as error:
        raise Unreadable(f"{line.name} cannot be decrypted with this ENV_KEY.") from error


def _fernet(key: str, name: str) -> Fernet:
    if len(key) < SHORTEST_KEY:
        raise Unreadable("ENV_KEY is too short: make one with `manage.py env key`.")
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"setting {name}".encode())
    return Fernet(urlsafe_b64encode(derivation.derive(key.encode())))
