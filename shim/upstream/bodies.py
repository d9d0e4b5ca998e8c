"""Request bodies on their way through the SDK: a short one as an object, a long one as the pieces it was kept in.

The SDK and its HTTP library would hold a long conversation as objects, as text and as bytes at the same time.  So it is
left out of what they are given, and put in where the request is complete but for being sent.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from shim.wire import encoding
from shim.wire.texts import Items
from shim.wire.types import Json

#: Bytes of input up to which a body goes through the SDK as any other does.
SHORT: Final = 262_144
#: Gives an HTTP request another body, in pieces that can be read again, and so many bytes.  The doors know the library.
Refill = Callable[[Any, Iterable[bytes], int], None]


class Pieces:
    """A body, each time it is read."""

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
    # Pieces are well formed already.
    return plain(body | {"input": ""}) | {"input": list(items)}


def plain(body: Json) -> Json:
    """The same object without halves of surrogate pairs, which the SDK's own encoder cannot send."""
    found: Json = encoding.plain(body)
    return found


def into(client: Any, body: Json, refill: Refill | None) -> Json:
    """What to give the SDK as the body, once a client that is for this call alone puts in the rest by itself."""
    items = body["input"]
    if refill is None or not isinstance(items, Items) or items.size <= SHORT:
        return spread(body)
    usual = client._prepare_request

    def fill(request: Any) -> Any:
        sent = {key: value for key, value in json.loads(request.content).items() if key != "input"}
        pieces = Pieces(encoding.compact(sent)[:-1] + b',"input":', items)
        refill(request, pieces, pieces.size)
        # The SDK's own, which in one of the colours is to be awaited.
        return usual(request)

    client._prepare_request = fill
    return plain(body | {"input": ""})
