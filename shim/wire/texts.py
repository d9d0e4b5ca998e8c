"""JSON as text: the form in which objects are stored, and in which a long conversation is in memory until it is
sent.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, overload

from shim.wire import encoding
from shim.wire.types import Json

#: An object from its stored form.  Numbers that JSON does not have, which a store of an older version may contain, are
#: read as null.
load: Final[Callable[[str], Any]] = json.JSONDecoder(parse_constant=lambda _: None).decode
#: How many items are sent as one piece.
TOGETHER: Final = 100


#: An object in its stored form.
dump: Final = encoding.text


class Items(Sequence[Json]):
    """Items of a request, each as the bytes that are sent: they need about a fifth of the objects' memory.

    An item that is accessed is decoded each time; changes of it are not stored here.  Equal to a list of equal items.
    """

    def __init__(self, pieces: Iterable[bytes] = ()) -> None:
        self.pieces: Final = list(pieces)

    @classmethod
    def of(cls, items: Iterable[Json]) -> "Items":
        return cls(encoding.compact(item) for item in items)

    def array(self) -> Iterator[bytes]:
        """The bytes of a JSON array, in pieces."""
        yield b"["
        for first in range(0, len(self.pieces), TOGETHER):
            yield b"," * bool(first) + b",".join(self.pieces[first : first + TOGETHER])
        yield b"]"

    @property
    def size(self) -> int:
        """The number of bytes of `array`."""
        return sum(map(len, self.pieces)) + max(len(self.pieces), 1) + 1

    def __len__(self) -> int:
        return len(self.pieces)

    @overload
    def __getitem__(self, index: int) -> Json: ...
    @overload
    def __getitem__(self, index: slice) -> list[Json]: ...
    def __getitem__(self, index: int | slice) -> Json | list[Json]:
        if isinstance(index, slice):
            return [json.loads(piece) for piece in self.pieces[index]]
        item: Json = json.loads(self.pieces[index])
        return item

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, (list, Items)) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(list(self))
