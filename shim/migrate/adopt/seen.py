"""What is seen in the files of a project, and what belongs to an assistant."""

from dataclasses import dataclass, field

from shim.wire.types import Json


@dataclass(frozen=True, slots=True)
class Sight:
    """A place where something stands.  ``name``: what it is called there."""

    file: str
    line: int
    name: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" + (f" ({self.name})" if self.name else "")


@dataclass(frozen=True, slots=True)
class Function:
    """A function as it is described to a model.  ``description`` is None where nothing is known of it."""

    description: str | None
    parameters: Json


@dataclass(frozen=True, slots=True)
class Setup:
    """A call or an object that says how an assistant is.  ``values``: model, name, instructions, as far as they can be
    read; ``computed``: those of them that the program makes while it runs, wholly or in part.  ``id``: which assistant
    it is, if that is said.
    """

    place: Sight
    values: dict[str, str]
    computed: frozenset[str] = frozenset()
    id: str = ""


@dataclass(slots=True)
class File:
    """``functions``: names that it handles; ``described``: those that it describes; ``tables``: names in tables, with
    the Python function that each stands for; ``defined``: the parameters of Python functions; ``held``: variables and
    secrets that hold an id; ``changes``: calls that change an assistant.
    """

    name: str
    text: str = ""
    ids: dict[str, list[Sight]] = field(default_factory=dict)
    held: dict[str, Sight] = field(default_factory=dict)
    functions: dict[str, Sight] = field(default_factory=dict)
    described: dict[str, tuple[Function, Sight]] = field(default_factory=dict)
    tables: dict[str, tuple[str, Sight]] = field(default_factory=dict)
    defined: dict[str, Json] = field(default_factory=dict)
    hosted: dict[str, Sight] = field(default_factory=dict)
    stores: dict[str, Sight] = field(default_factory=dict)
    models: dict[str, Sight] = field(default_factory=dict)
    setups: list[Setup] = field(default_factory=list)
    changes: list[Sight] = field(default_factory=list)

    def place(self, offset: int) -> Sight:
        """Where a character of the text stands."""
        return Sight(self.name, self.text.count("\n", 0, offset) + 1)


@dataclass(slots=True)
class Adopted:
    """An assistant, as far as the project knows it; each thing with where it was seen."""

    id: str
    places: list[Sight] = field(default_factory=list)
    functions: dict[str, Sight] = field(default_factory=dict)
    described: dict[str, Function] = field(default_factory=dict)
    hosted: dict[str, Sight] = field(default_factory=dict)
    stores: dict[str, Sight] = field(default_factory=dict)
    models: dict[str, Sight] = field(default_factory=dict)
    setups: list[Setup] = field(default_factory=list)
    changes: list[Sight] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Found:
    """``assistants``, in the order in which they are found; ``held``: names that hold an id which is not here."""

    assistants: list[Adopted]
    held: dict[str, Sight]
