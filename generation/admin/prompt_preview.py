"""What a model would be asked with a version of the texts, for an example of each question."""

from typing import Any

from generation.frameworks import load_frameworks
from generation.models import PromptVersion
from generation.prompts.builtin import NAME, builtin_sources, complete
from generation.prompts.checking import problems_of
from generation.prompts.examples import example_prompts
from generation.prompts.texts import compile_texts

USUAL_FRAMEWORK = "react"


def preview_of(version: PromptVersion | None, *, framework: str) -> dict[str, Any]:
    """For the template; None is the built-in version. Texts that cannot be used are named instead."""
    frameworks = load_frameworks()
    slug = framework if framework in frameworks else USUAL_FRAMEWORK
    sources = complete(version.texts) if version else builtin_sources()
    problems = problems_of(sources)
    prompts = []
    if not problems:
        texts = compile_texts(version.name if version else NAME, sources)
        prompts = list(example_prompts(texts, slug=slug))
    return {
        "title": f"Preview of {version or 'the built-in version'}",
        "version": version,
        "frameworks": frameworks.values(),
        "slug": slug,
        "problems": problems,
        "prompts": prompts,
    }
