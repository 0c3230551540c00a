"""What a prompt that names nothing betrays: pasted code, packages, or merely the kind of thing wanted."""

import re
from collections.abc import Mapping, Set

from generation.frameworks import Framework

MAX_SCANNED_CHARS = 20_000

# What people mean when they name no technology, in the commonest languages of prompts.
_USUAL = (
    ("react-native", r"\b(?:mobile app|ios and android|android and ios|phone app|app m[oó]vil|application mobile)\b|手机应用|移动应用|スマホアプリ"),
    ("react", r"\b(?:saas|admin panel|kanban|web ?app|web application|dashboard|component)\b"),
    ("html", r"\b(?:web ?page|web ?site|landing|portfolio|page|site|game|ui|interface|button|form|calculator|timer|clock|browser|"
             r"animation|navbar|menu|gallery|calendar|todo|to-do|quiz|slider|modal|login|chat|app|shop|store|blog|responsive|pagina|"
             r"página|seite|webseite|jeu|spiel|juego|jogo|tracker|editor|widget|strona|сайт|страниц\w*)\b|网页|网站|页面|游戏|ページ|サイト|ゲーム|웹|게임|앱"),
)  # fmt: skip
_API = re.compile(
    r"\b(?:api|apis|backend|back-end|endpoints?|rest|crud|microservice|webhook|graphql)\b|接口|后端",
    re.IGNORECASE,
)
_ALGORITHM = re.compile(
    r"\b(?:algorithm|function|sort\w*|array|list|string|integers?|numbers?|prime|fibonacci|matrix|tree|graph|recursi\w+|csv|excel|"
    r"data ?set|parse|regex|compute|calculate|simulat\w+|leetcode|script|scrap\w+|train|model|file|files|folder|pdf|analy[sz]\w+|"
    r"implement|class|method|input|output|solve|complexity|probability|command[- ]line|cli)\b|函数|算法|数组|関数|함수",
    re.IGNORECASE,
)
_PATTERNS = tuple((slug, re.compile(pattern, re.IGNORECASE)) for slug, pattern in _USUAL)


def code_signals(prompt: str, frameworks: Mapping[str, Framework]) -> list[str]:
    """The slugs whose packages, files or idioms occur, strongest first."""
    text = prompt[:MAX_SCANNED_CHARS].lower()
    scores = {framework.slug: _score(framework, text) for framework in frameworks.values()}
    for framework in frameworks.values():
        if scores[framework.slug]:
            for base in framework.over:
                scores[base] = 0
    return sorted((slug for slug, score in scores.items() if score), key=lambda slug: -scores[slug])


def _score(framework: Framework, text: str) -> float:
    hits = sum(1 for signal in framework.signals if signal.lower() in text)
    # A framework's own idiom says more than one of the language that it shares with others.
    return hits * (2.0 if framework.kind != "language" and framework.slug != "html" else 1.0)


def usual_choice(prompt: str, unwanted: Set[str]) -> str:
    if (
        _ALGORITHM.search(prompt)
        and not any(p.search(prompt) for _, p in _PATTERNS)
        and not _API.search(prompt)
    ):
        return "python"
    for slug, pattern in _PATTERNS:
        if slug not in unwanted and pattern.search(prompt):
            return slug
    return "fastapi" if _API.search(prompt) and "fastapi" not in unwanted else "python"
