import re

import pytest

from accounts.api_keys.text import KEY_PATTERN, KeyText, checksum_of, new_key_text, parse_key_text

KEY = "cg_live_abcdefgh1234_" + "S3cr3t00" * 4


@pytest.mark.parametrize("mode", ["live", "test"])
def test_a_new_text_is_read_again(mode: str) -> None:
    text = new_key_text(mode)
    revealed = text.reveal()
    assert parse_key_text(revealed) == text
    assert re.fullmatch(KEY_PATTERN, revealed)
    assert len(revealed) == 59


def test_the_checksum_is_that_of_zlib_in_base_62() -> None:
    # 3904355907 in the digits 0-9A-Za-z, filled up with zeros.
    assert checksum_of("") == "000000"
    assert checksum_of("a") == "4GEHKN"
    assert parse_key_text(KEY + checksum_of(KEY)) == KeyText("live", "abcdefgh1234", "S3cr3t00" * 4)


@pytest.mark.parametrize("position", [8, 25, 52, 53, 58])
def test_a_changed_character_shows(position: int) -> None:
    text = KEY + checksum_of(KEY)
    other = "x" if text[position] != "x" else "y"
    assert parse_key_text(text[:position] + other + text[position + 1 :]) is None


def test_a_key_of_another_mode_has_another_checksum() -> None:
    text = new_key_text("test").reveal()
    assert parse_key_text(text.replace("cg_test_", "cg_live_")) is None


def test_a_text_from_before_there_were_checksums_is_told_apart() -> None:
    old = parse_key_text(KEY)
    assert old is not None
    assert old.is_old
    assert old.reveal() == KEY
    assert parse_key_text(KEY.replace("cg_live_", "cg_test_")) is None


@pytest.mark.parametrize(
    "text", ["", "cg_live_", KEY[:-1], KEY + "A", KEY + "\n", KEY.upper(), "cg_" * 9_999]
)
def test_anything_else_is_none(text: str) -> None:
    assert parse_key_text(text) is None


def test_its_secret_is_not_shown() -> None:
    assert "S3cr3t" not in repr(parse_key_text(KEY))
