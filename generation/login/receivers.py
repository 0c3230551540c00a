from typing import Any

from django.dispatch import receiver

from accounts.login.letters import letter_wanted
from generation.login.tasks import send_account_letter


@receiver(letter_wanted)
def enqueue_letter(sealed: str, **kwargs: Any) -> None:
    send_account_letter.enqueue(sealed=sealed)
