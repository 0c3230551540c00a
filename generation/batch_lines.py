"""The lines of a batch: each a request that is right, or the error that a single request would get."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol, cast

from django.conf import settings
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.settings import api_settings

from accounts.callers import Caller
from codegen_site.errors import CallerFault, RequestTooLarge, ValidationException
from generation.allowed import check_allowed, model_for
from generation.batch_serializers import BatchLineSerializer
from generation.catalog import check_fits, request_limits
from generation.pipeline.records import GenerationRequest
from generation.pipeline.validate_request import RequestLimits, validate_request
from generation.services import CacheUse

MAX_LINES = 10_000
MAX_ERROR_CHARS = 500
MAX_ERROR_DETAILS = 20
JSON_SPACE = b" \t\r\n"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class LineStream(Protocol):
    def read(self, size: int, /) -> bytes: ...

    def readline(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class RawLine:
    """What came as line `number`: a JSON value, or why it is none."""

    number: int
    value: Any = None
    error: CallerFault | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A checked line: a request, or `error` as `{"code", "message", "details", "retryable"}`."""

    number: int
    custom_id: str = ""
    request: GenerationRequest | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    cache: CacheUse = "use"
    error: dict[str, Any] | None = None


def read_lines(stream: LineStream, *, longest: int | None = None) -> Iterator[RawLine]:
    """The lines of a JSONL text. Numbers are those that an editor shows; a blank line is none.

    Holds one line at a time, and of one with more than `longest` bytes (by default as many as the body of a
    single request may have) only its beginning.
    """
    longest = longest or settings.MAX_BODY_BYTES
    for number in range(1, 2 * MAX_LINES + 2):
        text = stream.readline(longest + 2)
        if not text:
            return
        if _is_cut(text, stream, limit=longest + 2):
            yield RawLine(number=number, error=RequestTooLarge(f"A line may have at most {longest:,} bytes."))
            continue
        if number == 1:
            text = text.removeprefix(BYTE_ORDER_MARK)
        if text := text.strip(JSON_SPACE):
            yield _parse(number, text)
    raise ValidationException(f"A batch has at most {MAX_LINES:,} requests, and as many blank lines.")


def _is_cut(text: bytes, stream: LineStream, *, limit: int) -> bool:
    """Whether a line goes on behind its first `limit` bytes; its rest is read and dropped."""
    if len(text) < limit or text.endswith(b"\n"):
        return False
    while text and not text.endswith(b"\n"):
        text = stream.readline(limit)
    return True


def number_values(values: Iterable[Any]) -> Iterator[RawLine]:
    """Those of a JSON list, as lines."""
    for number, value in enumerate(values, start=1):
        yield RawLine(number=number, value=value)


def check_lines(raw_lines: Iterable[RawLine], *, caller: Caller) -> list[Line]:
    """As `caller` may have them. Raises `ValidationException` for none or too many, `LLMServiceException`
    when a model is named and the list of models cannot be had."""
    checker = _Checker(caller)
    lines: list[Line] = []
    for raw in raw_lines:
        if len(lines) == MAX_LINES:
            raise ValidationException(f"A batch has at most {MAX_LINES:,} requests.")
        lines.append(checker.check(raw))
    if not lines:
        raise ValidationException("The batch is empty: send at least one request.")
    return lines


class _Checker:
    """What one batch needs once, and what it has seen."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._serializer = BatchLineSerializer()
        self._custom_ids: set[str] = set()

    def check(self, raw: RawLine) -> Line:
        custom_id = self._custom_id_of(raw.value)
        try:
            if raw.error is not None:
                raise raw.error
            self._note(custom_id)
            options = dict(self._serializer.run_validation(raw.value))
            options.pop("custom_id", None)
            metadata, cache = options.pop("metadata", {}), options.pop("cache")
            options["model"] = model_for(self._caller, options["model"])
            request = validate_request(limits=self._limits(options["model"]), **options)
            check_allowed(self._caller, request)
            check_fits(request)
        except (CallerFault, ValidationError) as error:
            return Line(number=raw.number, custom_id=custom_id, error=describe_refusal(error))
        return Line(number=raw.number, custom_id=custom_id, request=request, metadata=metadata, cache=cache)

    def _custom_id_of(self, value: Any) -> str:
        """Also of a line that is wrong otherwise, so that its caller knows which one it is."""
        if not isinstance(value, Mapping):
            return ""
        try:
            return self._serializer.fields["custom_id"].run_validation(value.get("custom_id")) or ""
        except ValidationError:
            return ""

    def _note(self, custom_id: str) -> None:
        if custom_id in self._custom_ids:
            problem = {"field": "custom_id", "message": "An earlier line of the batch has the same."}
            raise ValidationException("The request is not valid: see custom_id.", details=[problem])
        if custom_id:
            self._custom_ids.add(custom_id)

    def _limits(self, model: str | None) -> RequestLimits:
        return self._usual_limits if model in (None, settings.DEFAULT_MODEL) else self._all_limits

    @cached_property
    def _usual_limits(self) -> RequestLimits:
        return request_limits(None)

    @cached_property
    def _all_limits(self) -> RequestLimits:
        """The proxy is asked for its models once, however many lines name one."""
        return request_limits("any")


def _parse(number: int, text: bytes) -> RawLine:
    try:
        return RawLine(number=number, value=json.loads(text.decode(), parse_constant=_refuse_constant))
    except RecursionError:
        return RawLine(number=number, error=ValidationException("The line is nested too deeply."))
    except ValueError as error:
        return RawLine(number=number, error=ValidationException(f"The line is not JSON: {error}"))


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON.")


def describe_refusal(error: CallerFault | ValidationError) -> dict[str, Any]:
    """As the one envelope has it, made short and storable: its texts quote what came in."""
    handle_exception = cast(Callable[..., Response], api_settings.EXCEPTION_HANDLER)
    described = handle_exception(error, {}).data["error"]
    details = [
        {name: _storable(text) for name, text in detail.items()}
        for detail in (described["details"] or [])[:MAX_ERROR_DETAILS]
    ]
    return {
        "code": described["code"],
        "message": _storable(described["message"]),
        "details": details or None,
        "retryable": described["retryable"],
    }


def _storable(text: str) -> str:
    """PostgreSQL's JSON takes neither NUL nor half of a surrogate pair."""
    short = text[:MAX_ERROR_CHARS].replace("\0", "\\0")
    return short.encode(errors="backslashreplace").decode()
