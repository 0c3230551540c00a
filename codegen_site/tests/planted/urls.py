"""Pages that break, before those of the site."""

import logging
from typing import Any, NoReturn, cast

import structlog
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from codegen_site import urls
from codegen_site.tests.planted.secrets import CALLERS, CONFESSION, DATABASE_URL, PROMPT
from codegen_site.tests.planted.tasks import confess, confess_in_private
from codegen_site.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

logger = logging.getLogger("planted")


def break_down(request: HttpRequest) -> NoReturn:
    password = CALLERS["password"]
    logger.warning(
        "about to break: %s", CONFESSION, extra={"password": password, "headers": dict(request.headers)}
    )
    raise ValueError(CONFESSION)


def lose_database(request: HttpRequest) -> NoReturn:
    cause = OSError(f"no route to {DATABASE_URL}")
    raise OperationalError(f"connection failed: {DATABASE_URL}") from cause


def enqueue(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{confess.enqueue().id} {confess_in_private.enqueue().id}")


class BreakDown(APIView):
    permission_classes = [AllowAny]
    authentication_classes: list[Any] = []

    def post(self, request: Request) -> Response:
        if request.query_params.get("private"):
            prompt = cast(dict[str, Any], request.data)["prompt"]
            structlog.contextvars.bind_contextvars(private=True)
            logger.info("asked for %s", prompt, extra={"prompt": prompt, "tokens": 12})
            raise ValueError(f"no model wants {prompt}")
        raise ValueError(CONFESSION)


urlpatterns = [
    path("planted/break", break_down),
    path("planted/database", lose_database),
    path("planted/job", enqueue),
    path("api/v1/planted", BreakDown.as_view()),
    path("", include(urls)),
]
assert PROMPT not in CONFESSION
