"""The secret of an installation on one machine: made once, kept beside its data."""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path


def local_secret_key(directory: Path) -> str:
    """The key in the folder; written, for its owner's eyes only, by the first process that asks."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / "secret_key"
    if not path.exists():
        # Written elsewhere and linked into place: nobody reads half of it, and the first one stays.
        descriptor, draft = tempfile.mkstemp(dir=directory)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        Path(draft).unlink()
    return path.read_text()
