"""What one line of a block looks like: a command to type, a part of a tree, something printed, or code.

None of it is certain: `judging` counts.
"""

import re

MAX_JUDGED = 300  # characters of a line: of more, the patterns here would take too long

_PROMPT = re.compile(
    r"\s*(?:[$>]\s+\S|PS\s[^>]*>|[A-Z]:\\[^>]*>|\([\w.-]+\)\s*\$|[\w.-]+@[\w.-]+[:~][^$#]*[$#]\s|\./\w|\.\\\w|\.venv)"
)
_SESSION = re.compile(
    r"\s*(?:>>>\s|In \[\d+\]:|\$\s+\S|Traceback \(most recent|(?:mysql|sqlite|irb|postgres)[\w():]*[>#]\s)"
)
_ASSIGNMENT = re.compile(r"\s*(?:(?:export|set)\s+)?[A-Z_][A-Z0-9_]*=\S*\s+(?=\S)")
_FIRST_WORD = re.compile(r"\s*([\w.+-]+)(?![\w.+-]|\s*[=({:]|\s+=)")
_COMMANDS = frozenset(
    """
    activate adb aider alembic ansible ansible-playbook apt apt-get artisan aws az bash black brew bun bundle bunx cargo cat
    cd celery chmod chown choco clang clear cmake code composer conda corepack cp createdb createuser crontab curl dart
    deactivate del deno dir django-admin docker docker-compose dotnet echo elixir env eas expo export fastapi ffmpeg find
    firebase flake8 flask flutter fvm g++ gatsby gcc gcloud gem gh git go gradle grep gulp gunicorn hatch head helm heroku
    hexo http http-server hugo iex ionic isort java javac jekyll jest julia jupyter kill killall kubectl live-server ln ls
    lsof lua make man meson mix mkdir mongo mongod mongosh mv mvn mypy mysql nano nats ncu neofetch nest netlify netstat next
    ng nginx ninja node nodemon npm npx nuxi nvim nvm ollama open openssl pacman perl php pip pip3 pipenv pipx playwright pm2
    pnpm podman poetry prisma ps psql pulumi pwd py pyenv pyinstaller pytest python python3 rails rake redis-cli redis-server
    rm rmdir rscript rsync ruby ruff rustup rustc scoop scp sed serve service set sh snap source sqlite3 ssh start streamlit
    su sudo supabase svn swift systemctl tail tar tensorboard terraform touch tox trivy tsc tsx turbo type ufw unzip uv
    uvicorn uvx vagrant venv vercel vi vim virtualenv vite vue wget where which winget wrangler wsl xcodebuild xdg-open yarn
    yum dnf zip zsh
    """.split()
)
# Where words that are commands are words of a programming language.
_KEYWORD = re.compile(
    r"\s*(?:export\s+(?!\w+=)|(?:set|type|find|next|env|service|source)\s+[\w<>]+(?:\s+:?=|\s*[:{]))"
)
_CONTINUED = re.compile(r"[\\`^]\s*$|^\s+-{1,2}\w|^\s*(?:\||&&)")
_COMMENTS = ("#", "//", "REM ", "::", "--")

_DRAWN = re.compile(r"\s*(?:[|│]\s|[|`+\\]-{2})")
_FOLDER = re.compile(r"\s*(?:[-*+]\s+)?[\w./@()\[\]-]*(?<=[\w.@()\[\]-]/)\s*(?:[#(-].*)?")
_LISTED_FILE = re.compile(r"\s*(?:[-*+]\s+)?[\w./@()\[\]-]*[\w)\]-]\.[A-Za-z]\w{0,9}\s*(?:[#(-].*)?")

_PRINTED = re.compile(
    r"\s*+(?:Traceback \(most recent|File \"[^\"]*\", line \d+|at [\w.$<>]+ ?\(|[\w.]*(?:Error|Exception|Warning)\b:"
    r"|error(?:\[\w+\])?:|\[?(?:INFO|WARN|WARNING|ERROR|DEBUG)\]?\b|>>>\s|In \[\d+\]|\d+:\d\d"
    r"|[^\"'=(]{0,60}https?://\S+(?:\s+\(.*\))?$|localhost:\d+\S*$"
    r"|(?:Input|Output|Example|Result|Expected)\b[^=({]*:|[-+|=\s]{3,}$|[|+].*[|+]$)"
)

# Code that begins with a word, and goes on as no sentence does.
_PROSE_FOLLOWS = r"(?!\s+(?:an?|the|this|that|it|is|are|you|your|we|our|to|of)\b)(?!.*[.!?](?:\s|$))"
_CODE_WORDS = re.compile(
    rf"""\s*(?:
        (?:def|const|let|var|return|fn|func|fun|impl|trait|enum|struct|elif|except|raise|throw|yield|await|async|defmodule
          |println|puts|endif|endmodule|export|pub|interface|protected|namespace|lambda|assert|del|pass|echo|dim)\b
      | (?:import|from|class|function|public|private|static|package|using|sub|module|type|use|mod|local|end|begin|require
          |include|library|print|break|continue|with|global|my|set)\b{_PROSE_FOLLOWS}
      | from\s\. | (?:else|try|finally)\s*:\s*$
      | (?:if|for|while|switch|catch|foreach|elseif|unless|until)\b\s*(?:\(|.*(?::|then|do|\{{)\s*$|\$|\w+\s+in\s)
      | (?:SELECT|CREATE|INSERT|UPDATE|DELETE|ALTER|DROP|FROM|WHERE|ORDER\sBY|GROUP\sBY|JOIN|VALUES|WITH)\b
          (?=.*(?:[;,*=()]|\b[A-Z]{{2,}}\b|$))
      | (?:FROM|RUN|CMD|COPY|WORKDIR|EXPOSE|ENTRYPOINT|ENV|ARG|ADD)\s+\S                        # Dockerfile
      | (?:Public\ |Private\ )?(?:Sub|Function)\ \w+\( | End\ (?:Sub|Function|If|Class)\b | Dim\ \w   # Basic
      | section\s\.\w                                                                      # assembly
    )""",
    re.VERBOSE,
)
# Code that is known by its marks. Without any of these characters there are none.
_MARKS = frozenset(";{}[]()=<>:#@$\\|&/*%\t,")
_CODE_ENDS = (";", "{", "}", "):", "]:")
_OPERATORS = ("=>", "::", ":=", "|>", "&&", ":-", ") ->", ")->", "{{", "${")
_ARROW = re.compile(r"\w->\w|\w\s<-\s")
_CODE_BEGINS = re.compile(
    r"""
      \s*(?:
        //|/\*|\*/|--\s|\#!|\#\[|<!--|;;|%%?\s|\(\*                    # comments
      | \#(?:include|define|pragma|ifndef|ifdef|endif)
      | @\w[\w.]*(?:\(|\s*$|\s\w+\s*[({])|<\?(?:php|xml)|<!DOCTYPE  # decorators, declarations
      | </?[\w:-]++[^<>]*+>                                           # tags
      | \[{1,2}[\w.\ "'-]+\]{1,2}\s*$                                 # section of a configuration
      | [\w.$@\[\]()"'*&<>,\ -]{1,60}?\s*(?:[-+*/|:]?=(?!=))\s*\S      # assigns
      | [\w.$:]+(?:\s*\[[^\]]*\])?\([^()]*(?:\([^()]*\)[^()]*)*\)\s*;?\s*(?:\#.*)?$   # calls
      | [(\[{]\s*$ | [)\]}]+[,;]?\s*$ | \([a-z][\w-]*[\s)]               # brackets, Lisp
      | [.#&:]?[\w-]+[\w\s.,:>\#()-]*\{                                 # selectors
      | \w+\([^()]*\)\.\s*$                                           # Prolog
      )
    | \s+\*\s                                                       # comment, within
    | \\\w+ | =\w+\(                                                # LaTeX, a formula of a spreadsheet
    | \t\S                                                          # recipe of a Makefile
    | \s+\w+\s+[\w$%()\[\]+-]+,\s*[\w$%()\[\]\#+-]+\s*$                 # assembly
    """,
    re.VERBOSE,
)
# A key and its value, or an item of a list of such: configuration, or prose that is much like it.
_ENTRY = re.compile(
    r"\s*(?:-\s+)?[\"'\w.$/-]+:\s*(?:[\"'\[{|>&*$\d-]|true\b|false\b|null\b|[\w./-]+$|$)|\s*-\s+[\"'{\[]"
)


def is_command(line: str) -> bool:
    """Something to type into a shell, with or without its prompt."""
    if _PROMPT.match(line):
        return True
    assigned = _ASSIGNMENT.match(line)
    word = _FIRST_WORD.match(line, assigned.end() if assigned else 0)
    if word is None or word[1].lower() not in _COMMANDS:
        return False
    return not _KEYWORD.match(line) and not line.rstrip().endswith((";", "{", ",", "("))


def continues_command(line: str) -> bool:
    return bool(_CONTINUED.search(line))


def is_comment(line: str) -> bool:
    return line.lstrip().startswith(_COMMENTS)


def is_drawn(line: str) -> bool:
    """A branch of a tree that is drawn."""
    return "├" in line or "└" in line or _DRAWN.match(line) is not None


def is_folder(line: str) -> bool:
    return bool(_FOLDER.fullmatch(line.rstrip()))


def is_listed(line: str) -> bool:
    """The name of a folder or of a file, alone in the line."""
    return is_folder(line) or bool(_LISTED_FILE.fullmatch(line.rstrip()))


def begins_session(line: str) -> bool:
    """The prompt of an interpreter, or the first line of a traceback."""
    return bool(_SESSION.match(line))


def is_printed(line: str) -> bool:
    return bool(_PRINTED.match(line))


def is_code(line: str) -> bool:
    return _CODE_WORDS.match(line) is not None or (not _MARKS.isdisjoint(line) and _has_code_marks(line))


def _has_code_marks(line: str) -> bool:
    if line.rstrip().endswith(_CODE_ENDS) or any(operator in line for operator in _OPERATORS):
        return True
    return _CODE_BEGINS.match(line) is not None or _ARROW.search(line) is not None


def is_entry(line: str) -> bool:
    return bool(_ENTRY.match(line))


def ends_statement(line: str) -> bool:
    return line.rstrip().endswith((";", "{", "}", ","))
