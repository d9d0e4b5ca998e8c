"""Arguments and structured answers are made from schemas."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from shim.sandbox.planning import sample
from shim.sandbox.shapes import strict

ROWS: list[tuple[dict[str, Any], Any]] = [
    ({"type": "string"}, "hint"),
    ({"type": "string", "format": "date"}, "2026-01-02"),
    ({"type": "string", "minLength": 6}, "hintxx"),
    ({"type": "string", "maxLength": 2}, "hi"),
    ({"enum": ["C", "F"]}, "C"),
    ({"const": 7}, 7),
    ({"type": "string", "default": ""}, "hint"),
    ({"type": "integer", "minimum": 5, "multipleOf": 4}, 8),
    ({"type": "integer", "maximum": -3}, -3),
    ({"type": "number", "exclusiveMinimum": 0}, 1.0),
    ({"type": "boolean"}, True),
    ({"type": ["null", "integer"]}, 1),
    ({"type": "array", "items": {"type": "string"}, "minItems": 2}, ["hint", "hint"]),
    ({"anyOf": [{"type": "null"}, {"type": "integer"}]}, 1),
    ({"allOf": [{"type": "object", "properties": {"a": {"type": "string"}}}, {"required": ["a"]}]}, {"a": "a"}),
    ({"type": "object", "properties": {"a": {}, "b": {}}, "required": ["b"]}, {"b": "b"}),
    ({"properties": {"a": {"type": "null"}}, "required": ["a"]}, {"a": None}),
    ({"$ref": "#/$defs/x", "$defs": {"x": {"enum": [3]}}}, 3),
    ({}, "hint"),
]


@pytest.mark.parametrize("schema, expected", ROWS)
def test_a_sample_satisfies_its_schema(schema, expected):
    assert sample.value(schema or {"description": "anything"}, "hint") == expected


def test_a_recursive_schema_gives_a_finite_sample():
    node: dict[str, Any] = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]}},
        "required": ["name", "next"],
    }
    found, depth = sample.value({"$ref": "#/$defs/node", "$defs": {"node": node}}), 0
    while found is not None:
        found, depth = found["next"], depth + 1
    assert 0 < depth < sample.DEEP


class Leaf(BaseModel):
    name: str = Field(min_length=1, max_length=5)
    kind: "int | None"


class Tree(BaseModel):
    leaves: list[Leaf] = Field(min_length=1)
    side: dict[str, int]
    height: float = Field(gt=2, le=9)
    next: "Tree | None"


def test_samples_of_real_models_validate():
    Tree.model_validate(sample.value(Tree.model_json_schema()))


@given(st.integers(-50, 50), st.integers(0, 50), st.sampled_from([1, 2, 3]))
def test_numbers_are_within_their_bounds(low, width, step):
    high = low + width + step
    value = sample.value({"type": "integer", "minimum": low, "maximum": high, "multipleOf": step})
    assert low <= value <= high
    assert value % step == 0


def test_the_rewritten_schema_is_strict():
    schema = {
        "type": "object",
        "properties": {"a": {"type": "object", "properties": {"b": {"type": "string"}}}, "c": {"type": "string"}},
        "required": ["c"],
    }
    made = strict.rewritten(schema)
    assert made == {
        "type": "object",
        "properties": {
            "a": {
                "type": "object",
                "properties": {"b": {"type": "string"}},
                "additionalProperties": False,
                "required": ["b"],
            },
            "c": {"type": "string"},
        },
        "required": ["a", "c"],
        "additionalProperties": False,
    }
    assert strict.problem(made) is None
    assert "additionalProperties" not in schema


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {"a": {"type": "object", "additionalProperties": {"type": "string"}}}},
        {"type": "object", "properties": {}, "additionalProperties": True},
        {"type": "object", "properties": {"a": {"oneOf": [{"type": "string"}]}}},
    ],
)
def test_some_schemas_cannot_be_strict(schema):
    assert strict.rewritten(schema) is None
