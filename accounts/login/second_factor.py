"""Codes of an app (TOTP, RFC 6238), and a list of others for when the phone is gone. Each is good once."""

import hmac
import json
import secrets
import time
from base64 import b32encode
from dataclasses import dataclass

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from accounts.login.guard import Subject, forgive, take_attempt
from accounts.models import LockOut, SecondFactor, User
from accounts.sealed_field import SealedTextField

# In a session that was opened with a second factor, true.
PASSED = "second_factor"

ISSUER = "Code generation"
DIGITS = 6
STEP_S = 30
# Clocks differ: the code before and the one after are taken as well.
DRIFT_STEPS = 1
SECRET_BYTES = 20
RECOVERY_CODES = 10
RECOVERY_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
RECOVERY_LENGTH = 12  # 59 bits


@dataclass(frozen=True, slots=True)
class Setup:
    """What an app is told: by a picture of `uri`, or by typing `text`."""

    text: str
    uri: str


def is_wanted(user: User) -> bool:
    return SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).exists()


def has_passed(request: HttpRequest) -> bool:
    return request.session.get(PASSED) is True


def is_missing(request: HttpRequest) -> bool:
    """Whether an operator is to be kept from the admin until the login is proved once more."""
    return bool(settings.STAFF_SECOND_FACTOR) and not has_passed(request)


def begin_setup(user: User) -> None:
    """A new secret, in force once a code of it is known. One that is in force is not touched."""
    secret = secrets.token_bytes(SECRET_BYTES)
    begun, _ = SecondFactor.objects.get_or_create(user=user)
    SecondFactor.objects.filter(pk=begun.pk, confirmed_at=None).update(
        secret=_column("secret").seal(secret.hex()), last_step=0
    )


def find_setup(user: User) -> Setup | None:
    """Of what is begun and not in force yet: afterwards nobody sees it again."""
    begun = SecondFactor.objects.filter(user=user, confirmed_at=None).exclude(secret="").first()
    if begun is None:
        return None
    secret = _secret_of(begun)
    uri = _totp(secret).get_provisioning_uri(user.email, ISSUER)
    return Setup(text=b32encode(secret).decode(), uri=uri)


def confirm_setup(user: User, code: str) -> list[str] | None:
    """The recovery codes, shown this once; None for a wrong code. Raises `RateLimitException`."""
    take_attempt(_subject(user))
    begun = SecondFactor.objects.filter(user=user, confirmed_at=None).exclude(secret="").first()
    step = _step_of(begun, code) if begun else None
    if begun is None or step is None:
        return None
    codes = new_recovery_codes()
    same = SecondFactor.objects.filter(pk=begun.pk, confirmed_at=None, secret=begun.secret)
    confirmed = same.update(
        confirmed_at=timezone.now(),
        last_step=step,
        recovery_codes=_column("recovery_codes").seal(json.dumps(codes)),
    )
    forgive(_subject(user))
    return codes if confirmed else None


def use_code(user: User, code: str) -> bool:
    """Whether it is one of the app or of the list; it is used up then. Raises `RateLimitException`."""
    take_attempt(_subject(user))
    factor = SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).first()
    if factor is None or not (_use_app_code(factor, code) or _use_recovery_code(factor, code)):
        return False
    forgive(_subject(user))
    return True


def renew_recovery_codes(user: User) -> list[str]:
    codes = new_recovery_codes()
    sealed = _column("recovery_codes").seal(json.dumps(codes))
    SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).update(recovery_codes=sealed)
    return codes


def count_recovery_codes(user: User) -> int:
    factor = SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).first()
    return len(_recovery_codes_of(factor)) if factor else 0


def remove(user: User) -> bool:
    """False when there was none."""
    return bool(SecondFactor.objects.filter(user=user).delete()[0])


def new_recovery_codes() -> list[str]:
    def new_code() -> str:
        letters = "".join(secrets.choice(RECOVERY_LETTERS) for _ in range(RECOVERY_LENGTH))
        return "-".join(letters[start : start + 4] for start in range(0, RECOVERY_LENGTH, 4))

    return [new_code() for _ in range(RECOVERY_CODES)]


def app_code(secret: bytes, at: float | None = None) -> str:
    """What an app shows then."""
    return _totp(secret).generate(time.time() if at is None else at).decode()


def _use_app_code(factor: SecondFactor, code: str) -> bool:
    """Whoever looked over the shoulder is too late: a code, and those before it, are good once."""
    step = _step_of(factor, code)
    later = SecondFactor.objects.filter(pk=factor.pk, last_step__lt=step or 0)
    return step is not None and bool(later.update(last_step=step))


def _step_of(factor: SecondFactor, code: str) -> int | None:
    """The time step of which this is the code, if it is one of now."""
    digits = "".join(code.split())
    now, secret = int(time.time() // STEP_S), _secret_of(factor)
    steps = [now + drift for drift in range(-DRIFT_STEPS, DRIFT_STEPS + 1)]
    matching = [
        step
        for step in steps
        if hmac.compare_digest(app_code(secret, step * STEP_S).encode(), digits.encode())
    ]
    return max(matching, default=None)


def _use_recovery_code(factor: SecondFactor, code: str) -> bool:
    known, given = _recovery_codes_of(factor), "".join(code.lower().replace("-", "").split())
    left = [one for one in known if not hmac.compare_digest(one.replace("-", "").encode(), given.encode())]
    if len(left) == len(known):
        return False
    same = SecondFactor.objects.filter(pk=factor.pk, recovery_codes=factor.recovery_codes)
    return bool(same.update(recovery_codes=_column("recovery_codes").seal(json.dumps(left))))


def _recovery_codes_of(factor: SecondFactor) -> list[str]:
    if not factor.recovery_codes:
        return []
    codes: list[str] = json.loads(_column("recovery_codes").reveal(factor.recovery_codes))
    return codes


def _secret_of(factor: SecondFactor) -> bytes:
    return bytes.fromhex(_column("secret").reveal(factor.secret))


def _totp(secret: bytes) -> TOTP:
    # Authenticator apps know no other algorithm.
    return TOTP(secret, DIGITS, SHA1(), STEP_S)  # noqa: S303


def _subject(user: User) -> Subject:
    return Subject(LockOut.Kind.CODE, str(user.pk))


def _column(name: str) -> SealedTextField:
    return SealedTextField.of(SecondFactor, name)
