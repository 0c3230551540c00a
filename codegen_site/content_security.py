"""What a browser may do with our pages, in headers on every answer: use what this site serves, no more."""

import hashlib
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from codegen_site.exception_reports import clean_debug_page

POLICY_HEADER = "Content-Security-Policy"
DIRECTIVES: Mapping[str, str] = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    # Of style sheets, and the QR code of a second factor.
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
# Features that no page of ours uses.
FEATURES = (
    "accelerometer autoplay camera display-capture encrypted-media fullscreen geolocation gyroscope "
    "magnetometer microphone midi payment picture-in-picture publickey-credentials-get screen-wake-lock usb "
    "xr-spatial-tracking"
)
HEADERS: Mapping[str, str] = {
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in FEATURES.split()),
    "Cross-Origin-Resource-Policy": "same-origin",
}


# In the templates of Django REST framework, and nowhere else.
INLINE_STYLES = (
    "float: right; margin-right: 10px",
    "border-bottom: 1px solid #e5e5e5",
    "border-bottom: 0",
    "width: 350px",
    "float: right",
)


def policy(directives: Mapping[str, str]) -> str:
    return "; ".join(f"{name} {value}" for name, value in directives.items())


def _source(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


STRICT = policy(DIRECTIVES)
# Of the browsable API: these very attributes, and no others.
BROWSABLE = policy(
    {**DIRECTIVES, "style-src-attr": " ".join(["'unsafe-hashes'", *map(_source, INLINE_STYLES)])}
)
BROWSABLE_PATH = "/api/v1/"
# Where DEBUG is on.
MADE_FOR_DEVELOPERS = frozenset({404, 500})


@sync_and_async_middleware
def content_security_middleware(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    if iscoroutinefunction(get_response):

        async def middleware(request: HttpRequest) -> HttpResponseBase:
            return _protect(request, await get_response(request))

        return markcoroutinefunction(middleware)

    return lambda request: _protect(request, get_response(request))


def _protect(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """A view may have set a policy of its own."""
    if settings.DEBUG and response.status_code in MADE_FOR_DEVELOPERS and isinstance(response, HttpResponse):
        clean_debug_page(response)
    strict = BROWSABLE if request.path.startswith(BROWSABLE_PATH) else STRICT
    for name, value in {POLICY_HEADER: strict, **HEADERS}.items():
        response.headers.setdefault(name, value)
    return response
