"""How a DRF view hands over to the event loop, and how a stream of events is asked for."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, cast

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from accounts.idempotent_view import IdempotentView
from codegen_site.errors import AppException


class EventStreamRenderer(BaseRenderer):
    """Lets a client ask with `Accept: text/event-stream`. The stream itself is not rendered by DRF."""

    media_type = "text/event-stream"
    format = "sse"
    charset = None

    def render(self, data: Any, *args: Any, **kwargs: Any) -> bytes:
        return JSONRenderer().render(data)


class FollowUpResponse(Response):
    """What DRF has prepared, to be changed or replaced by `follow_up` on the event loop."""

    def __init__(
        self,
        *args: Any,
        follow_up: "Callable[[FollowUpResponse], Awaitable[HttpResponseBase]]",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.follow_up = follow_up


class FollowUpView(IdempotentView):
    """A view that may answer with a `FollowUpResponse`."""

    renderer_classes = (*APIView.renderer_classes, EventStreamRenderer)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        if isinstance(response.accepted_renderer, EventStreamRenderer):
            # An error is JSON, whatever was asked for.
            response.accepted_renderer = JSONRenderer()
            response.accepted_media_type = JSONRenderer.media_type
        return response

    @classmethod
    def as_async_view(cls) -> Callable[..., Coroutine[Any, Any, HttpResponseBase]]:
        """The view lets DRF decide in a thread, then waits on the event loop, where waiting costs none."""
        view = cls.as_view()

        @csrf_exempt  # as every view of DRF: its session authentication checks the token itself
        async def async_view(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            response = await sync_to_async(view)(request, **kwargs)
            if not isinstance(response, FollowUpResponse):
                return response
            try:
                return await response.follow_up(response)
            except AppException as error:
                return _turn_into_error(response, error)

        # Where the schema generator looks for the class.
        async_view.cls = cls  # type: ignore[attr-defined]
        async_view.initkwargs = {}  # type: ignore[attr-defined]
        return async_view


def _turn_into_error(response: FollowUpResponse, error: AppException) -> Response:
    handle_exception = cast(Callable[..., Response], api_settings.EXCEPTION_HANDLER)
    handled = handle_exception(error, getattr(response, "renderer_context", {}))
    response.data, response.status_code = handled.data, handled.status_code
    response.headers.pop("Location", None)
    for name, value in handled.headers.items():
        response.headers[name] = value
    return response
