"""The arguments of a function: as a JSON schema for the model, and checked when the model sends them."""

import functools
import inspect
import json
from collections.abc import Callable
from typing import Annotated, Any, Final, Protocol, get_type_hints

import pydantic
import typing_extensions as typing_more

from shim.wire.types import Json

_Kind = inspect.Parameter
#: Parameters for any number of arguments, which are not in the schema.
_MANY: Final = (_Kind.VAR_POSITIONAL, _Kind.VAR_KEYWORD)
#: Types of defaults that the schema shows.
_SHOWN: Final = (str, int, float, bool)


class InvalidArguments(ValueError):
    """The model sent invalid arguments; the text, which is sent to the model, says which."""


class Check(Protocol):
    """Checks the arguments of a function."""

    schema: Json

    def read(self, arguments: str) -> Json:
        """The arguments by name, from the JSON text that the model wrote.  Raises `InvalidArguments`."""
        ...


class Signature:
    """A function's arguments according to its annotations; checked and converted by pydantic.

    For example, a model's ``"2026-11-27"`` becomes a `date`.  Arguments without annotation are not checked.  Keyword
    arguments that a `functools.partial` has set are not in the schema: the model cannot set them.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        fields = {name: _field(each, hint) for name, each, hint in _parameters(function)}
        more = any(each.kind is _Kind.VAR_KEYWORD for each in inspect.signature(function).parameters.values())
        typed_dict: Any = typing_more.TypedDict
        shape = typed_dict("Arguments", fields)
        shape.__pydantic_config__ = pydantic.ConfigDict(
            extra="allow" if more else "forbid", arbitrary_types_allowed=True
        )
        self._adapter: pydantic.TypeAdapter[Json] = pydantic.TypeAdapter(shape)
        self.schema = _without_titles(self._adapter.json_schema())

    def read(self, arguments: str) -> Json:
        try:
            return self._adapter.validate_json(arguments or "{}")
        except pydantic.ValidationError as problem:
            raise InvalidArguments("; ".join(map(_worded, problem.errors(include_url=False)))) from None


class Schema:
    """Arguments according to a given JSON schema; checked by `jsonschema`."""

    def __init__(self, schema: Json) -> None:
        try:
            from jsonschema.validators import validator_for
        except ImportError:
            raise ImportError(
                "Arguments are checked against a JSON schema by the package jsonschema: "
                'pip install "assistants-shim[relay]"'
            ) from None
        self.schema = schema
        kind = validator_for(schema)
        kind.check_schema(schema)
        self._validator = kind(schema)

    def read(self, arguments: str) -> Json:
        try:
            parsed = json.loads(arguments or "{}")
        except ValueError as problem:
            raise InvalidArguments(f"not JSON: {problem}") from None
        if problems := [f"{each.json_path}: {each.message}" for each in self._validator.iter_errors(parsed)]:
            raise InvalidArguments("; ".join(problems))
        if not isinstance(parsed, dict):
            raise InvalidArguments("not a JSON object")
        return parsed


def call(function: Callable[..., Any], values: Json) -> Any:
    """Call a function with arguments by name, also if it has positional-only parameters."""
    parameters = inspect.signature(function).parameters.values()
    by_place = [values[each.name] for each in parameters if each.kind is _Kind.POSITIONAL_ONLY and each.name in values]
    placed = {each.name for each in parameters if each.kind is _Kind.POSITIONAL_ONLY}
    return function(*by_place, **{name: value for name, value in values.items() if name not in placed})


def _parameters(function: Callable[..., Any]) -> list[tuple[str, inspect.Parameter, Any]]:
    plain: Any = function
    bound: set[str] = set()
    while isinstance(plain, functools.partial):
        bound |= plain.keywords.keys()
        plain = plain.func
    try:
        annotated = plain if inspect.isroutine(plain) or inspect.isclass(plain) else type(plain).__call__
        hints = get_type_hints(annotated.__init__ if inspect.isclass(annotated) else annotated, include_extras=True)
    except NameError as problem:
        raise TypeError(f"the annotations of {plain} cannot be read: {problem}") from problem
    parameters = inspect.signature(function).parameters.items()
    return [
        (name, each, hints.get(name, Any)) for name, each in parameters if each.kind not in _MANY and name not in bound
    ]


def _field(parameter: inspect.Parameter, hint: Any) -> Any:
    default = parameter.default
    if default is _Kind.empty:
        return typing_more.Required[hint]
    if type(default) in _SHOWN:
        hint = Annotated[hint, pydantic.Field(json_schema_extra={"default": default})]
    return typing_more.NotRequired[hint]


def _worded(error: Any) -> str:
    location = ".".join(map(str, error["loc"])) or "arguments"
    return f"{location}: {error['msg']}"


def _without_titles(schema: Any) -> Any:
    """The schema without the titles that pydantic makes from names, which are useless for a model."""
    if isinstance(schema, list):
        return [_without_titles(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: {key: _without_titles(each) for key, each in value.items()}
        if name in ("properties", "$defs")
        else _without_titles(value)
        for name, value in schema.items()
        if name != "title" or not isinstance(value, str)
    }
