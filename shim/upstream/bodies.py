"""Passes request bodies through the SDK: a short one as an object, a long one as the pieces in which it was built.

The SDK and its HTTP library would have a long conversation in memory as objects, as text and as bytes at the same time.
So the SDK gets the body without it, and it is inserted just before the request is sent.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from shim.wire import encoding
from shim.wire.texts import Items
from shim.wire.types import Json

#: The size of the input in bytes up to which a body passes through the SDK as an object.
SHORT: Final = 262_144
#: Replaces the body of an HTTP request by pieces that can be read again, with their length in bytes.  The doors provide
#: it, as only they know the library.
Refill = Callable[[Any, Iterable[bytes], int], None]


class Pieces:
    """A body as an iterable that can be read again."""

    def __init__(self, head: bytes, items: Items) -> None:
        self._head, self._items = head, items
        self.size: Final = len(head) + items.size + 1

    def __iter__(self) -> Iterator[bytes]:
        yield self._head
        yield from self._items.array()
        yield b"}"


def spread(body: Json) -> Json:
    """The body as plain objects that any library can encode."""
    items = body["input"]
    if not isinstance(items, Items):
        return plain(body)
    # The pieces contain no halves of surrogate pairs.
    return plain(body | {"input": ""}) | {"input": list(items)}


def plain(body: Json) -> Json:
    """The same object without halves of surrogate pairs, which the SDK's encoder cannot encode."""
    plain_body: Json = encoding.plain(body)
    return plain_body


def into(client: Any, body: Json, refill: Refill | None) -> Json:
    """The body to pass to the SDK, after ``client``, which is used for this call only, was prepared to insert the
    rest.
    """
    items = body["input"]
    if refill is None or not isinstance(items, Items) or items.size <= SHORT:
        return spread(body)
    usual = client._prepare_request

    def fill(request: Any) -> Any:
        sent = {key: value for key, value in json.loads(request.content).items() if key != "input"}
        pieces = Pieces(encoding.compact(sent)[:-1] + b',"input":', items)
        refill(request, pieces, pieces.size)
        # The SDK's own method, which is async in async clients.
        return usual(request)

    client._prepare_request = fill
    return plain(body | {"input": ""})
