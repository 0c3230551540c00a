"""Where the lines of the children go: to the terminal with their names, or to a file each."""

import contextlib
from pathlib import Path
from typing import Protocol

from django.core.management.base import OutputWrapper

COLOURS = {
    "up": "1",
    "nats": "36",
    "redis": "31",
    "model": "35",
    "litellm": "33",
    "worker": "34",
    "web": "32",
}
NAME_WIDTH = 8


class Log(Protocol):
    def __call__(self, name: str, line: str, /) -> None: ...


def log_to_terminal(out: OutputWrapper) -> Log:
    is_terminal = out.isatty()

    def log(name: str, line: str, /) -> None:
        label = f"{name:<{NAME_WIDTH}}| "
        if is_terminal:
            label = f"\033[{COLOURS.get(name, '0')}m{label}\033[0m"
        with contextlib.suppress(OSError):  # the terminal has gone; the servers have not
            out.write(label + line)
            out.flush()

    return log


def log_to_files(directory: Path) -> Log:
    """Each start begins its files anew."""
    directory.mkdir(parents=True, exist_ok=True)
    for old in directory.glob("*.log"):
        old.unlink()

    def log(name: str, line: str, /) -> None:
        with (directory / f"{name}.log").open("a") as file:
            file.write(line + "\n")

    return log
