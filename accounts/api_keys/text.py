"""The text of an API key: `cg_live_<prefix>_<secret><checksum>`, or `cg_test_…`.

The prefix finds the row, the secret proves it. By the checksum, as in GitHub's tokens, whoever finds such a
text tells a key from what looks like one without asking anybody: the CRC-32 of what stands before it, in
base 62.
"""

import re
import secrets
import zlib
from dataclasses import dataclass
from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits

PREFIX_LENGTH = 12
SECRET_LENGTH = 32  # of 62 letters: 190 bits
CHECKSUM_LENGTH = 6
# What scanners look for. They verify what they find: `manage.py api_key verify`.
KEY_PATTERN = "cg_(live|test)_([a-z0-9]{12})_([A-Za-z0-9]{32})([A-Za-z0-9]{6})"
# Keys that were made before there were checksums.
OLD_KEY_PATTERN = "cg_(live)_([a-z0-9]{12})_([A-Za-z0-9]{32})()"
_BASE_62 = digits + ascii_uppercase + ascii_lowercase

_patterns = (re.compile(KEY_PATTERN), re.compile(OLD_KEY_PATTERN))


@dataclass(frozen=True, slots=True)
class KeyText:
    mode: str
    prefix: str
    secret: str
    is_old: bool = False

    def __repr__(self) -> str:
        return f"KeyText({self.mode}, {self.prefix}, …)"

    def reveal(self) -> str:
        body = f"cg_{self.mode}_{self.prefix}_{self.secret}"
        return body if self.is_old else body + checksum_of(body)


def new_key_text(mode: str = "live") -> KeyText:
    return KeyText(
        mode=mode,
        prefix=_random_text(ascii_lowercase + digits, PREFIX_LENGTH),
        secret=_random_text(ascii_letters + digits, SECRET_LENGTH),
    )


def parse_key_text(text: str) -> KeyText | None:
    """None for what was never made here: another shape, or a checksum that is wrong."""
    for pattern in _patterns:
        if match := pattern.fullmatch(text):
            mode, prefix, secret, checksum = match.groups()
            is_right = not checksum or checksum == checksum_of(text[:-CHECKSUM_LENGTH])
            return KeyText(mode, prefix, secret, is_old=not checksum) if is_right else None
    return None


def checksum_of(body: str) -> str:
    number, letters = zlib.crc32(body.encode()), ""
    for _ in range(CHECKSUM_LENGTH):
        number, rest = divmod(number, len(_BASE_62))
        letters = _BASE_62[rest] + letters
    return letters


def _random_text(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))
