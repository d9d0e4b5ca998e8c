"""What the HTTP library logs: one line at INFO for each request, as if it had gone over the network.

Requests that are answered in this process are not logged so: the line would name a server that was never called.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

_silent: "Final[ContextVar[bool]]" = ContextVar("shim-unlogged", default=False)


@contextmanager
def unlogged() -> Iterator[None]:
    """The request that is sent within does not go over the network."""
    token = _silent.set(True)
    try:
        yield
    finally:
        _silent.reset(token)


@contextmanager
def logged() -> Iterator[None]:
    """What is sent within such a request does."""
    token = _silent.set(False)
    try:
        yield
    finally:
        _silent.reset(token)


def attend(library: str) -> None:
    """Leave out the lines of this HTTP library for requests within `unlogged`."""
    logging.getLogger(library).addFilter(lambda _: not _silent.get())
