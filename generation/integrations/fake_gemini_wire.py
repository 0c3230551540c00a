"""What Google's generateContent takes and gives, in the types of Google's own client library.

https://ai.google.dev/api/generate-content
"""

import hashlib
from collections.abc import Iterator
from typing import Any, Literal

from google.genai import types
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

CHARS_PER_TOKEN = 4
SMALL_PROJECT = """Here is a small page.

```html index.html
<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>Page {mark}</title>
  <link rel="stylesheet" href="style.css">
</head>
<body>
  <h1>Page {mark}</h1>
  <button type="button">Café ☕</button>
</body>
</html>
```

```css style.css
body {{ font-family: sans-serif; margin: 2rem; }}
h1 {{ color: teal; }}
```
"""
STATUS_NAMES = {
    400: "INVALID_ARGUMENT",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
MESSAGES = {
    400: "Request contains an invalid argument.",
    429: "You exceeded your current quota, please check your plan and billing details.",
    500: "An internal error has occurred.",
    503: "The model is overloaded. Please try again later.",
    504: "The request timed out. Please try again.",
}


class Behaviour(BaseModel):
    """How one call is answered. The `fault` comes after `fault_after` pieces of the answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str | None = Field(default=None, description="a small project when it is not set")
    pieces: int = Field(default=5, ge=1)
    delay_s: float = Field(default=0.0, ge=0, description="before each piece")
    finish: types.FinishReason = types.FinishReason.STOP
    block: types.BlockedReason | None = Field(default=None, description="the prompt itself is blocked")
    thoughts: str = Field(default="", description="a summary of the thinking, sent before the text")
    thinking_tokens: int = 0
    cached_tokens: int = 0
    fault: Literal["cut", "malformed", "silent"] | None = None
    fault_after: int = Field(default=1, ge=0)
    status: int = Field(default=200, description="another one is answered with Google's error body")
    retry_after_s: int | None = Field(default=None, description="in the header Retry-After")
    retry_delay_s: int | None = Field(default=None, description="in Google's RetryInfo")


class GoogleError(Exception):
    """An answer other than 200, with Google's body for it."""

    def __init__(self, status: int, message: str = "", *, behaviour: Behaviour | None = None) -> None:
        self.status = status
        self.message = message or MESSAGES.get(status, "Unknown error.")
        self.behaviour = behaviour or Behaviour(status=status)
        super().__init__(self.message)

    @property
    def headers(self) -> dict[str, str]:
        seconds = self.behaviour.retry_after_s
        return {} if seconds is None else {"retry-after": str(seconds)}

    def body(self) -> dict[str, Any]:
        name = STATUS_NAMES.get(self.status, "UNKNOWN")
        error: dict[str, Any] = {"code": self.status, "message": self.message, "status": name}
        if (seconds := self.behaviour.retry_delay_s) is not None:
            kind = "type.googleapis.com/google.rpc.RetryInfo"
            error["details"] = [{"@type": kind, "retryDelay": f"{seconds}s"}]
        return {"error": error}


class _GenerationConfig(types.GenerationConfig):
    # The API takes it here; the library sends it here, but keeps it in another type.
    thinking_config: types.ThinkingConfig | None = None


class GenerateContentRequest(BaseModel):
    """The body of both methods; a field that the vendor does not know is an error, as it is there."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, populate_by_name=True)

    contents: list[types.Content] = Field(min_length=1)
    system_instruction: types.Content | None = None
    generation_config: _GenerationConfig = Field(default_factory=_GenerationConfig)
    safety_settings: list[types.SafetySetting] = Field(default_factory=list)
    tools: list[types.Tool] = Field(default_factory=list)
    tool_config: types.ToolConfig | None = None
    cached_content: str | None = None

    def all_text(self) -> str:
        contents = [*self.contents, *([self.system_instruction] if self.system_instruction else [])]
        return "".join(part.text or "" for content in contents for part in content.parts or [])


def read_request(body: bytes) -> GenerateContentRequest:
    """Raises `GoogleError` where the vendor would refuse the body."""
    try:
        request = GenerateContentRequest.model_validate_json(body)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise GoogleError(400, f"Invalid JSON payload received. {field}: {first['msg']}") from error
    if any(content.role not in {"user", "model", None} for content in request.contents):
        raise GoogleError(400, "Please use a valid role: user, model.")
    return request


def whole_answer(
    model: str, request: GenerateContentRequest, behaviour: Behaviour
) -> types.GenerateContentResponse:
    """The pieces of the streamed answer in one."""
    *earlier, last = pieces_of_answer(model, request, behaviour)
    if last.candidates:
        parts = [part for piece in [*earlier, last] for part in _parts(piece)]
        last.candidates[0].content = types.Content(role="model", parts=parts or None)
    return last


def pieces_of_answer(
    model: str, request: GenerateContentRequest, behaviour: Behaviour
) -> Iterator[types.GenerateContentResponse]:
    """The answer as the vendor streams it: usage in every piece, the finish reason in the last."""
    text, finish = _text_and_finish(request, behaviour)
    texts = _cut(text, behaviour.pieces)
    frame = _Frame(model, request, behaviour)
    if behaviour.block:
        yield frame.blocked(behaviour.block)
        return
    if behaviour.thoughts:
        yield frame.piece(types.Part(text=behaviour.thoughts, thought=True))
    for number, piece in enumerate(texts, start=1):
        yield frame.piece(types.Part(text=piece) if piece else None, finish if number == len(texts) else None)


class _Frame:
    """What all pieces of one answer share, and the tokens said so far."""

    def __init__(self, model: str, request: GenerateContentRequest, behaviour: Behaviour) -> None:
        self._model = model
        self._prompt_tokens = _tokens(request.all_text())
        self._behaviour = behaviour
        self._said = ""
        self._id = hashlib.sha256(request.all_text().encode()).hexdigest()[:22]

    def piece(
        self, part: types.Part | None, finish: types.FinishReason | None = None
    ) -> types.GenerateContentResponse:
        if part and not part.thought:
            self._said += part.text or ""
        content = types.Content(role="model", parts=[part] if part else None)
        return self._response(candidates=[types.Candidate(content=content, finish_reason=finish, index=0)])

    def blocked(self, reason: types.BlockedReason) -> types.GenerateContentResponse:
        feedback = types.GenerateContentResponsePromptFeedback(block_reason=reason)
        return self._response(prompt_feedback=feedback)

    def _response(self, **fields: Any) -> types.GenerateContentResponse:
        said, thought = _tokens(self._said), self._behaviour.thinking_tokens
        usage = types.GenerateContentResponseUsageMetadata(
            prompt_token_count=self._prompt_tokens,
            candidates_token_count=said or None,
            thoughts_token_count=thought or None,
            cached_content_token_count=self._behaviour.cached_tokens or None,
            total_token_count=self._prompt_tokens + said + thought,
        )
        return types.GenerateContentResponse(
            usage_metadata=usage, model_version=self._model, response_id=self._id, **fields
        )


def _text_and_finish(request: GenerateContentRequest, behaviour: Behaviour) -> tuple[str, types.FinishReason]:
    """The text up to the limit that the caller set."""
    text = behaviour.text
    if text is None:
        text = SMALL_PROJECT.format(mark=hashlib.sha256(request.all_text().encode()).hexdigest()[:8])
    limit = (request.generation_config.max_output_tokens or len(text)) * CHARS_PER_TOKEN
    return (text[:limit], types.FinishReason.MAX_TOKENS) if len(text) > limit else (text, behaviour.finish)


def _cut(text: str, pieces: int) -> list[str]:
    size = max(1, -(-len(text) // pieces))
    return [text[start : start + size] for start in range(0, len(text), size)] or [""]


def _tokens(text: str) -> int:
    return -(-len(text) // CHARS_PER_TOKEN)


def _parts(response: types.GenerateContentResponse) -> list[types.Part]:
    content = response.candidates[0].content if response.candidates else None
    return (content.parts if content else None) or []
