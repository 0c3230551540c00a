import subprocess
import sys
from pathlib import Path

from django.conf import settings


def test_imports_go_one_way() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    checked = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
