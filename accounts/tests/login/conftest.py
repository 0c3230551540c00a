import pytest
from django.core import mail
from pytest_django import Settings

from accounts.login.letters import letter_wanted, send_letter
from accounts.models import User
from accounts.testing import make_user
from accounts.tests.login.browser import PASSWORD


@pytest.fixture(autouse=True)
def _cheap_passwords(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def alice(db: None) -> User:
    return make_user("alice@example.org", password=PASSWORD)


@pytest.fixture
def mailbox(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> list[mail.EmailMessage]:
    """What arrives, at once: in the product a job sends it."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    def deliver(sealed: str, **kwargs: object) -> None:
        send_letter(sealed)

    # In place of whoever listens in the product.
    monkeypatch.setattr(letter_wanted, "receivers", [])
    letter_wanted.sender_receivers_cache.clear()
    letter_wanted.connect(deliver, weak=False)
    mail.outbox = []
    return mail.outbox
