"""Filters the HTTP library's log, which has one line at INFO for each request.

Requests that are answered in this process are not logged: the line would name a server that was never called.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

_silent: "Final[ContextVar[bool]]" = ContextVar("shim-unlogged", default=False)


@contextmanager
def unlogged() -> Iterator[None]:
    """Within this context requests are not logged, as they are answered in this process."""
    token = _silent.set(True)
    try:
        yield
    finally:
        _silent.reset(token)


@contextmanager
def logged() -> Iterator[None]:
    """Within `unlogged`, log requests that do go over the network."""
    token = _silent.set(False)
    try:
        yield
    finally:
        _silent.reset(token)


def attend(library: str) -> None:
    """Suppress this HTTP library's log lines within `unlogged`."""
    logging.getLogger(library).addFilter(lambda _: not _silent.get())
