"""What a prompt that names nothing betrays: pasted code, packages, or merely the kind of thing wanted."""

import re
from collections.abc import Mapping, Set
from functools import cache

from generation.frameworks import Framework

MAX_SCANNED_CHARS = 20_000

# A framework's own idiom says more than one of the language that it is written in; SQL occurs in all.
_WEIGHTS = {"html": 1.0, "sql": 0.5}
_FRAMEWORK_WEIGHT, _LANGUAGE_WEIGHT = 2.0, 1.0

_TERMINAL = re.compile(r"\b(?:cli|terminal|command[- ]line|console)\b|命令行|コマンドライン", re.IGNORECASE)
_MOBILE = re.compile(
    r"\b(?:mobile app|ios and android|android and ios|phone app|app m[oó]vil|application mobile)\b"
    r"|手机应用|移动应用|スマホアプリ",
    re.IGNORECASE,
)
_WEB_APP = re.compile(r"\b(?:saas|admin panel|kanban|web ?app|web application|dashboard)\b", re.IGNORECASE)
_SERVER = re.compile(
    r"\b(?:(?:rest(?:ful)?|http|web|crud|json) ?apis?|apis? rest|back-?end|endpoints?|micro-?service|web ?service"
    r"|webhooks?|graphql|server)\b|接口|后端|REST API",
    re.IGNORECASE,
)
_PAGE = re.compile(
    r"\b(?:web ?page|web ?site|landing|portfolio|page|site|games?|ui|interface|buttons?|form|calculator|timer|clock"
    r"|browser|animation|navbar|menu|gallery|calendar|to-?do|quiz|slider|modal|login|chat|app|shop|store|blog"
    r"|responsive|tracker|editor|widget|viewer|planner"
    r"|pagina|página|seite|webseite|jeu|spiel|juego|jogo|strona|сайт|страниц\w*)\b"
    r"|网页|网站|页面|游戏|ページ|サイト|ゲーム|画面|웹|게임|앱|버튼|브라우저",
    re.IGNORECASE,
)

# With what a server is usually written in a language.
SERVER_IN = {
    "python": "fastapi",
    "javascript": "express",
    "typescript": "express",
    "java": "spring-boot",
    "csharp": "aspnet-core",
    "ruby": "rails",
    "php": "laravel",
}


def code_signals(prompt: str, frameworks: Mapping[str, Framework]) -> list[str]:
    """The slugs whose packages, files or idioms occur, strongest first."""
    text = prompt[:MAX_SCANNED_CHARS]
    scores = {slug: _score(framework, text) for slug, framework in frameworks.items()}
    for slug, framework in frameworks.items():
        if scores[slug]:
            scores |= dict.fromkeys(framework.over, 0.0)
    return sorted((slug for slug, score in scores.items() if score), key=lambda slug: -scores[slug])


def _score(framework: Framework, text: str) -> float:
    if not framework.signals:
        return 0.0
    hits = {hit.lower() for hit in _pattern(framework.signals).findall(text)}
    by_kind = _LANGUAGE_WEIGHT if framework.kind == "language" else _FRAMEWORK_WEIGHT
    return len(hits) * _WEIGHTS.get(framework.slug, by_kind)


@cache
def _pattern(signals: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(_bounded(signal) for signal in signals), re.IGNORECASE)


def _bounded(signal: str) -> str:
    """A signal counts as whole words; one that is an extension counts after a name."""
    before = (
        r"(?<![A-Za-z0-9_])" if signal[0].isalnum() else (r"(?<=[A-Za-z0-9_])" if signal[0] == "." else "")
    )
    after = r"(?![A-Za-z0-9_])" if signal[-1].isalnum() else ""
    return f"{before}{re.escape(signal)}{after}"


def speaks_of_a_server(prompt: str) -> bool:
    return bool(_SERVER.search(prompt))


def usual_choice(prompt: str, unwanted: Set[str]) -> str:
    """What most people would take for this kind of thing."""
    if _TERMINAL.search(prompt):
        return "python"
    choices = (("react-native", _MOBILE), ("react", _WEB_APP), ("html", _PAGE), ("fastapi", _SERVER))
    return next((slug for slug, kind in choices if slug not in unwanted and kind.search(prompt)), "python")
