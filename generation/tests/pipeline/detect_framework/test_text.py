import pytest

from generation.pipeline.detect_framework.text import Break, Cutter, lowered

CUTTER = Cutter(["不要用", "用", "页面", "で", "を作って"])


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("Use C++ and C#, not F#!", ["use", "c++", "and", "c#", "not", "f#"]),
        ("ASP.NET on .NET 8", ["asp", ".net", "on", ".net", "8"]),
        ("don't, don’t", ["don't", "don't"]),
        ("l'application", ["l", "application"]),
        ("A -> B → C", ["a", "→", "b", "→", "c"]),
        ("página, сайт", ["página", "сайт"]),
        ("不要用React写页面", ["不要用", "react", "写", "页面"]),
        ("Vueで画面を作って", ["vue", "で", "画面", "を作って"]),
    ],
)
def test_a_prompt_is_cut_into_words(raw: str, words: list[str]) -> None:
    assert CUTTER.cut(raw).words == words


@pytest.mark.parametrize("raw", ["A page. İstanbul’da, don’t — ok (yes): 页面", "a\nb\n\nc\td"])
def test_the_offsets_are_those_of_the_prompt(raw: str) -> None:
    text = CUTTER.cut(raw)
    found = [
        lowered(raw[start:end]).replace("’", "'") for start, end in zip(text.starts, text.ends, strict=True)
    ]
    assert found == text.words


@pytest.mark.parametrize(
    ("raw", "pause"),
    [
        ("a b", Break.NONE),
        ("a-b", Break.NONE),
        ("a\nb", Break.NONE),
        ("a, b", Break.PAUSE),
        ("a (b", Break.PAUSE),
        ("a - b", Break.PAUSE),
        ("a. b", Break.SENTENCE),
        ("a\nB", Break.SENTENCE),
        ("a\n\nb", Break.SENTENCE),
        ("a。b", Break.SENTENCE),
    ],
)
def test_what_stands_between_words_parts_them(raw: str, pause: Break) -> None:
    assert CUTTER.cut(raw).breaks[-1] == pause
