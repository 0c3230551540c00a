"""Secrets in texts: known by their look, or by heart. Whatever leaves for a log or an error page passes here.

Every pattern is linear: what it has begun to match it either takes, or gives up after a bounded look ahead.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from urllib.parse import quote, unquote, urlsplit

REDACTED = "[redacted]"
# By the name of a setting, a header, a form's field.
SECRET_NAME = re.compile(
    r"KEYS?(?![a-z])|SECRET|PASSW|TOKEN(?!S)|CREDENTIAL|DSN|AUTHORIZATION|COOKIE", re.IGNORECASE
)
# A shorter text, or a plain word, is found in too many places where it is no secret.
SHORTEST = 8
SHORTEST_WORD = 16

# Before a quote in a line of JSON stands a backslash; header tuples of ASGI are bytes.
_QUOTE = r"\\?[\"']"
_UNTOUCHED = r"(?!\[redacted\])"
_WORDS = "authorization cookie passw pwd passphrase secret token key"
_NAMES = (
    r"(?:authorization|cookie|passw(?:or)?d|pwd|passphrase|secret|token|"
    r"(?:api|access|private|secret|signing|master|env)[_-]?key)"
)


@dataclass(frozen=True, slots=True)
class Look:
    """How some secret looks. Without one of the words, in lower case, a text is not searched for it.

    What is kept of it, so that one can tell which it was, is the pattern's group.
    """

    words: tuple[str, ...]
    pattern: re.Pattern[str]


def _look(words: str, pattern: str) -> Look:
    return Look(tuple(words.split()), re.compile(pattern))


LOOKS = (
    _look("cg_", r"(cg_[a-z]{2,8}_[A-Za-z0-9]{4})[\w:-]+"),
    # A token ends where RFC 6750 says, before a quote.
    _look("bearer", r"((?i:bearer)\s{1,8})[\w.~+/=-]+"),
    # A line end before a key reads "\\n" in JSON.
    _look(
        "sk- aiza ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- hf_ npm_ xox",
        r"(?:\b|(?<=\\[nrt]))(sk-|AIza|gh[pousr]_|github_pat_|glpat-|hf_|npm_|xox[abprs]-)[\w-]{8,}",
    ),
    _look("whsec_", r"(?:\b|(?<=\\[nrt]))(whsec_)[\w+/=]{8,}"),
    # Signed JSON: that of a JWT, and Django's.
    _look("eyj", r"(?:\b|(?<=\\[nrt]))(eyJ)[\w-]{8,}(?:[.:][\w-]+)*"),
    _look("private", r"(-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----)[\w+/=:,\s\\-]*"),
    _look("://", r"(://[^\s/:@\"'\\]{0,200}:)[^\s@/\"'\\]{1,500}(?=@)"),
    # {"password": "…"}, (b'cookie', b'…')
    _look(_WORDS, rf"((?i:{_NAMES}){_QUOTE}\s?[:,=]\s?b?{_QUOTE}){_UNTOUCHED}[^\"'\\\r\n]+"),
    # A header in a text goes on to the end of its line.
    _look("authorization cookie", rf"(\b(?i:authorization|cookie):\s?){_UNTOUCHED}[^\"'\\\r\n]+"),
    _look(_WORDS, rf"(\b(?i:{_NAMES})(?:\s?=\s?|:\s)){_UNTOUCHED}[^\s\"'\\,;&)}}\]]+"),
)

_known: set[str] = set()
_by_heart: re.Pattern[str] | None = None


def redact(text: str) -> str:
    """Keep enough of a secret to tell which one it was."""
    if _by_heart is not None:
        text = _by_heart.sub(REDACTED, text)
    lower = text.lower()
    for look in LOOKS:
        if any(word in lower for word in look.words):
            text = look.pattern.sub(rf"\1{REDACTED}", text)
    return text


def is_secret_name(name: str) -> bool:
    return SECRET_NAME.search(name) is not None


def learn_setting(name: str, value: str) -> None:
    """The value of a setting whose name says that it is secret, and the passwords of addresses."""
    if is_secret_name(name) and not name.endswith("_FILE"):
        learn(part.strip() for part in value.split(","))
    if "://" in value:
        learn(_passwords_in(value))


def learn(secrets: Iterable[str]) -> None:
    global _by_heart  # noqa: PLW0603 - compiled once for all lines to come
    new = {spelling for secret in secrets if _is_telling(secret) for spelling in _spellings(secret)} - _known
    if new:
        _known.update(new)
        _by_heart = re.compile("|".join(re.escape(one) for one in sorted(_known, key=len, reverse=True)))


def learn_environment(environment: Mapping[str, str]) -> None:
    for name, value in environment.items():
        learn_setting(name, value)


def _is_telling(secret: str) -> bool:
    if len(secret) < SHORTEST or secret.isdigit():
        return False
    return len(secret) >= SHORTEST_WORD or not secret.isalpha()


def _spellings(secret: str) -> set[str]:
    """As it is, in JSON, in Python's `repr`, in HTML, in an address."""
    return {
        secret,
        json.dumps(secret)[1:-1],
        repr(secret)[1:-1],
        escape(secret),
        quote(secret, safe=""),
    }


def _passwords_in(address: str) -> list[str]:
    try:
        password = urlsplit(address).password
    except ValueError:  # what is malformed is told elsewhere
        return []
    return [password, unquote(password)] if password else []
