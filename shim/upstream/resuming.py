"""Reading on in a response that upstream works on in its background.

The SDK has typed methods for that only since late versions, so the request is made by its general ``get``.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from openai import HttpxBinaryResponseContent

from shim.wire import ids


def get(client: Any, response_id: str, after: int | None, unread: Any) -> Callable[[], Any]:
    """Asks for the events behind number ``after``, or for all; ``unread``: options for an answer with an open body."""
    query = {"stream": True} | ({} if after is None else {"starting_after": after})
    options = unread | {"params": query}
    return partial(client.get, ids.path("responses", response_id), cast_to=HttpxBinaryResponseContent, options=options)


def leave(answer: Any) -> None:
    """Close an answer that came too late."""
    with suppress(Exception):
        answer.http_response.close()
