"""The arguments of functions: their schema for the model, and their validation."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Annotated, Any, Literal

import pydantic
import pytest

from shim.relay.signature import InvalidArguments, Schema, Signature, call


class Unit(Enum):
    CELSIUS = "c"
    FAHRENHEIT = "f"


class Place(pydantic.BaseModel):
    city: str
    country: str = "France"


@dataclass
class Point:
    x: float
    y: float


def plain(city, days=3):  # type: ignore[no-untyped-def]
    return city, days


def typed(
    city: Annotated[str, pydantic.Field(description="Its name", min_length=2)],
    day: date,
    unit: Unit = Unit.CELSIUS,
    kind: Literal["short", "long"] = "short",
    tags: list[str] | None = None,
) -> Any:
    return city, day, unit, kind, tags


def nested(place: Place, point: Point) -> Any:
    return place, point


def odd(model_config: str, json: int, schema: str = "x", title: str = "t") -> Any:
    """A function whose parameters have names that pydantic uses itself."""
    return model_config, json, schema, title


def placed(a: int, /, b: int, *, c: int = 0) -> Any:
    return a, b, c


def open_ended(a: int, *more: int, **others: Any) -> Any:
    return a, more, others


class Service:
    def method(self, city: str) -> str:
        return f"{city}!"

    def __call__(self, city: str) -> str:
        return f"{city}?"


#: A function, arguments as the model writes them, the function's result.
CALLS: list[tuple[Callable[..., Any], str, Any]] = [
    (plain, '{"city": "Paris"}', ("Paris", 3)),
    (plain, '{"city": ["Paris"], "days": null}', (["Paris"], None)),
    (typed, '{"city": "Paris", "day": "2026-11-27"}', ("Paris", date(2026, 11, 27), Unit.CELSIUS, "short", None)),
    (
        typed,
        '{"city": "Paris", "day": "2026-11-27", "unit": "f", "kind": "long", "tags": ["a"]}',
        ("Paris", date(2026, 11, 27), Unit.FAHRENHEIT, "long", ["a"]),
    ),
    (nested, '{"place": {"city": "Nice"}, "point": {"x": 1, "y": 2}}', (Place(city="Nice"), Point(1.0, 2.0))),
    (odd, '{"model_config": "a", "json": 1, "title": "b"}', ("a", 1, "x", "b")),
    (placed, '{"a": 1, "b": 2}', (1, 2, 0)),
    (open_ended, '{"a": 1, "b": 2}', (1, (), {"b": 2})),
    (Service().method, '{"city": "Paris"}', "Paris!"),
    (Service(), '{"city": "Paris"}', "Paris?"),
    (functools.partial(placed, c=9), '{"a": 1, "b": 2}', (1, 2, 9)),
    (Place, '{"city": "Paris"}', Place(city="Paris")),
    (lambda: "nothing", "", "nothing"),
]


@pytest.mark.parametrize("function, arguments, result", CALLS)
def test_a_function_gets_the_arguments_of_the_model(function: Callable[..., Any], arguments: str, result: Any) -> None:
    assert call(function, Signature(function).read(arguments)) == result


#: A function, arguments that it does not accept, the error that is sent to the model.
REFUSED: list[tuple[Callable[..., Any], str, str]] = [
    (typed, "{", "Invalid JSON"),
    (typed, '{"city": "Paris"}', "day: Field required"),
    (typed, '{"city": "P", "day": "2026-11-27"}', "city: String should have at least 2 characters"),
    (typed, '{"city": "Paris", "day": "soon"}', "day: Input should be a valid date"),
    (typed, '{"city": "Paris", "day": "2026-11-27", "unit": "k"}', "unit: Input should be 'c' or 'f'"),
    (nested, '{"place": {}, "point": {"x": 1, "y": "z"}}', "place.city: Field required; point.y: Input should be"),
    (plain, '{"city": 1, "town": 2}', "town: Extra inputs are not permitted"),
    (plain, "[1]", "arguments: Input should be an object"),
    (functools.partial(placed, c=9), '{"a": 1, "b": 2, "c": 3}', "c: Extra inputs are not permitted"),
]


@pytest.mark.parametrize("function, arguments, message", REFUSED)
def test_the_error_is_sent_to_the_model(function: Callable[..., Any], arguments: str, message: str) -> None:
    with pytest.raises(InvalidArguments) as problem:
        Signature(function).read(arguments)
    assert message in str(problem.value)


def test_the_schema_is_made_from_the_annotations() -> None:
    schema = Signature(typed).schema
    assert schema["required"] == ["city", "day"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["city"] == {"type": "string", "description": "Its name", "minLength": 2}
    assert schema["properties"]["kind"] == {"type": "string", "enum": ["short", "long"], "default": "short"}
    assert schema["$defs"]["Unit"] == {"type": "string", "enum": ["c", "f"]}


def test_a_parameter_named_title_is_in_the_schema() -> None:
    assert set(Signature(odd).schema["properties"]) == {"model_config", "json", "schema", "title"}


def test_keyword_arguments_of_any_name_are_accepted() -> None:
    assert Signature(open_ended).schema["additionalProperties"] is True


def test_annotations_that_cannot_be_resolved() -> None:
    def strange(city: "Nowhere") -> None: ...  # type: ignore[name-defined]  # noqa: F821

    with pytest.raises(TypeError, match=r"annotations of .*strange"):
        Signature(strange)


SCHEMA = {"type": "object", "properties": {"n": {"type": "integer", "minimum": 1}}, "required": ["n"]}


def test_a_schema_written_by_the_user() -> None:
    assert Schema(SCHEMA).read('{"n": 2, "more": true}') == {"n": 2, "more": True}


@pytest.mark.parametrize(
    "arguments, message",
    [
        ("{", "not JSON"),
        ("", "'n' is a required property"),
        ('{"n": 0}', r"\$.n: 0 is less than the minimum of 1"),
        ("[]", "is not of type 'object'"),
    ],
)
def test_arguments_that_a_schema_refuses(arguments: str, message: str) -> None:
    with pytest.raises(InvalidArguments, match=message):
        Schema(SCHEMA).read(arguments)


def test_an_empty_schema_still_requires_an_object() -> None:
    with pytest.raises(InvalidArguments, match="not a JSON object"):
        Schema({}).read("[]")


def test_without_the_package_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "jsonschema.validators", None)
    with pytest.raises(ImportError, match=r"assistants-shim\[relay\]"):
        Schema(SCHEMA)
