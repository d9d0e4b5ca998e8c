"""Objects in memory, by their ids."""

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class Table(Generic[T]):
    """A table in the order of insertion.  Thread-safe."""

    def __init__(self) -> None:
        self._objects: dict[str, T] = {}
        self._lock = threading.Lock()

    def put(self, name: str, value: T) -> None:
        with self._lock:
            self._objects[name] = value

    def get(self, name: str) -> T | None:
        with self._lock:
            return self._objects.get(name)

    def take(self, name: str) -> T | None:
        """Removes it and returns it; None if it was not there."""
        with self._lock:
            return self._objects.pop(name, None)

    def all(self) -> list[T]:
        with self._lock:
            return list(self._objects.values())
