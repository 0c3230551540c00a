"""What happens at the doors, told in one place: here the log, and whatever else listens."""

import logging
from typing import Any

from django.dispatch import Signal
from django.http import HttpRequest

from accounts.client_address import client_address
from accounts.models import User

logger = logging.getLogger("accounts.login")

# `action`, `user` (None where nobody is known by the address), `email`, `address`, `request_id`, `details`:
# for an audit log. Sent in the transaction of what happened, where there is one.
login_event = Signal()


def record_login_event(
    action: str, *, request: HttpRequest | None, user: User | None = None, email: str = "", **details: Any
) -> None:
    """`action` is such as `login.failed`; `details` are JSON, without secrets."""
    address = str(client_address(request) or "") if request is not None else ""
    request_id = getattr(request, "request_id", "")
    fields = {"user_id": user.pk if user else None, "address": address, **details}
    logger.info(action, extra=fields)
    login_event.send(
        record_login_event,
        action=action,
        user=user,
        email=email or (user.email if user else ""),
        address=address,
        request_id=request_id,
        details=details,
    )
