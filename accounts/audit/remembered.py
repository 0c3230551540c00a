"""How far each chain was when it was last sealed, in Redis: a second place, which does not go back with SQL.

It may be forgotten there, and then it proves nothing.
"""

from contextlib import suppress

from django.core.cache import cache

from codegen_site.errors import CacheException


def remember_head(chain: str, position: int) -> None:
    with suppress(CacheException):
        if position > (cache.get(_name_of(chain)) or 0):
            cache.set(_name_of(chain), position, None)


def remembered_position(chain: str) -> int:
    """0 where nothing is known."""
    try:
        return int(cache.get(_name_of(chain)) or 0)
    except CacheException:
        return 0


def forget_head(chain: str) -> None:
    with suppress(CacheException):
        cache.delete(_name_of(chain))


def _name_of(chain: str) -> str:
    return f"audit-head:{chain}"
