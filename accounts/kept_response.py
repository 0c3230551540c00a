"""A response as it is kept for a repetition: small, and encrypted, since it may show a secret once."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from accounts.encryption import Undecipherable, decrypt, encrypt
from codegen_site.errors import ResponseNotKept

# Of the row; a larger response is not kept, and a repetition is told so.
MAX_SEALED_BYTES = 262_144
PURPOSE = "response to a request with an idempotency key"


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptResponse:
    """`body` is JSON's; `headers` are those that the view itself has set."""

    status: int
    headers: Mapping[str, str]
    body: Any

    def seal(self) -> bytes | None:
        """`None` when it is too large."""
        text = json.dumps(asdict(self)).encode()
        sealed = encrypt(zlib.compress(text), purpose=PURPOSE)
        return sealed if len(sealed) <= MAX_SEALED_BYTES else None


def unseal(sealed: bytes | memoryview | None) -> KeptResponse:
    """Raises `ResponseNotKept`, also when the secret of the service has changed since."""
    if sealed is None:
        raise ResponseNotKept
    try:
        text = zlib.decompress(decrypt(bytes(sealed), purpose=PURPOSE))
    except Undecipherable as error:
        raise ResponseNotKept from error
    return KeptResponse(**json.loads(text))
