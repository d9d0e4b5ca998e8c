"""Things that are kept in memory by their ids."""

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class Drawer(Generic[T]):
    """In the order in which they came.  Thread-safe."""

    def __init__(self) -> None:
        self._things: dict[str, T] = {}
        self._lock = threading.Lock()

    def put(self, name: str, thing: T) -> None:
        with self._lock:
            self._things[name] = thing

    def get(self, name: str) -> T | None:
        with self._lock:
            return self._things.get(name)

    def take(self, name: str) -> T | None:
        """Out of the drawer; nothing if it was not there."""
        with self._lock:
            return self._things.pop(name, None)

    def all(self) -> list[T]:
        with self._lock:
            return list(self._things.values())
