"""Answers of our own writing, in the ways in which models write, and what their events add up to."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from generation.pipeline.extract_code import Extractor
from generation.pipeline.records import (
    DraftsDropped,
    ExtractionEvent,
    FileClosed,
    FileDelta,
    FileOpened,
    MessageDelta,
    ProblemFound,
)


@dataclass
class Folded:
    """What the events of an extraction add up to: files as [path, content, complete], and the prose."""

    files: list[tuple[str | None, str, bool]] = field(default_factory=list)
    opened: list[FileOpened] = field(default_factory=list)
    message: str = ""
    problems: list[str] = field(default_factory=list)

    @property
    def contents(self) -> dict[str | None, str]:
        return {path: content for path, content, _ in self.files}

    @property
    def paths(self) -> list[str | None]:
        return [path for path, _, _ in self.files]


def fold(events: Iterable[ExtractionEvent]) -> Folded:
    folded = Folded()
    parts: list[str] | None = None
    for event in events:
        match event:
            case FileOpened():
                assert parts is None, "a file opens inside of another"
                folded.opened.append(event)
                parts = []
            case FileDelta(text=text):
                assert parts is not None, "content without a file"
                parts.append(text)
            case FileClosed(complete=complete):
                assert parts is not None, "a file closes that is not open"
                folded.files.append((folded.opened[-1].path, "".join(parts), complete))
                parts = None
            case MessageDelta(text=text):
                assert parts is None, "prose inside of a file"
                folded.message += text
            case ProblemFound(rule=rule):
                folded.problems.append(rule)
            case DraftsDropped():
                assert parts is None, "drafts are dropped inside of a file"
                folded = Folded()
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

# Emoji, rules and numbered headings; a tree, commands and what they print.
WITH_EMOJI = """Absolutely! Here's a tiny shop with **React** and **Express**.

## 📁 Project structure

```
shop/
├── backend/
│   └── server.js
└── frontend/
    └── App.jsx
```

---

## 🔧 1. Backend

### 📄 `backend/server.js`

```js
const express = require("express");
express().listen(3001);
```

## 🎨 2. Frontend

### 📄 frontend/App.jsx

The component keeps its own state:

```jsx
export default () => <h1>Shop</h1>;
```

## ▶️ 3. Run

```bash
cd backend && npm install
node server.js
```

You should see:

```
Listening on 3001
```

Want me to add **payments**? 🚀
"""

BOLD_LABELS = """I'll create two files.

**app.py:**
```python
from flask import Flask

app = Flask(__name__)
```

**templates/index.html:**
```html
<h1>{{ title }}</h1>
```

**requirements.txt:**
```
flask==3.0.0
```

To run:
1. Install the dependencies: `pip install -r requirements.txt`
2. Start the app:
   ```bash
   python app.py
   ```
"""

NUMBERED_LIST = """Okay, here is how.

1.  **`main.go`** (entry point)

    ```go
    package main

    func main() {
    \tprintln("hi")
    }
    ```

2.  **`go.mod`**

    ```
    module example.com/app
    ```

3.  Run it:

    ```bash
    go run .
    ```
"""

CHINESE = """### 1. 安装依赖
```bash
pip install fastapi uvicorn
```

### 2. 创建 `main.py`
```python
from fastapi import FastAPI
app = FastAPI()
```

### 3. 运行服务
```bash
uvicorn main:app --reload
```
下面是`client.py`的完整代码：
```python
import httpx
```
"""

GERMAN = """Gerne! Erstelle die Datei `rechner.py` mit folgendem Inhalt:

```python
def summe(a, b):
    return a + b
```

Führe `rechner.py` so aus:

```
python rechner.py
```

Ausgabe:

```
Summe: 3
```
"""

PLAIN_NAMES = """You will need these core classes:
- Game: the game

main.py
```python
from game import Game
```

game.py
```python
class Game: ...
```

requirements.txt
```
pygame
```

run.sh
```bash
pip install -r requirements.txt
python main.py
```
"""

RULED = """Below is a complete example.

──────────────────────────────
File: main.rs
──────────────────────────────
fn main() {
    println!("hi");
}

──────────────────────────────
File: Cargo.toml
──────────────────────────────
[package]
name = "x"

──────────────────────────────
How it works
──────────────────────────────
• The function prints a line.
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

```python
src/old.py
<<<<<<< SEARCH
a = 1
=======
a = 2
>>>>>>> REPLACE
```
"""

WINDOWS = "Here:\r\n\r\n```js app.js\r\nlet a = 1\r\n\r\n```\r\nDone.\r\n"
UNCLOSED = "**main.py**\n~~~~python\nprint(1)\n~~~\nprint(2)"
BARE = "import sys\n\n\nprint(sys.argv)\n"
LISTED = "1. First `a.py`:\n\n   ```python\n   def a():\n       return 1\n   ```\n\n> ```python\n> # b.py\n> b = 1\n> ```\n"
JSON = '```json\n{"files": [{"path": "a.py", "content": "a = 1\\n"}, {"path": "b/c.txt", "content": "c"}]}\n```\n'
BARE_JSON = (
    'Here:\n{"message": "Two files.", "files": {"a.py": "a = 1\\n\\u00e9\\ud83d\\ude00", "b.css": "b {}\\n"}}'
)
STRAY_THOUGHT = "I try this:\n```python\ndraft = 1\n```\nNo.\n</think>\n**a.py**\n```python\na = 1\n```\n"

# What is in each: paths and contents in their order.
RECORDED: dict[str, dict[str | None, str]] = {
    CHATTY: {"index.html": "<!DOCTYPE html>\n<p>Hello</p>\n", "app/style.css": "p { color: teal }\n"},
    WITH_EMOJI: {
        "backend/server.js": 'const express = require("express");\nexpress().listen(3001);\n',
        "frontend/App.jsx": "export default () => <h1>Shop</h1>;\n",
    },
    BOLD_LABELS: {
        "app.py": "from flask import Flask\n\napp = Flask(__name__)\n",
        "templates/index.html": "<h1>{{ title }}</h1>\n",
        "requirements.txt": "flask==3.0.0\n",
    },
    NUMBERED_LIST: {
        "main.go": 'package main\n\nfunc main() {\n\tprintln("hi")\n}\n',
        "go.mod": "module example.com/app\n",
    },
    CHINESE: {"main.py": "from fastapi import FastAPI\napp = FastAPI()\n", "client.py": "import httpx\n"},
    GERMAN: {"rechner.py": "def summe(a, b):\n    return a + b\n"},
    PLAIN_NAMES: {
        "main.py": "from game import Game\n",
        "game.py": "class Game: ...\n",
        "requirements.txt": "pygame\n",
        "run.sh": "pip install -r requirements.txt\npython main.py\n",
    },
    RULED: {"main.rs": 'fn main() {\n    println!("hi");\n}\n', "Cargo.toml": '[package]\nname = "x"\n'},
    NESTED: {"README.md": "# Site\n\nRun it:\n\n```bash\nmake run\n```\n\n```\na tree\n```\n\nDone.\n"},
    ELEMENTS: {
        "src/main.js": 'console.log("<b>")\n',
        "src/b.ts": "export const b = 1\n",
        "c.py": "c = 1\n",
        "d.txt": "inside\n",
    },
    EDITS: {
        "src/app.py": 'print("new")\n',
        "notes.txt": "hello\n",
        "src/old.py": "<<<<<<< SEARCH\na = 1\n=======\na = 2\n>>>>>>> REPLACE\n",
    },
    WINDOWS: {"app.js": "let a = 1\r\n\r\n"},
    UNCLOSED: {"main.py": "print(1)\n~~~\nprint(2)"},
    BARE: {None: BARE},
    LISTED: {"a.py": "def a():\n    return 1\n", "b.py": "# b.py\nb = 1\n"},
    JSON: {"a.py": "a = 1\n", "b/c.txt": "c"},
    BARE_JSON: {"a.py": "a = 1\né😀", "b.css": "b {}\n"},
    STRAY_THOUGHT: {"a.py": "a = 1\n"},
}
ALL = tuple(RECORDED)
