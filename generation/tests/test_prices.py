"""What models cost: by the proxy's list, and by what an installation says otherwise."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django import Settings

from accounts.ledger.amounts import Price
from codegen_site.errors import LLMServiceException
from generation import prices
from generation.checks import check_prices
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


class Proxy:
    """Counts how often it is asked."""

    def __init__(self, *models: ModelInfo) -> None:
        self.models = models
        self.asked = 0
        self.is_away = False

    async def list_models(self) -> tuple[ModelInfo, ...]:
        self.asked += 1
        if self.is_away:
            raise LLMServiceException
        return self.models


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Proxy:
    proxy = Proxy(
        model("flash", 0.3, 2.5, limit=65_535), model("free", 0, 0), model("secret", None, None, limit=8_192)
    )
    monkeypatch.setattr(prices, "_last_seen", prices._LastSeen())
    monkeypatch.setattr(prices, "model_from_settings", lambda: proxy)
    return proxy


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """A function that lets seconds pass."""
    clock = [1_000.0]
    monkeypatch.setattr("generation.prices.time.monotonic", lambda: clock[0])

    def wait(seconds: float) -> None:
        clock[0] += seconds

    return wait


def test_the_prices_of_the_proxy_are_taken(proxy: Proxy) -> None:
    refresh_prices()
    terms = terms_of("flash")
    assert (terms.price, terms.is_known) == (Price(input=300_000, output=2_500_000), True)
    assert terms.max_output_tokens == 65_535
    assert terms_of("free").price == Price(input=0, output=0)


def test_an_unknown_price_is_that_of_the_settings_and_said_once(
    proxy: Proxy, settings: Settings, caplog: pytest.LogCaptureFixture
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


def test_the_proxy_is_asked_now_and_then(proxy: Proxy, later: Callable[[float], None]) -> None:
    for _ in range(5):
        refresh_prices()
    assert proxy.asked == 1
    later(prices.FRESH_FOR_S)
    refresh_prices()
    assert proxy.asked == 2


def test_while_the_proxy_is_away_nobody_waits_for_it_and_what_was_known_counts(
    proxy: Proxy, later: Callable[[float], None]
) -> None:
    refresh_prices()
    proxy.is_away = True
    later(prices.FRESH_FOR_S)
    for _ in range(5):
        refresh_prices()
    assert proxy.asked == 2
    assert terms_of("flash").is_known
    later(prices.ASK_AGAIN_AFTER_S)
    proxy.is_away = False
    refresh_prices()
    assert proxy.asked == 3


def test_who_comes_while_another_asks_goes_on(proxy: Proxy) -> None:
    with prices._last_seen.lock:
        refresh_prices()
    assert proxy.asked == 0
    assert not terms_of("flash").is_known


def test_a_file_goes_before_the_proxy(proxy: Proxy, settings: Settings, tmp_path: Path) -> None:
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
