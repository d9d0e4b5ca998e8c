"""Ids that the operator chooses: an assistant or a thread is created under such an id instead of a new one.

The API's calls have no such parameter, and over HTTP only the operator can choose ids.  The id is passed in a context
variable, so that nothing else of the call changes.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from shim.wire import ids

_ids: Final[ContextVar[dict[str, str]]] = ContextVar("operator_ids")


def new(prefix: str) -> str:
    """The id that was chosen for the next object of this kind, else a fresh one."""
    operator_ids = _ids.get(None)
    return operator_ids.pop(prefix) if operator_ids and prefix in operator_ids else ids.new(prefix)


def fits(prefix: str, id: object) -> bool:
    """Whether an object whose ids begin with ``prefix`` can have this one."""
    return isinstance(id, str) and re.fullmatch(f"{prefix}_[A-Za-z0-9_-]{{1,64}}", id) is not None


@contextmanager
def use(prefix: str, id: str) -> Iterator[None]:
    """Within this context, the first object whose ids begin with ``prefix`` gets this id.  Raises ValueError for an id
    of another form.
    """
    if not fits(prefix, id):
        raise ValueError(f"{id!r} is no such id: it begins with `{prefix}_`, and letters, digits, `_` and `-` follow")
    token = _ids.set({prefix: id})
    try:
        yield
    finally:
        _ids.reset(token)
