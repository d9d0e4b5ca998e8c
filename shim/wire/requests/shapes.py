"""Parts of the request models: strict objects, limits, and unions that choose a branch before they validate.

Pydantic's own unions report the errors of every branch.  `ByType` picks the branch by an object's ``type`` from a
table, `ByKind` by the kind of JSON value, so that an error is always about the branch that the caller meant.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

#: Marks the steps of pydantic's error location that name a branch and are not part of the path.
BRANCH: Final = "\0"


class Shape(BaseModel):
    """A JSON object: nothing converted, unknown keys refused."""

    model_config = ConfigDict(strict=True, extra="forbid", protected_namespaces=())


class _Union:
    """An annotation that replaces the schema of what it annotates by a tagged union over ``branches``."""

    problem: str

    def __init__(self, branches: Mapping[str, Any], expected: str) -> None:
        self.branches = branches
        self.expected = expected

    def branch(self, value: Any) -> str | None:
        raise NotImplementedError

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.tagged_union_schema(
            {BRANCH + name: handler.generate_schema(shape) for name, shape in self.branches.items()},
            discriminator=self.branch,
            custom_error_type=self.problem,
            custom_error_message="no such branch",
            custom_error_context={"expected": self.expected, "branches": " ".join(self.branches)},
        )


class ByType(_Union):
    """A union of objects by their ``type``: a table from type to model, in the order in which errors name the types."""

    problem = "wrong_branch"

    def __init__(self, branches: Mapping[str, type[BaseModel]]) -> None:
        super().__init__(branches, "an object")

    def branch(self, value: Any) -> str | None:
        name = value.get("type") if isinstance(value, dict) else None
        return BRANCH + name if isinstance(name, str) else None


class ByKind(_Union):
    """A union of a string and another kind of value; ``expected``: the text for errors."""

    problem = "wrong_kind"

    def __init__(self, expected: str, *, string: Any, array: Any = None, object: Any = None) -> None:
        shapes = {"str": string, "list": array, "dict": object}
        super().__init__({kind: shape for kind, shape in shapes.items() if shape is not None}, expected)

    def branch(self, value: Any) -> str | None:
        return BRANCH + type(value).__name__


def _keys_short_enough(value: dict[str, str]) -> dict[str, str]:
    for key in value:
        if len(key) > METADATA_KEY:
            raise PydanticCustomError("key_too_long", "key too long", {"key": key, "limit": METADATA_KEY})
    return value


METADATA_KEY: Final = 64

#: Any text that a person wrote for a model: instructions, messages.
Text = Annotated[str, Field(max_length=256_000)]
#: The names of functions and schemas.
Name = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-zA-Z0-9_-]+$")]
Metadata = Annotated[
    dict[str, Annotated[str, Field(max_length=512)]], Field(max_length=16), AfterValidator(_keys_short_enough)
]
Temperature = Annotated[float, Field(ge=0, le=2)]
Fraction = Annotated[float, Field(ge=0, le=1)]
Index = Annotated[int, Field(ge=1)]
