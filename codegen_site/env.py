"""Settings from the environment, or from a file that `NAME_FILE` names; a malformed one is named."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured


class LoudEnv(environ.FileAwareEnv):  # type: ignore[misc]  # it has no types
    def get_value(self, var: str, cast: Any = None, default: Any = environ.Env.NOTSET, **options: Any) -> Any:
        try:
            return super().get_value(var, cast=cast, default=default, **options)
        except ValueError as error:
            given = self.ENVIRON.get(var)
            raise ImproperlyConfigured(f"The setting {var} is malformed: {given!r}.") from error


def parse_networks(text: str) -> list[IPv4Network | IPv6Network]:
    """`"10.0.0.0/8, fd00::/8"` → networks. Raises `ValueError`."""
    return [ip_network(part.strip()) for part in text.split(",") if part.strip()]
