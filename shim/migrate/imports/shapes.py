"""The registry: every shape of JSON value that can be imported, in the order in which they are tried."""

from collections.abc import Iterator
from typing import Any, Final

from shim.migrate.imports.objects_read import Hint, ReadObject, Shape
from shim.migrate.imports.readers import api, bundles, chats, keyed, pages, rows

#: Another shape needs a file in ``readers`` and a row here.
SHAPES: Final[dict[str, Shape]] = {
    "page": Shape("a list page of the API", pages.fits, pages.read),
    "chat": Shape("a conversation of the vendor's data export", chats.fits, chats.read),
    "object": Shape("an object of the API", api.fits, api.read),
    "bundle": Shape("a thread with its messages", bundles.fits, bundles.read),
    "row": Shape("a row with one message", rows.fits, rows.read),
    "keyed": Shape("lists and objects by name or id", keyed.fits, keyed.read),
}


def shape_of(value: Any, hint: Hint) -> str | None:
    """The name of the shape that a value has."""
    if not isinstance(value, dict):
        return None
    return next((name for name, shape in SHAPES.items() if shape.fits(value, hint)), None)


def read(value: Any, hint: Hint) -> Iterator[ReadObject]:
    """All objects in a value, and one without a kind for each part that has none of the shapes."""
    if isinstance(value, list):
        for one in value:
            yield from read(one, hint)
        return
    name = shape_of(value, hint)
    if name is None:
        yield ReadObject(None, {}, hint, (("unknown_shape", _about(value)),))
    else:
        yield from SHAPES[name].read(value, hint, read)


def _about(value: Any) -> str:
    """A short description of a value, without its contents."""
    if isinstance(value, dict):
        return "an object with " + (", ".join(sorted(map(str, value))[:8]) or "nothing")
    return f"a {type(value).__name__}"
