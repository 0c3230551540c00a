"""Spans of time as people write and read them."""

import re
from datetime import timedelta

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
LONGEST_S = 3650 * 86_400


def parse_duration(text: str) -> timedelta:
    """`"90s"`, `"15m"`, `"2h"`, `"7d"`, `"2w"`. Raises `ValueError`."""
    found = re.fullmatch(r"([0-9]{1,10})([smhdw])", text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no duration such as 90s, 15m, 2h, 7d or 2w.")
    seconds = int(found[1]) * SECONDS[found[2]]
    if not 1 <= seconds <= LONGEST_S:
        raise ValueError(f"{text!r} is not between a second and ten years.")
    return timedelta(seconds=seconds)


def format_duration(duration: timedelta) -> str:
    """The two largest units: `"3 h 20 min"`; below a minute with a digit behind the point."""
    seconds = duration.total_seconds()
    if seconds < 0:
        return f"-{format_duration(-duration)}"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min"
    return f"{hours // 24} d {hours % 24} h"


def format_age(duration: timedelta) -> str:
    """The largest unit alone: `"3 h"`."""
    seconds = max(0, int(duration.total_seconds()))
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
