"""What models cost: by the proxy's list, or by the file of this installation.

Asked for by whoever accepts a request, who must not wait for the proxy: prices are looked up outside of
transactions, now and then, and known ones are used until then.
"""

import logging
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

from accounts.ledger.amounts import Price
from codegen_site.errors import LLMServiceException
from generation.integrations.litellm_proxy import ModelInfo
from generation.integrations.model_list import known_models, last_seen

logger = logging.getLogger("generation")

MOST_USD_PER_MILLION = 1_000_000


class InvalidPrices(ValueError):
    """The file of prices cannot be read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """Of one model. A price that is not known is that of the settings."""

    price: Price
    is_known: bool
    max_output_tokens: int | None = None


# Models of which it was said that they have no price.
_unpriced: set[str] = set()


def refresh_prices() -> None:
    """Ask the proxy for its list, unless that was done lately."""
    with suppress(LLMServiceException):
        known_models()


def terms_of(model: str) -> Terms:
    """What is known by now. The file goes before the proxy."""
    info = last_seen(model)
    limit = info.max_output_tokens if info else None
    price = read_prices(settings.PRICES_FILE).get(model) or (_price_in(info) if info else None)
    if price is not None:
        return Terms(price=price, is_known=True, max_output_tokens=limit)
    if model not in _unpriced:
        _unpriced.add(model)
        logger.warning("ledger.price_unknown", extra={"model": model})
    return Terms(price=_unknown_price(), is_known=False, max_output_tokens=limit)


@cache
def read_prices(path: str) -> Mapping[str, Price]:
    """By model; none without a path. Raises `InvalidPrices`."""
    if not path:
        return {}
    try:
        tables = tomllib.loads(Path(path).read_text(encoding="utf-8"))
        return {model: _price_of(**table) for model, table in tables.items()}
    except (OSError, tomllib.TOMLDecodeError, TypeError, ValueError) as error:
        raise InvalidPrices(f"{path}: {error}") from error


def _price_of(*, input_usd_per_million: float, output_usd_per_million: float) -> Price:
    if not all(
        0 <= price <= MOST_USD_PER_MILLION for price in (input_usd_per_million, output_usd_per_million)
    ):
        raise ValueError(f"A price is a number from 0 to {MOST_USD_PER_MILLION:,} US dollars.")
    return Price(input=round(input_usd_per_million * 1e6), output=round(output_usd_per_million * 1e6))


def _price_in(info: ModelInfo) -> Price | None:
    if info.input_usd_per_million is None or info.output_usd_per_million is None:
        return None
    return _price_of(
        input_usd_per_million=info.input_usd_per_million, output_usd_per_million=info.output_usd_per_million
    )


def _unknown_price() -> Price:
    return _price_of(
        input_usd_per_million=settings.UNKNOWN_INPUT_USD_PER_MILLION,
        output_usd_per_million=settings.UNKNOWN_OUTPUT_USD_PER_MILLION,
    )
