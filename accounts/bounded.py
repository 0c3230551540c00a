"""What a process remembers, however much it is told: the oldest entries go first."""

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

V = TypeVar("V")


class Bounded(Generic[V]):
    """From names to values, at most `size` of them. Threads share it."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: dict[str, V] = {}
        self._lock = Lock()

    def get(self, name: str) -> V | None:
        return self._values.get(name)

    def set(self, name: str, value: V) -> None:
        self.change(name, lambda _: value)

    def change(self, name: str, change: Callable[[V | None], V]) -> V:
        """What is there becomes what `change` makes of it, and nobody comes in between."""
        with self._lock:
            value = change(self._values.pop(name, None))
            self._values[name] = value
            if len(self._values) > self._size:
                del self._values[next(iter(self._values))]
            return value

    def forget(self, is_meant: Callable[[V], bool]) -> None:
        with self._lock:
            self._values = {name: value for name, value in self._values.items() if not is_meant(value)}

    def clear(self) -> None:
        with self._lock:
            self._values = {}

    def __len__(self) -> int:
        return len(self._values)
