"""Settings that would fail with the first request: `manage.py check` names them before."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks

from generation.prices import InvalidPrices, read_prices


@checks.register("settings")
def check_prices(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    try:
        read_prices(settings.PRICES_FILE)
    except InvalidPrices as error:
        return [
            checks.Error(
                f"PRICES_FILE cannot be read: {error}",
                hint="[model] input_usd_per_million = 0.3, output_usd_per_million = 2.5",
                id="generation.E001",
            )
        ]
    return []
