"""The writers of one process take turns.

SQLite's waiting writers try again every few milliseconds; a queue is faster and fair.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from shim.store.tx import Lengthy

#: How long a brief transaction waits for its turn, in seconds.
BRIEF_PATIENCE: Final = 0.005


class Turn:
    """The lock for writers.  ``crowded``: a brief writer has waited in vain; others do not wait until a writer in a
    thread has finished.

    A write within a write would wait for itself: with this kind of lock it fails when SQLite's own patience ends, with
    another kind it would hang.
    """

    def __init__(self) -> None:
        self._lock: Final = threading.RLock()
        self.crowded = False

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self.crowded = False
        self._lock.release()

    @contextmanager
    def briefly(self) -> Iterator[None]:
        """The turn of brief work.  Raises `Lengthy` if it does not come soon."""
        if self.crowded or not self._lock.acquire(timeout=BRIEF_PATIENCE):
            self.crowded = True
            raise Lengthy
        try:
            yield
        finally:
            self._lock.release()
