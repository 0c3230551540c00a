"""Sentences that say which file the block below them is: "Create `bot.js` and add the following code:".

But for the verbs no rule depends on the language: a title, or a sentence with a colon at its end, names the
one path that is in it. The verb that stands nearest before the path can only say otherwise.
"""

import re
from itertools import pairwise
from typing import Literal

from generation.pipeline.extract_code.labels import MAX_LABEL, is_title, undecorated
from generation.pipeline.extract_code.names import Name
from generation.pipeline.extract_code.paths import may_hold_path, path_words

_MAX_TITLE = 9  # words
_MAX_BRIEF = 4  # words: a line so short is as good as a title
_NEAR = 25  # characters before one of several paths in which its verb must stand

# What a verb does with the file: it writes the whole of it, changes a part of it, or uses it as it is.
Deed = Literal["whole", "part", "uses"]
_WORD = re.compile(r"[^\W\d_]+")
_WORDS: dict[str, Deed] = {
    **dict.fromkeys("here below our full final new looks contains called named this".split(), "whole"),
    **dict.fromkeys("in to into your add put edit within".split(), "part"),
    **dict.fromkeys("use uses using run runs try test call build with".split(), "uses"),
}
_STEMS: dict[Deed, tuple[str, ...]] = {
    "whole": tuple(
        """
        creat sav writ implement populat fill content complet whole entire revis initial replac begin
        erstell speicher hier cre cré crè enregistr voici guard escrib aquí salv cri созда сохран вот
        创建 新建 作成 保存 생성
        """.split()
    ),
    "part": tuple(
        """
        adding past plac updat modif open chang defin insert extend append follow
        ajout añad anad agreg adicion добав измен 添加 修改 追加 추가
        """.split()
    ),
    "uses": tuple(
        """
        running execut install launch start output import testing compil building deploy print invok
        ausführ starte exécut lanc ejecut esegu запус выполн 运行 执行 启动 実行 실행
        """.split()
    ),
}


def mention(line: str) -> Name | None:
    """The file that the line says to follow; one that it merely mentions is none."""
    if len(line) > MAX_LABEL or not may_hold_path(line):
        return None
    text = undecorated(line)
    found = {path: before for path, before, _ in path_words(text)}
    if len(found) > 1:
        found = {
            path: before for path, before in found.items() if deed_in(before[-_NEAR:]) in ("whole", "part")
        }
    if len(found) != 1:
        return None
    ((path, before),) = found.items()
    deed = deed_in(before)
    words = len(text.split())
    is_brief = words <= _MAX_BRIEF or (is_title(line) and words <= _MAX_TITLE)
    says_so = is_brief or text.rstrip("*_ ").endswith((":", "：")) or deed in ("whole", "part")
    return Name(path, "sentence", is_whole=deed == "whole") if says_so and deed != "uses" else None


def deed_in(text: str) -> Deed | None:
    """What the last verb in it does."""
    for before, word in reversed(list(pairwise(["", *_WORD.findall(text.lower())]))):
        if before.startswith(("start", "begin")) and word in ("with", "by"):
            return "whole"
        if deed := _deed_of(word):
            return deed
    return None


def _deed_of(word: str) -> Deed | None:
    if word in _WORDS:
        return _WORDS[word]
    if word.isascii():
        return next((deed for deed, stems in _STEMS.items() if word.startswith(stems)), None)
    return next((deed for deed, stems in _STEMS.items() if any(stem in word for stem in stems)), None)
