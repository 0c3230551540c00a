"""Stage 3: the exact messages for the model."""

from itertools import count

from generation.frameworks import Framework
from generation.pipeline.records import ChosenFramework, GenerationRequest, Message, Prompt, PromptTexts

SYSTEM, USER, NO_FILE = "system.txt", "user.txt", "no_file.txt"
TEMPLATES = (SYSTEM, USER, NO_FILE)


def build_prompt(
    *, request: GenerationRequest, chosen: ChosenFramework, framework: Framework, texts: PromptTexts
) -> Prompt:
    """The first question. What the user wrote is a value of the template and never a template itself."""
    values: dict[str, object] = {
        "prompt": request.prompt,
        "marker": _marker(request.prompt),
        "framework": framework.name,
        "guidance": framework.guidance,
        "language": request.language,
        "path": framework.files.get(chosen.language, "index.html"),
        "fence_language": chosen.language,
    }
    messages = (
        Message(role="system", content=texts(SYSTEM, values).strip()),
        Message(role="user", content=texts(USER, values).strip()),
    )
    return Prompt(messages=messages, version=texts.version)


def _marker(prompt: str) -> str:
    """The name of a tag that the prompt cannot close."""
    candidates = (f"request-{number}" if number > 1 else "request" for number in count(1))
    return next(marker for marker in candidates if f"</{marker}>" not in prompt)


def ask_again(*, prompt: Prompt, answer: str, reason: str, texts: PromptTexts) -> Prompt:
    """The same conversation, with the answer that could not be used and the reason why."""
    said = (Message(role="assistant", content=answer),) if answer.strip() else ()
    again = Message(role="user", content=texts(NO_FILE, {"reason": reason}).strip())
    return Prompt(messages=(*prompt.messages, *said, again), version=prompt.version)
