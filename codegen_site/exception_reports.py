"""What Django tells of a broken request, to developers where DEBUG is on and to whom reports are sent.

The place of the error and the shape of the request: what was sent, and what variables held, is not shown.
"""

from collections.abc import ItemsView
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

from codegen_site.redaction import redact

DEBUG_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
# Beside those that Django's own pattern knows.
META_OF_CALLER = frozenset({"QUERY_STRING", "HTTP_REFERER", "HTTP_COOKIE"})


class ReportFilter(SafeExceptionReporterFilter):
    """Django's, in force where DEBUG is on too, and for every value that somebody has sent."""

    def is_active(self, request: HttpRequest | None) -> bool:
        return True

    def get_traceback_frame_variables(self, request: Any, tb_frame: Any) -> ItemsView[str, Any]:
        return dict[str, Any]().items()

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        return self._names(request.POST if request else {})

    def get_safe_cookies(self, request: HttpRequest) -> dict[str, Any]:
        return self._names(getattr(request, "COOKIES", {}))

    def get_safe_request_meta(self, request: HttpRequest) -> dict[str, Any]:
        meta = super().get_safe_request_meta(request)
        return meta | self._names(META_OF_CALLER & meta.keys())

    def _names(self, sent: Any) -> dict[str, Any]:
        return dict.fromkeys(sent, self.cleansed_substitute)


class Reporter(ExceptionReporter):
    def get_traceback_data(self) -> dict[str, Any]:
        data = super().get_traceback_data()
        # Before quotes are spelled as HTML spells them.
        for name in ("exception_value", "exception_notes"):
            data[name] = redact(data.get(name, ""))
        for frame in data["frames"]:
            frame["exc_cause"] = frame["exc_cause"] and redact(str(frame["exc_cause"]) or "…")
        if self.request is not None:
            hidden = ReportFilter.cleansed_substitute
            data["request_GET_items"] = dict.fromkeys(self.request.GET, hidden).items()
            data["request_FILES_items"] = dict.fromkeys(self.request.FILES, hidden).items()
            data["request_insecure_uri"] = data["request_insecure_uri"].partition("?")[0]
        return data

    def get_traceback_html(self) -> SafeString:
        return SafeString(redact(super().get_traceback_html()))

    def get_traceback_text(self) -> SafeString:
        return SafeString(redact(super().get_traceback_text()))


def clean_debug_page(response: HttpResponse) -> None:
    """Of a page that Django made for developers, which quotes the address and has its style within it."""
    response.content = redact(response.text).encode(response.charset)
    response.headers["Content-Length"] = str(len(response.content))
    response.headers["Content-Security-Policy"] = DEBUG_POLICY
