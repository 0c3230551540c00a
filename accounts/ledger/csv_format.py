"""Reports as CSV, for spreadsheets that take some texts for formulas."""

import csv
import io
from collections.abc import Mapping
from typing import Any

from rest_framework.renderers import BaseRenderer, JSONRenderer

# OWASP, CSV injection: what a cell must not begin with.
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


class CsvRenderer(BaseRenderer):
    """Of `{"columns": […], "data": [{…}]}`."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(
        self,
        data: Mapping[str, Any],
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        if "columns" not in data:
            return JSONRenderer().render(data)
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(data["columns"])
        for row in data["data"]:
            writer.writerow([safe_cell(row[column]) for column in data["columns"]])
        return text.getvalue().encode()


def safe_cell(value: Any) -> Any:
    """What somebody else has named is a text, whatever it begins with."""
    if not isinstance(value, str):
        return value
    return f"'{value}" if value.lstrip(" ").startswith(FORMULAS) else value
