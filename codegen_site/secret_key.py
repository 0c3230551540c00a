"""The secret of an installation on one machine: made once, kept beside its data."""

import os
import secrets
from pathlib import Path


def local_secret_key(directory: Path) -> str:
    """The key in the folder; written, for its owner's eyes only, by the first process that asks."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / "secret_key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text()
    key = secrets.token_urlsafe(50)
    with os.fdopen(descriptor, "w") as file:
        file.write(key)
    return key
