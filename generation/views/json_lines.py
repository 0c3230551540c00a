"""JSON as bodies of batches come and go: a line for each request, or one object."""

import codecs
import hashlib
import json
from collections.abc import Mapping
from tempfile import SpooledTemporaryFile
from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer
from rest_framework.utils.json import strict_constant

from generation.batch_lines import LineStream

IN_MEMORY_BYTES = 1_048_576
PIECE_BYTES = 65_536


class JsonLines:
    """A body that has not been read yet."""

    def __init__(self, stream: LineStream) -> None:
        self.stream = stream

    def fingerprint(self) -> str:
        """A hash over the body, which can be read all the same."""
        digest = hashlib.sha256()
        copy = SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115 - gone with this object
        while piece := self.stream.read(PIECE_BYTES):
            digest.update(piece)
            copy.write(piece)
        copy.seek(0)
        self.stream = copy
        return digest.hexdigest()


class JsonLinesParser(BaseParser):
    """Leaves the reading to the view, line by line."""

    media_type = "application/jsonl"

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        return JsonLines(stream)


class NdjsonParser(JsonLinesParser):
    media_type = "application/x-ndjson"


class LargeJsonParser(BaseParser):
    """As DRF's, which refuses what is larger than the body of a single request."""

    media_type = "application/json"

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            return json.load(codecs.getreader("utf-8")(stream), parse_constant=strict_constant)
        except RecursionError as error:
            raise ParseError("JSON parse error - nested too deeply") from error
        except ValueError as error:
            raise ParseError(f"JSON parse error - {error}") from error


class JsonLinesRenderer(JSONRenderer):
    """Lets a client ask with `Accept: application/jsonl`. The lines themselves are not rendered by DRF."""

    media_type = "application/jsonl"
    format = "jsonl"


class NdjsonRenderer(JsonLinesRenderer):
    media_type = "application/x-ndjson"
    format = "ndjson"
