"""The data types: what is found in a file, and what belongs to an assistant."""

from dataclasses import dataclass, field

from shim.migrate.signatures import Keys, Signature
from shim.wire.types import Json


@dataclass(frozen=True, slots=True)
class Place:
    """The place of something that was found.  ``line``: 0 in the environment, which has none.  ``name``: its name
    there.
    """

    file: str
    line: int
    name: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place} ({self.name})" if self.name else place


@dataclass(frozen=True, slots=True)
class Function:
    """A function as it is described to a model.  ``description`` is None if unknown, ``parameters`` is empty then.
    ``origin``: where the parameters come from, if they were concluded from code; ``note``: a remark about them;
    ``unread``: parts of the description that are known only at run time.
    """

    description: str | None
    parameters: Json
    origin: str = ""
    note: str = ""
    unread: tuple[str, ...] = ()

    @property
    def is_bare(self) -> bool:
        """Whether it has no parameters that are known."""
        return not self.parameters.get("properties")


@dataclass(frozen=True, slots=True)
class Given:
    """What an argument in the code has from the model's call: some ``keys``, or the ``whole`` dictionary.  ``direct``:
    it is the value of the key itself.
    """

    keys: Keys = field(default_factory=dict)
    direct: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Use:
    """A call of a Python function.  ``callee``: its name, empty if it is looked up by the name in the model's call;
    ``spread``: it gets the arguments under their names.
    """

    callee: str
    positional: tuple[Given, ...]
    named: dict[str, Given]
    spread: bool

    @property
    def passes_whole(self) -> bool:
        """Whether all arguments are passed on as one dictionary."""
        return any(each.whole for each in (*self.positional, *self.named.values()))


@dataclass(frozen=True, slots=True)
class Branch:
    """The code that runs for one function: the ``keys`` that it reads, and its calls."""

    keys: Keys
    uses: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class Setup:
    """A call or an object with settings of an assistant.  ``values``: model, name, instructions, as far as they can be
    read; ``computed``: those of them that are known only at run time, wholly or in part.  ``id``: the assistant's id,
    if it is given; a call that creates one has none.
    """

    place: Place
    values: dict[str, str]
    computed: frozenset[str] = frozenset()
    id: str = ""


@dataclass(slots=True, kw_only=True)
class Evidence:
    """What says something about an assistant, each with its place.  ``functions``: names that are handled; ``hosted``:
    the API's own tools; ``stores``: ids of vector stores; ``models``: their names; ``setups``: calls and objects with
    settings; ``changes``: calls that change an assistant; ``unread``: function tools whose name is known only at run
    time.
    """

    functions: dict[str, Place] = field(default_factory=dict)
    hosted: dict[str, Place] = field(default_factory=dict)
    stores: dict[str, Place] = field(default_factory=dict)
    models: dict[str, Place] = field(default_factory=dict)
    setups: list[Setup] = field(default_factory=list)
    changes: list[Place] = field(default_factory=list)
    unread: list[Place] = field(default_factory=list)


@dataclass(slots=True)
class File(Evidence):
    """``code``: its text without comments; ``described``: functions that it describes; ``tables``: names in tables,
    with the Python function that each stands for; ``defined``: the parameters of Python functions, with their places;
    ``branches``: the code for single functions; ``uses``: calls of Python functions with what the model gave;
    ``handles``: whether it answers function calls; ``id_variables``: variables and secrets that contain an id.
    """

    name: str
    text: str = ""
    code: str = ""
    ids: dict[str, list[Place]] = field(default_factory=dict)
    id_variables: dict[str, Place] = field(default_factory=dict)
    described: dict[str, tuple[Function, Place]] = field(default_factory=dict)
    tables: dict[str, tuple[str, Place]] = field(default_factory=dict)
    defined: dict[str, tuple[Signature, Place]] = field(default_factory=dict)
    branches: dict[str, list[Branch]] = field(default_factory=dict)
    uses: list[Use] = field(default_factory=list)
    handles: bool = False

    def describe(self, name: str, function: Function, place: Place) -> None:
        """Add a description; the first one with parameters counts."""
        if name not in self.described or (self.described[name][0].is_bare and not function.is_bare):
            self.described[name] = function, place

    def place(self, offset: int) -> Place:
        """The line of a character of the text."""
        return Place(self.name, self.text.count("\n", 0, offset) + 1)


@dataclass(slots=True)
class Adopted(Evidence):
    """An assistant with all that was found about it, each with its place.  ``only``: the project has no other, so that
    settings without an id are its own.
    """

    id: str
    places: list[Place] = field(default_factory=list)
    described: dict[str, Function] = field(default_factory=dict)
    only: bool = False


@dataclass(frozen=True, slots=True)
class Project:
    """``assistants``, in the order in which they are found; ``id_variables``: variables and secrets whose id was not
    found.
    """

    assistants: list[Adopted]
    id_variables: dict[str, Place]
