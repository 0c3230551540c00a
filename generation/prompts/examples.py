"""Example requests, through every template: what a version is checked with, and shown by."""

from collections.abc import Iterator

from generation.frameworks import load_frameworks
from generation.pipeline.build_prompt import (
    FailedEdit,
    WantedFile,
    ask_again,
    ask_for_edits,
    ask_for_files,
    build_prompt,
    build_refinement,
    continue_answer,
)
from generation.pipeline.records import (
    ChosenFramework,
    GenerationRequest,
    ProjectFile,
    Prompt,
    PromptTexts,
)

WISH = "A page with a <button> & a counter. {{ not a variable }}"
ANSWER = "```html index.html\n<h1>Counter</h1>\n<button>0</but"
FILES = (
    ProjectFile(path="index.html", language="html", content="<h1>Counter</h1>\n<button>0</button>\n"),
    ProjectFile(path="README.md", language="markdown", content="# Counter\n\n```sh\nmake run\n```\n"),
)
EDIT = FailedEdit(
    path="index.html",
    block="<<<<<<< SEARCH\n<h1>Clock</h1>\n=======\n<h1>Timer</h1>\n>>>>>>> REPLACE\n",
    nearest="<h1>Counter</h1>\n<button>0</button>",
    line=7,
)


def example_prompts(texts: PromptTexts, *, slug: str = "html") -> Iterator[tuple[str, Prompt]]:
    """Every question that a model can be asked, with what it is called.

    Together they show each template with every value, and with none of those that may be missing.
    """
    framework = load_frameworks()[slug]
    chosen = ChosenFramework(slug=slug, source="requested", confidence=1.0, language=framework.language)
    request = GenerationRequest(prompt=WISH, model="any", language=framework.language)
    free = GenerationRequest(prompt=WISH, model="any")
    first = build_prompt(request=request, chosen=chosen, framework=framework, texts=texts)
    yield "First question", first
    yield (
        "First question, no language asked for",
        build_prompt(request=free, chosen=chosen, framework=framework, texts=texts),
    )
    reason = "The model's answer held no code block with a file."
    yield "No file in the answer", ask_again(prompt=first, answer="I will.", reason=reason, texts=texts)
    for title, path in (("Cut off in a file", "index.html"), ("Cut off between files", None)):
        yield title, continue_answer(prompt=first, answer=ANSWER, open_path=path, texts=texts)
    wanted = [WantedFile(path="app.js", reason="index.html refers to it, and it is missing.")]
    yield "Files are missing", ask_for_files(prompt=first, answer=ANSWER, wanted=wanted, texts=texts)
    for title, edits in (("Refinement in whole files", False), ("Refinement in edits", True)):
        refinement = build_refinement(
            request=request, files=FILES, chosen=chosen, framework=framework, texts=texts, edits=edits
        )
        yield title, refinement
    failed = [EDIT, FailedEdit(path="style.css", block="<<<<<<< SEARCH\na {}\n=======\n>>>>>>> REPLACE\n")]
    yield (
        "An edit that does not fit",
        ask_for_edits(prompt=refinement, answer=ANSWER, failed=failed, texts=texts),
    )
