"""How far the estimate of a prompt's tokens is from the counts of real tokenizers.

    PYTHONPATH=. .venv-litellm/bin/python deploy/benchmarks/estimate_error.py gemini=path/to/tokenizer.json

Those of OpenAI and the one that Anthropic once published come with the proxy; others are named as above, in
the format of the library `tokenizers`. What is read is code (the sources of this project and of the packages
of .venv) and prose (Django's translations).
"""

import base64
import re
import statistics
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import tiktoken
from tiktoken_ext import openai_public
from tokenizers import Tokenizer

from generation.pipeline.count_tokens import estimate_tokens

# Without an import of it, which takes seconds.
LITELLM = (find_spec("litellm") or sys.exit("Run it with the proxy's Python.")).submodule_search_locations
SHIPPED = Path((LITELLM or [""])[0]) / "litellm_core_utils" / "tokenizers"
OPENAI = {
    "o200k_base": "fb374d419588a4632f3f557e76b4b70aebbca790",
    "cl100k_base": "9b5ad71b2ce5302211f9c61530b329a4922fc6a4",
}
SAMPLE_CHARS = 6000
SAMPLES_OF_A_KIND = 30
CODE = ("*.py", "*.js", "*.css", "*.html", "*.json", "*.md", "*.toml", "*.svg")
LANGUAGES = "de es fr pt it pl ru uk tr vi id el he ar fa hi th ja ko zh_Hans".split()

Counter = Callable[[str], int]


def main() -> None:
    counters = dict(shipped_counters())
    for argument in sys.argv[1:]:
        name, _, path = argument.partition("=")
        counters[name] = counter_of(Path(path))
    for title, samples in (("code", list(code_samples())), ("prose", list(prose_samples()))):
        estimates = [estimate_tokens(text) for text in samples]
        print(f"{title}, {len(samples)} samples: estimate / count      5 %   half  95 %  under by a tenth")
        for name, count in counters.items():
            ratios = sorted(estimate / count(text) for estimate, text in zip(estimates, samples, strict=True))
            low, high = ratios[len(ratios) // 20], ratios[-len(ratios) // 20 - 1]
            short = sum(ratio < 0.9 for ratio in ratios) / len(ratios)
            print(f"  {name:40} {low:6.2f} {statistics.median(ratios):6.2f} {high:6.2f} {short:8.1%}")


def shipped_counters() -> Iterator[tuple[str, Counter]]:
    for name, file in OPENAI.items():
        lines = (SHIPPED / file).read_bytes().splitlines()
        ranks = {base64.b64decode(token): int(rank) for token, rank in map(bytes.split, lines)}
        openai_public.load_tiktoken_bpe = lambda *_, ranks=ranks, **__: ranks
        encoding = tiktoken.Encoding(**getattr(openai_public, name)())
        yield name, lambda text, encoding=encoding: len(encoding.encode_ordinary(text))
    yield "claude 2", counter_of(SHIPPED / "anthropic_tokenizer.json")


def counter_of(path: Path) -> Counter:
    tokenizer = Tokenizer.from_file(str(path))
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)


def code_samples() -> Iterator[str]:
    for pattern in CODE:
        found = [*sorted(Path("generation").rglob(pattern)), *sorted(packages().rglob(pattern))]
        texts = (path.read_text(errors="ignore") for path in found[:: max(1, len(found) // 200)])
        long = [text[:SAMPLE_CHARS] for text in texts if len(text) > 1500]
        yield from long[:SAMPLES_OF_A_KIND]


def prose_samples() -> Iterator[str]:
    for language in LANGUAGES:
        files = packages().glob(f"django/**/locale/{language}/LC_MESSAGES/django.po")
        source = "".join(path.read_text(encoding="utf-8") for path in sorted(files))
        lines = re.findall(r'^msgstr "(.{25,})"$', source, re.MULTILINE)
        yield " ".join(lines)[:SAMPLE_CHARS]


def packages() -> Path:
    return next(Path(".venv/lib").glob("python3*/site-packages")).resolve()


if __name__ == "__main__":
    main()
