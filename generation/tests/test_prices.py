"""What models cost: by the proxy's list, and by what an installation says otherwise."""

import logging
from pathlib import Path

import pytest
from pytest_django import Settings

from accounts.ledger.amounts import Price
from generation import prices
from generation.checks import check_prices
from generation.integrations import model_list
from generation.integrations.litellm_proxy import ModelInfo
from generation.prices import InvalidPrices, read_prices, refresh_prices, terms_of


def model(name: str, input_: float | None, output: float | None, limit: int | None = None) -> ModelInfo:
    return ModelInfo(
        id=name,
        max_input_tokens=None,
        max_output_tokens=limit,
        input_usd_per_million=input_,
        output_usd_per_million=output,
    )


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its list."""
    models = (
        model("flash", 0.3, 2.5, limit=65_535),
        model("free", 0, 0),
        model("secret", None, None, limit=8_192),
    )
    monkeypatch.setattr(model_list, "_last_seen", model_list._LastSeen(models=models, until=float("inf")))
    monkeypatch.setattr(prices, "_unpriced", set())


def test_the_prices_of_the_proxy_are_taken(proxy: None) -> None:
    refresh_prices()
    terms = terms_of("flash")
    assert (terms.price, terms.is_known) == (Price(input=300_000, output=2_500_000), True)
    assert terms.max_output_tokens == 65_535
    assert terms_of("free").price == Price(input=0, output=0)


def test_an_unknown_price_is_that_of_the_settings_and_said_once(
    proxy: None, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.UNKNOWN_INPUT_USD_PER_MILLION, settings.UNKNOWN_OUTPUT_USD_PER_MILLION = 1.0, 4.0
    refresh_prices()
    with caplog.at_level(logging.WARNING, logger="generation"):
        for _ in range(3):
            terms = terms_of("secret")
        terms_of("never heard of")
    assert (terms.price, terms.is_known) == (Price(input=1_000_000, output=4_000_000), False)
    assert terms.max_output_tokens == 8_192
    assert [record.__dict__["model"] for record in caplog.records] == ["secret", "never heard of"]


def test_a_file_goes_before_the_proxy(proxy: None, settings: Settings, tmp_path: Path) -> None:
    settings.PRICES_FILE = str(tmp_path / "prices.toml")
    Path(settings.PRICES_FILE).write_text(
        '["flash"]\ninput_usd_per_million = 1\noutput_usd_per_million = 2.5\n'
        '["secret"]\ninput_usd_per_million = 0.000001\noutput_usd_per_million = 0\n'
    )
    refresh_prices()
    assert terms_of("flash").price == Price(input=1_000_000, output=2_500_000)
    assert (terms_of("flash").max_output_tokens, terms_of("secret").price) == (
        65_535,
        Price(input=1, output=0),
    )
    assert check_prices(None) == []


@pytest.mark.parametrize(
    "text",
    [
        "flash =",
        "flash = 1",
        "[flash]\ninput_usd_per_million = 1",
        "[flash]\ninput_usd_per_million = -1\noutput_usd_per_million = 1",
        '[flash]\ninput_usd_per_million = "1"\noutput_usd_per_million = 1',
        "[flash]\ninput_usd_per_million = nan\noutput_usd_per_million = 1",
        "[flash]\ninput_usd_per_million = inf\noutput_usd_per_million = 1",
        "[flash]\ninput_usd_per_million = 1\noutput_usd_per_million = 1\ncurrency = 'EUR'",
        None,
    ],
)
def test_a_file_that_cannot_be_read_is_named_by_the_check(
    settings: Settings, tmp_path: Path, text: str | None
) -> None:
    path = tmp_path / "prices.toml"
    if text is not None:
        path.write_text(text)
    settings.PRICES_FILE = str(path)
    with pytest.raises(InvalidPrices):
        read_prices(str(path))
    assert [error.id for error in check_prices(None)] == ["generation.E001"]
