"""What readers yield: objects of the old API as far as the input has them."""

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
    """What is known of a value from what stands around it: the thread, assistant and run it belongs to, its kind."""

    thread_id: str | None = None
    assistant_id: str | None = None
    run_id: str | None = None
    kind: Kind | None = None

    def at(self, **known: Any) -> "Hint":
        """The same, and more; what is None says nothing."""
        return replace(self, **{name: value for name, value in known.items() if value is not None})


class Found(NamedTuple):
    """One object as it was read, not yet checked; ``hint`` fills in what it does not say itself.

    ``kind`` is None where nothing could be made of a value.  ``lost``: a code and a detail for each thing that the
    reader could not take along.
    """

    kind: Kind | None
    body: Json
    hint: Hint
    lost: tuple[tuple[str, str], ...] = ()


#: Reads a value that stands inside another one, whatever its shape.
#: A value with its place and what is known of it, or the code of what is wrong there.
Value = tuple[Place, Any, Hint]
Wrong = tuple[Place, str, str]
Inner = Callable[[Any, Hint], Iterator[Found]]


class Shape(NamedTuple):
    """A shape of JSON values: whether a value has it, and its reader."""

    about: str
    fits: Callable[[Json, Hint], bool]
    read: Callable[[Json, Hint, Inner], Iterator[Found]]
