"""Answers of our own writing, in the ways in which models write."""

from dataclasses import dataclass, field

from generation.pipeline.extract_code import Extractor
from generation.pipeline.records import ExtractionEvent, FileClosed, FileDelta, FileOpened, MessageDelta


@dataclass
class Folded:
    """What the events of an extraction add up to: files as [path, content, complete], and the prose."""

    files: list[tuple[str | None, str, bool]] = field(default_factory=list)
    message: str = ""

    @property
    def contents(self) -> dict[str | None, str]:
        return {path: content for path, content, _ in self.files}

    @property
    def paths(self) -> list[str | None]:
        return [path for path, _, _ in self.files]


def fold(events: list[ExtractionEvent]) -> Folded:
    folded = Folded()
    path: str | None = None
    parts: list[str] | None = None
    for event in events:
        match event:
            case FileOpened():
                assert parts is None, "a file opens inside of another"
                path, parts = event.path, []
            case FileDelta(text=text):
                assert parts is not None, "content without a file"
                parts.append(text)
            case FileClosed(complete=complete):
                assert parts is not None, "a file closes that is not open"
                folded.files.append((path, "".join(parts), complete))
                parts = None
            case MessageDelta(text=text):
                folded.message += text
    assert parts is None, "a file is never closed"
    return folded


def extract(*chunks: str) -> Folded:
    extractor = Extractor()
    events = [event for chunk in chunks for event in extractor.feed(chunk)]
    return fold([*events, *extractor.close()])


CHATTY = """Sure! Here is a **small** page.

### `index.html`

```html
<!DOCTYPE html>
<p>Hello</p>
```

Now create `app/style.css` and add the following code:

```css
p { color: teal }
```

Install and run it:

```bash
npm install
npm run dev
```

```
site/
├── index.html
└── app/
    └── style.css
```
Enjoy.
"""

NESTED = """**README.md**
```markdown
# Site

Run it:

```bash
make run
```

```
a tree
```

Done.
```
And that is all.
"""

ELEMENTS = """<think>
Maybe ```js alert(1)``` first.
</think>
I will write two files.
<boltArtifact id="site" title="Site">
<boltAction type="file" filePath="src/main.js">
console.log("<b>")
</boltAction>
<boltAction type="shell">npm install</boltAction>
</boltArtifact>
<dyad-write path="src/b.ts" description="uses <a> and <b>">
export const b = 1
</dyad-write>
<lov-write file_path="c.py">c = 1
</lov-write>
<file path="d.txt">
```text
inside
```
</file>
Bye.
"""

EDITS = """src/app.py
```python
<<<<<<< SEARCH
=======
print("new")
>>>>>>> REPLACE
```

```diff
--- /dev/null
+++ b/notes.txt
@@ -0,0 +1 @@
+hello
```
"""

WINDOWS = "Here:\r\n\r\n```js app.js\r\nlet a = 1\r\n\r\n```\r\nDone.\r\n"
UNCLOSED = "**main.py**\n~~~~python\nprint(1)\n~~~\nprint(2)"
BARE = "import sys\n\n\nprint(sys.argv)\n"
LISTED = "1. First `a.py`:\n\n   ```python\n   def a():\n       return 1\n   ```\n\n> ```python\n> # b.py\n> b = 1\n> ```\n"
JSON = '```json\n{"files": [{"path": "a.py", "content": "a = 1\\n"}, {"path": "b/c.txt", "content": "c"}]}\n```\n'

ALL = (CHATTY, NESTED, ELEMENTS, EDITS, WINDOWS, UNCLOSED, BARE, LISTED, JSON)
