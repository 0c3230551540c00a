"""Settings from the environment, from a file that `NAME_FILE` names, from `.env.encrypted`, from `.env`.

The first of these that has a name counts. What is malformed or cannot be read stops the start, by name.
"""

import os
from collections.abc import Iterator, Mapping
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

from codegen_site.dotenv import MalformedLine, read_values
from codegen_site.encrypted_env import Unreadable, read_encrypted
from codegen_site.redaction import REDACTED, is_secret_name, learn_environment, learn_setting

BASE_DIR = Path(__file__).resolve().parent.parent
FILE = "_FILE"


class Environment(Mapping[str, str]):
    """What is set, wherever. Iterates over the names that are set themselves, not by a file."""

    def __init__(self, *, process: Mapping[str, str], encrypted: Mapping[str, str], plain: Mapping[str, str]):
        self._process = process
        self._layers = (process, encrypted, plain)
        for layer in self._layers:
            learn_environment(layer)

    def __getitem__(self, name: str) -> str:
        """Raises `KeyError`, and `ImproperlyConfigured` for a file that cannot be read."""
        if name in self._process:
            return self._process[name]
        if (path := self._set_by_itself(name + FILE)) is not None:
            value = read_secret_file(name, path)
            learn_setting(name, value)
            return value
        found = self._set_by_itself(name)
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(name for layer in self._layers for name in layer))

    def __len__(self) -> int:
        return len(list(iter(self)))

    def _set_by_itself(self, name: str) -> str | None:
        return next((layer[name] for layer in self._layers if name in layer), None)


def read_secret_file(name: str, path: str) -> str:
    """Without the line end that editors leave. Raises `ImproperlyConfigured`."""
    try:
        text = Path(path).read_text()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ImproperlyConfigured(f"{name}{FILE} names {path}, which cannot be read: {reason}.") from error
    return text.removesuffix("\n").removesuffix("\r")


def encrypted_path(known: Mapping[str, str]) -> Path:
    return Path(known.get("ENCRYPTED_ENV") or BASE_DIR / ".env.encrypted")


def find_env_key(known: Mapping[str, str]) -> str | None:
    """Raises `ImproperlyConfigured`."""
    if "ENV_KEY" in known:
        return known["ENV_KEY"]
    path = known.get("ENV_KEY_FILE")
    return read_secret_file("ENV_KEY", path) if path else None


@lru_cache
def environment() -> Environment:
    """Of this process. Raises `ImproperlyConfigured`."""
    plain = _read_plain(BASE_DIR / ".env")
    encrypted = _read_encrypted({**plain, **os.environ})
    process = dict(os.environ)
    for name, value in plain.items():
        # What is no setting of ours, such as HTTPS_PROXY, is read by libraries.
        if name not in encrypted and f"{name}{FILE}" not in process:
            os.environ.setdefault(name, value)
    return Environment(process=process, encrypted=encrypted, plain=plain)


def _read_plain(path: Path) -> dict[str, str]:
    try:
        return read_values(path.read_text()) if path.exists() else {}
    except MalformedLine as error:
        raise ImproperlyConfigured(f"{path}: {error}") from error


def _read_encrypted(known: Mapping[str, str]) -> dict[str, str]:
    path = encrypted_path(known)
    if not path.exists():
        return {}
    key = find_env_key(known)
    if key is None:
        raise ImproperlyConfigured(f"{path} holds settings, and neither ENV_KEY nor ENV_KEY_FILE is set.")
    try:
        return read_encrypted(path.read_text(), key=key)
    except (Unreadable, MalformedLine) as error:
        raise ImproperlyConfigured(f"{path}: {error}") from error


class LoudEnv(environ.Env):  # type: ignore[misc]  # it has no types
    def __init__(self, known: Mapping[str, str]) -> None:
        super().__init__()
        self._known = known
        self.ENVIRON = _Unproxied(known)
        self.escape_proxy = True

    def get_value(self, var: str, cast: Any = None, default: Any = environ.Env.NOTSET, **options: Any) -> Any:
        try:
            return super().get_value(var, cast=cast, default=default, **options)
        except ValueError:  # it quotes the value
            raise _malformed(var, self._known.get(var)) from None

    def db_url(self, var: str, default: str) -> dict[str, Any]:
        try:
            return super().db_url(var, default=default)  # type: ignore[no-any-return]  # it has no types
        except ValueError:
            raise _malformed(var, self._known.get(var)) from None


class _Unproxied(Mapping[str, str]):
    """For django-environ, which takes a value that begins with a dollar for the name of another one."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self._known = known

    def __getitem__(self, name: str) -> str:
        return self._known[name].replace("$", r"\$")

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


def _malformed(name: str, given: str | None) -> ImproperlyConfigured:
    is_secret = given is not None and (is_secret_name(name) or "://" in given)
    return ImproperlyConfigured(f"The setting {name} is malformed: {REDACTED if is_secret else repr(given)}.")


def parse_networks(text: str) -> list[IPv4Network | IPv6Network]:
    """`"10.0.0.0/8, fd00::/8"` → networks. Raises `ValueError`."""
    return [ip_network(part.strip()) for part in text.split(",") if part.strip()]
