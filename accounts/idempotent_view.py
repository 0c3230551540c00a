"""What makes every POST of a view safe to repeat: the base of each view that has one."""

import json
import re
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from typing import Any, ClassVar, Protocol, runtime_checkable

from django.db import transaction
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import organization_of
from accounts.idempotency import (
    RETRY_AFTER_S,
    SentKey,
    find_key,
    fingerprint_of,
    free_key,
    hold_key,
    keep_response,
)
from accounts.kept_response import KeptResponse, unseal
from accounts.models import IdempotencyKey, Organization
from codegen_site.errors import IdempotencyKeyInUse, ValidationException

HEADER = "Idempotency-Key"
KEY_PATTERN = r"[\x21-\x7e]{1,255}"
REPLAYED = "Idempotent-Replayed"

Handler = Callable[..., Response]


@runtime_checkable
class UnreadBody(Protocol):
    """A body that is too large to be compared as a whole, and tells its hash instead."""

    def fingerprint(self) -> str: ...


class IdempotentView(APIView):
    """A POST with an `Idempotency-Key` takes effect once; a repetition gets the first response.

    It runs in one transaction with the record of its response, so its effects are rows, or happen on
    commit. A response of 400 and above is not kept: the POST has done nothing, and its key is free.
    """

    # The handler does nothing when it runs again, and shows the same: its response is not stored.
    is_repeatable: ClassVar[bool] = False

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        # From here on the caller is known and may do this; before, no key is looked at.
        handler = getattr(self, "post", None)
        if request.method == "POST" and handler is not None:
            has_key = HEADER in request.headers
            first = partial(self.post_once, self._sent_key(request)) if has_key else self.post_prepared
            # The view serves this request alone; DRF's view sets assign their handlers likewise.
            setattr(self, "post", partial(first, handler))  # noqa: B010

    def organization_of(self, request: Request) -> Organization:
        """Whose key it is."""
        return organization_of(request)

    def prepare(self, request: Request, **kwargs: Any) -> None:
        """What a POST does before its transaction: it may take long, and refuses by raising."""

    def post_prepared(self, handler: Handler, request: Request, **kwargs: Any) -> Response:
        self.prepare(request, **kwargs)
        return handler(request, **kwargs)

    def post_once(self, sent: SentKey, handler: Handler, request: Request, **kwargs: Any) -> Response:
        """What `handler` answers, or answered to the first request with this key."""
        found = find_key(sent)
        if found is None:
            return self._post_first(hold_key(sent), handler, request, **kwargs)
        if found.is_running:
            raise IdempotencyKeyInUse(retry_after=RETRY_AFTER_S)
        if self.is_repeatable:
            response = handler(request, **kwargs)
        else:
            kept = unseal(found.response)
            response = Response(kept.body, status=kept.status, headers=dict(kept.headers))
        response.headers[REPLAYED] = "true"
        return response

    def _sent_key(self, request: Request) -> SentKey:
        """Raises `ValidationException` for a key that is none."""
        key = request.headers[HEADER]
        if not re.fullmatch(KEY_PATTERN, key):
            message = "This must be 1 to 255 visible ASCII characters, none of them a space."
            raise ValidationException(
                f"The header {HEADER} is malformed.", details=[{"field": HEADER, "message": message}]
            )
        return SentKey(
            organization=self.organization_of(request),
            key=key,
            fingerprint=fingerprint_of(method="POST", path=request.path, body=_body_of(request)),
        )

    def _post_first(
        self, held: IdempotencyKey, handler: Handler, request: Request, **kwargs: Any
    ) -> Response:
        try:
            self.prepare(request, **kwargs)
            with nullcontext() if self.is_repeatable else transaction.atomic():
                response = handler(request, **kwargs)
                if response.status_code < 400:
                    keep_response(held, None if self.is_repeatable else _to_keep(response))
        except BaseException:
            free_key(held)
            raise
        if response.status_code >= 400:
            free_key(held)
        return response


def _body_of(request: Request) -> Any:
    data = request.data
    return data.fingerprint() if isinstance(data, UnreadBody) else data


def _to_keep(response: Response) -> KeptResponse:
    own_headers = {name: value for name, value in response.headers.items() if name != "Content-Type"}
    # As it will be rendered, down to the texts of dates and ids.
    body = None if response.data is None else json.loads(JSONRenderer().render(response.data))
    return KeptResponse(status=response.status_code, headers=own_headers, body=body)
