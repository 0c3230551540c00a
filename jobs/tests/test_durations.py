from datetime import timedelta

import pytest

from jobs.durations import format_age, format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("15m", 900), ("2h", 7200), ("7d", 604_800), (" 2w ", 1_209_600)]
)
def test_it_reads_what_people_write(text: str, seconds: int) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "2", "h", "2 h", "-2h", "1.5h", "0s", "9999999999w", "٢h"])
def test_it_refuses_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match=r"duration|ten years"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.0 s"),
        (1.5, "1.5 s"),
        (59.99, "1 min 0 s"),
        (200, "3 min 20 s"),
        (3600, "1 h 0 min"),
        (90_000, "1 d 1 h"),
        (-5, "-5.0 s"),
    ],
)
def test_it_tells_the_two_largest_units(seconds: float, text: str) -> None:
    assert format_duration(timedelta(seconds=seconds)) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(-1, "0 s"), (59, "59 s"), (61, "1 min"), (7199, "1 h"), (200_000, "2 d")]
)
def test_an_age_is_told_in_one_unit(seconds: int, text: str) -> None:
    assert format_age(timedelta(seconds=seconds)) == text
