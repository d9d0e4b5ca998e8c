"""Protects database connections from forks.

SQLite forbids carrying an open connection into a forked process (https://sqlite.org/howtocorrupt.html, 2.6): both
processes would assume that they hold the same locks, and the file would be damaged.  So a fork waits for current
transactions and closes idle connections; the child inherits none.  A transaction that does not end in time stays with
the parent, and the child drops it.
"""

import os
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

#: How long a fork waits for transactions, in seconds.
PATIENCE: Final = 2.0

_all: "Final[weakref.WeakSet[Gate]]" = weakref.WeakSet()
#: The gates that the forking thread has shut: several threads may fork, one after the other.
_shut: Final = threading.local()


class Gate:
    """Transactions enter and leave it, many at a time; a fork waits until none is inside."""

    def __init__(self, close: Callable[[], None], forget: Callable[[], None]) -> None:
        """``close`` closes idle connections before a fork; ``forget``, in the child, drops connections that it
        inherited nevertheless.
        """
        self._close, self._forget = close, forget
        self._free = threading.Condition()
        self._inside = 0
        _all.add(self)

    @contextmanager
    def passing(self) -> Iterator[None]:
        with self._free:
            self._inside += 1
        try:
            yield
        finally:
            with self._free:
                self._inside -= 1
                if not self._inside:
                    self._free.notify_all()

    def shut(self) -> None:
        self._free.acquire()
        self._free.wait_for(lambda: not self._inside, PATIENCE)
        self._close()

    def open(self) -> None:
        self._free.release()

    def renew(self) -> None:
        self._free = threading.Condition()
        self._inside = 0
        self._forget()


def _before() -> None:
    _shut.gates = []
    for gate in list(_all):
        gate.shut()
        _shut.gates.append(gate)


def _in_parent() -> None:
    while _shut.gates:
        _shut.gates.pop().open()


def _in_child() -> None:
    while _shut.gates:
        _shut.gates.pop().renew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before, after_in_parent=_in_parent, after_in_child=_in_child)
