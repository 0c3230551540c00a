"""What models cost: by the proxy's list, or by the file of this installation.

Asked for by whoever accepts a request, who must not wait for the proxy: prices are looked up outside of
transactions, now and then, and known ones are used until then.
"""

import logging
import threading
import time
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from asgiref.sync import async_to_sync
from django.conf import settings

from accounts.ledger.amounts import Price
from codegen_site.errors import LLMServiceException
from generation.integrations.litellm_proxy import ModelInfo, model_from_settings

logger = logging.getLogger("generation")

FRESH_FOR_S = 60.0
# After the proxy could not be asked.
ASK_AGAIN_AFTER_S = 30.0
MOST_USD_PER_MILLION = 1_000_000


class InvalidPrices(ValueError):
    """The file of prices cannot be read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """Of one model. A price that is not known is that of the settings."""

    price: Price
    is_known: bool
    max_output_tokens: int | None = None


@dataclass(slots=True)
class _LastSeen:
    models: Mapping[str, ModelInfo] = field(default_factory=dict)
    until: float = 0.0
    # Of which it was said that they have no price.
    unpriced: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)


_last_seen = _LastSeen()


def refresh_prices() -> None:
    """Ask the proxy, unless that was done lately; whoever comes while another asks goes on without."""
    if time.monotonic() < _last_seen.until or not _last_seen.lock.acquire(blocking=False):
        return
    try:
        _last_seen.models = {model.id: model for model in async_to_sync(model_from_settings().list_models)()}
        fresh_for = FRESH_FOR_S
    except LLMServiceException:
        fresh_for = ASK_AGAIN_AFTER_S
    finally:
        _last_seen.lock.release()
    _last_seen.until = time.monotonic() + fresh_for


def terms_of(model: str) -> Terms:
    """What is known by now. The file goes before the proxy."""
    info = _last_seen.models.get(model)
    limit = info.max_output_tokens if info else None
    price = read_prices(settings.PRICES_FILE).get(model) or (_price_in(info) if info else None)
    if price is not None:
        return Terms(price=price, is_known=True, max_output_tokens=limit)
    if model not in _last_seen.unpriced:
        _last_seen.unpriced.add(model)
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
