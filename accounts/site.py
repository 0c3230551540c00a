from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request


def site_of(request: HttpRequest | Request) -> str:
    """Where the links of e-mails lead, without a slash at the end."""
    return settings.SITE_URL or request.build_absolute_uri("/").rstrip("/")
