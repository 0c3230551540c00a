"""Ordinary answers, made from templates: as long and as chatty as those of the models that write code."""

import json
from collections.abc import Callable, Iterator, Mapping
from textwrap import indent

PYTHON = '''
async def {name}_of(request: Request, *, retries: int = {number}) -> Response:
    """Answers a call for {name} number {number}, and tries again when the store is busy."""
    key = f"{name}:{{request.user.id}}:{number}"
    for attempt in range(retries):
        try:
            value = await store.get(key, timeout=TIMEOUT_S)
        except StoreBusy:
            await asyncio.sleep(0.1 * 2**attempt)
            continue
        if value is None:
            raise NotFound(f"There is no {name} {{key!r}}.")
        return Response({{"{name}": value, "attempt": attempt}})
    raise Unavailable("The store was busy all the time.")
'''
JSX = """
export function {title}Card({{ {name}, onChange }}) {{
  const [isOpen, setIsOpen] = useState(false);
  const label = isOpen ? `Hide ${{{name}.title}}` : `Show ${{{name}.title}}`;

  return (
    <article className="{name}-card" data-number={{{number}}}>
      <button type="button" onClick={{() => setIsOpen(!isOpen)}}>{{label}}</button>
      {{isOpen && <p>{{{name}.text}}</p>}}
      <input value={{{name}.title}} onChange={{(event) => onChange(event.target.value)}} />
    </article>
  );
}}
"""
CSS = """
.{name}-card {{
  display: grid;
  gap: 0.{number}rem;
  padding: 1rem 1.5rem;
  border: 1px solid var(--border-{number});
  border-radius: 8px;
}}

.{name}-card button:hover {{ color: var(--accent); }}
"""
NAMES = "order invoice customer product basket payment address parcel return voucher".split()
LANGUAGES = (("python", "py", PYTHON, 5), ("jsx", "jsx", JSX, 6), ("css", "css", CSS, 9))


def files(number: int, count: int) -> Iterator[tuple[str, str, str]]:
    """Path, language and content of each file of a small project."""
    for index in range(count):
        language, extension, template, times = LANGUAGES[index % len(LANGUAGES)]
        name = NAMES[(number + index) % len(NAMES)]
        parts = (template.format(name=name, title=name.title(), number=part) for part in range(times))
        yield f"src/{name}{number}/{name}_{index}.{extension}", language, "".join(parts).lstrip()


def project(number: int) -> str:
    """A chatty answer in Markdown: a tree, eight files with a heading and a sentence each, commands."""
    shown = [
        f"### `{path}`\n\nThis part takes care of everything that has to do with **part {index}**:\n\n"
        f"```{language}\n{content}```\n"
        for index, (path, language, content) in enumerate(files(number, 8))
    ]
    parts = "\n".join(shown)
    tree = "".join(f"├── {path}\n" for path, _, _ in files(number, 8))
    return f"""Sure! Here is a small shop with a backend and a frontend. It runs with one command.

## Structure

```
shop{number}/
{tree}└── README.md
```

{parts}
## Run it

1. Install the packages:

   ```bash
   pip install -r requirements.txt
   npm install
   ```

2. Start both parts:

   ```bash
   make run
   ```

Some notes:

- The backend keeps nothing between two calls, so it can be restarted at any time.
- Every card has a class of its own; change the colours in one place, as `--accent` and `--border`.
- There are no tests yet. Tell me if I should write them, and with which library.
"""


PAGE = """Here is the page. It needs no build step: save it as `index.html` and open it.

```html
<!DOCTYPE html>
<html lang="en">
<head>
  <title>Shop {number}</title>
  <style>
{css}  </style>
</head>
<body>
{cards}  <script>
{script}  </script>
</body>
</html>
```

It has **forty cards**, each of which opens on a click.
"""


def page(number: int) -> str:
    """One whole page in one block, and a few words around it."""
    css = "".join(CSS.format(name=f"{name}{number}", number=index) for index, name in enumerate(NAMES))
    cards = (f'  <article id="card-{index}"><h2>{NAMES[index % 10]}</h2></article>\n' for index in range(40))
    script = (f"    byId('card-{index}').onclick = () => open({index}, cards);\n" for index in range(40))
    return PAGE.format(number=number, css=indent(css, "    "), cards="".join(cards), script="".join(script))


EXPLANATION = """The {name} is lost because two calls write it at the same time. There are several ways out;
the simplest is to try again, as long as the store says that it is busy. Here is how, step by step.

{steps}With this in place the error should be gone. Keep an eye on the number of attempts: if it rises, the
store is too slow for what is asked of it, and a queue would serve you better.
"""
STEP = """{step}. **Step {step}**: the {name} is looked up, and when it is not there a clear error is raised.
That costs one call more, and saves the caller from guessing.

```python
{snippet}```

"""


def explanation(number: int) -> str:
    """Mostly prose, with four snippets that have no name."""
    name = NAMES[number % len(NAMES)]
    snippet = PYTHON.format(name=name, title=name.title(), number=number).lstrip()
    steps = (STEP.format(step=step, name=name, snippet=snippet) for step in range(1, 5))
    return EXPLANATION.format(name=name, steps="".join(steps))


def elements(number: int) -> str:
    """The files in elements, without prose between them."""
    return "".join(f'<file path="{path}">\n{content}</file>\n' for path, _, content in files(number, 8))


def json_list(number: int) -> str:
    """The files as JSON, in one line."""
    listed = [{"path": path, "content": content} for path, _, content in files(number, 8)]
    return json.dumps({"files": listed, "message": "Eight files."})


MARKDOWN: Mapping[str, Callable[[int], str]] = {"project": project, "page": page, "explanation": explanation}
OTHERS: Mapping[str, Callable[[int], str]] = {"elements": elements, "JSON": json_list}
