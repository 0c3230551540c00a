import asyncio
import warnings
from typing import Any
from unittest.mock import patch

import pytest
from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.http import StreamingHttpResponse
from django.test import AsyncClient, Client

FILE = "/static/codegen_site/home.css"


def test_a_static_file_is_served_and_may_be_kept() -> None:
    response = Client().get(FILE)
    assert (response.status_code, response["Content-Type"]) == (200, 'text/css; charset="utf-8"')
    assert "max-age=" in response["Cache-Control"]
    assert b"font:" in response.getvalue()


def test_it_is_the_same_file_on_the_event_loop() -> None:
    async def get() -> bytes:
        response = await AsyncClient().get(FILE)
        assert response["X-Request-ID"]
        assert isinstance(response, StreamingHttpResponse)
        return b"".join([piece async for piece in response])

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert asyncio.run(get()) == Client().get(FILE).getvalue()


@pytest.mark.parametrize(
    "address", ["nothing.css", "../manage.py", "%2e%2e/manage.py", "codegen_site/../../manage.py", ""]
)
def test_nothing_else_is(address: str) -> None:
    assert Client().get(f"/static/{address}").status_code == 404


def test_no_middleware_holds_a_thread_while_a_request_waits() -> None:
    """One that is synchronous alone would: Django runs all below it, the view too, in its thread."""
    handler = ASGIHandler()
    adapted: list[str] = []
    adapt = handler.adapt_method_mode

    def note(
        is_async: bool,
        method: Any,
        method_is_async: bool | None = None,
        debug: bool = False,
        name: str | None = None,
    ) -> Any:
        method_is_async = iscoroutinefunction(method) if method_is_async is None else method_is_async
        if (name or "").startswith("middleware") and method_is_async != is_async:
            adapted.append(str(name))
        return adapt(is_async, method, method_is_async, debug, name)

    with patch.object(handler, "adapt_method_mode", note):
        handler.load_middleware(is_async=True)
    assert len(settings.MIDDLEWARE) > 5
    assert adapted == []
