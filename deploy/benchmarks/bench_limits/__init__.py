"""The site with a Redis of this run for its cache: set up before any of these modules reads a setting."""

import os
import socket
import tempfile
from pathlib import Path

import django

FOLDER = Path(tempfile.mkdtemp(prefix="bench-limits-"))


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


PORT = _free_port()
os.environ.pop("DATABASE_URL", None)
os.environ |= {
    "SECRET_KEY": "only-for-the-benchmark-" * 4,
    "LOCAL_DIR": str(FOLDER),
    "LOG_LEVEL": "ERROR",
    "REDIS_URL": f"redis://127.0.0.1:{PORT}/0",
    "DJANGO_SETTINGS_MODULE": "codegen_site.settings",
}
django.setup()
