"""The results of readers: objects of the old API as far as the input has them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, NamedTuple

from shim.migrate.imports.report import Place
from shim.wire.types import Json

Kind = Literal["assistant", "thread", "message", "run", "step", "file"]

#: The API's name of an object: its kind here.
OBJECTS: Final[dict[str, Kind]] = {
    "assistant": "assistant",
    "thread": "thread",
    "thread.message": "message",
    "thread.run": "run",
    "thread.run.step": "step",
    "file": "file",
}


@dataclass(frozen=True, slots=True)
class Hint:
    """What is known about a value from its context: the thread, assistant and run it belongs to, its kind, and whether
    the list that it is in begins with the newest object.
    """

    thread_id: str | None = None
    assistant_id: str | None = None
    run_id: str | None = None
    kind: Kind | None = None
    newest_first: bool = False

    def at(self, **known: Any) -> "Hint":
        """The same hint with more fields; None values are ignored."""
        return replace(self, **{name: value for name, value in known.items() if value is not None})


class ReadObject(NamedTuple):
    """One object as it was read, not yet checked; ``hint`` supplies fields that it does not have.

    ``kind`` is None if a value was not recognised.  ``dropped``: a code and a detail for each part that the reader had
    to drop.
    """

    kind: Kind | None
    body: Json
    hint: Hint
    dropped: tuple[tuple[str, str], ...] = ()


#: Reads a value inside another one, of any shape.
#: A value with its place and hint, or the code of a problem there.
Value = tuple[Place, Any, Hint]
Wrong = tuple[Place, str, str]
Inner = Callable[[Any, Hint], Iterator[ReadObject]]


class Shape(NamedTuple):
    """A shape of JSON values: whether a value has it, and its reader."""

    about: str
    fits: Callable[[Json, Hint], bool]
    read: Callable[[Json, Hint, Inner], Iterator[ReadObject]]
