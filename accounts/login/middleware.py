from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessionMiddleware
from django.http import HttpRequest

from accounts.client_address import client_address
from accounts.login.devices import describe_device
from accounts.login.sessions import Visitor


class SessionMiddleware(DjangoSessionMiddleware):
    """Django's; the session knows where the request comes from, for its owner to see."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        address = client_address(request)
        request.session.visitor = Visitor(  # type: ignore[attr-defined]  # our engine
            address=str(address) if address else None,
            device=describe_device(request.headers.get("User-Agent", "")),
        )
