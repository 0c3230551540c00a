"""The text of an API key: `cg_live_<prefix>_<secret>`. The prefix finds the row, the secret proves it."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from string import ascii_letters, ascii_lowercase, digits

PREFIX_LENGTH = 12
SECRET_LENGTH = 32  # of 62 letters: 190 bits
KEY_PATTERN = re.compile(rf"cg_live_([a-z0-9]{{{PREFIX_LENGTH}}})_([A-Za-z0-9]{{{SECRET_LENGTH}}})")


@dataclass(frozen=True, slots=True)
class KeyText:
    prefix: str
    secret: str

    def __repr__(self) -> str:
        return f"KeyText({self.prefix}, …)"

    def reveal(self) -> str:
        return f"cg_live_{self.prefix}_{self.secret}"


def new_key_text() -> KeyText:
    return KeyText(
        prefix=_random_text(ascii_lowercase + digits, PREFIX_LENGTH),
        secret=_random_text(ascii_letters + digits, SECRET_LENGTH),
    )


def parse_key_text(text: str) -> KeyText | None:
    match = KEY_PATTERN.fullmatch(text)
    return KeyText(*match.groups()) if match else None


def digest_of(secret: str, salt: bytes) -> bytes:
    """One round of SHA-256 is enough: the secret is 190 random bits, not a password."""
    return hashlib.sha256(salt + secret.encode()).digest()


def _random_text(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))
