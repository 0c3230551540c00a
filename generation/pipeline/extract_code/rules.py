"""Lines that are only drawn: rules between sections, and under titles."""

import re

_MARKS = "-=_*#~─━═—–"
_RULE = re.compile(rf"[ \t]*([{_MARKS}])\1{{2,}}\s*")
MIN_FRAME = 5  # characters of a rule that may set code off


def is_rule(line: str) -> bool:
    return line.lstrip()[:1] in _MARKS and _RULE.fullmatch(line) is not None


def may_frame_code(line: str) -> bool:
    """A rule that is long enough to be more than a break between paragraphs."""
    return is_rule(line) and len(line.strip()) >= MIN_FRAME
