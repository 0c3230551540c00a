"""What the views that start a generation have in common: how they are answered, and may be repeated."""

from collections.abc import Callable
from typing import Any

from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import SentKey
from accounts.idempotent_view import Handler
from codegen_site.errors import IdempotencyKeyInUse
from generation.models import Generation
from generation.views.negotiation import FollowUpView
from generation.views.responding import Way, find_first, respond, respond_again, way_of


class StartingView(FollowUpView, GenericAPIView[Generation]):
    """A POST that starts a generation: its body says how the caller wants to be answered."""

    def start(self, request: Request, options: dict[str, Any], *, sent_key: SentKey | None) -> Generation:
        """Start what the checked body asks for; `options` are its fields but for `async` and `stream`."""
        raise NotImplementedError

    def post(self, request: Request, **kwargs: Any) -> Response:
        way, start = self._read(request)
        return respond(start(None), way=way)

    def post_once(self, sent: SentKey, handler: Handler, request: Request, **kwargs: Any) -> Response:
        """The key is written together with the generation, which tells a repetition its response."""
        way, start = self._read(request)
        first = find_first(sent)
        if first is None:
            try:
                return respond(start(sent), way=way)
            except IdempotencyKeyInUse:  # by a request of the same moment
                first = find_first(sent)
                if first is None:
                    raise
        return respond_again(first, way=way)

    def _read(self, request: Request) -> tuple[Way, Callable[[SentKey | None], Generation]]:
        """How to answer, and what starts the generation that is asked for. Raises for a wrong type."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        options = dict(serializer.validated_data)
        way = way_of(request, is_async=options.pop("async"), stream=options.pop("stream"))
        return way, lambda sent_key: self.start(request, options, sent_key=sent_key)
