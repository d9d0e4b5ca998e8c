"""What ``strict`` requires of a schema, and how a schema is rewritten when the request does not set ``strict``.

Of 306 recorded function tools sent without ``strict`` all came back ``strict: true``, the schemas rewritten with
``additionalProperties: false`` and every property required.  A schema that cannot be made strict falls back to
``strict: false``, as the API's description says.
"""

from collections.abc import Iterator
from typing import Any, Final

from shim.wire.types import Json

#: Keywords with further schemas: by name, in a list, or a single one.
_NAMED: Final = ("properties", "$defs", "definitions")
_LISTED: Final = ("anyOf", "oneOf", "allOf", "prefixItems")
_SINGLE: Final = ("items",)
_UNSUPPORTED: Final = ("patternProperties", "oneOf", "not", "if", "dependentSchemas", "propertyNames")


def problem(schema: Json) -> str | None:
    """The first reason why ``schema`` is not strict, with the API's text, or None."""
    return no_object(schema) or next(_problems(schema, ()), None)


def no_object(schema: Json) -> str | None:
    """Parameters are an object, strict or not."""
    for keyword, wanted, type_name in (("properties", dict, "object"), ("required", list, "array")):
        if not isinstance(schema.get(keyword, wanted()), wanted):
            return f"{schema[keyword]!r} is not of type '{type_name}'."
    kind = schema.get("type")
    return None if kind == "object" else f"schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{kind}\"'."


def rewritten(schema: Json | None) -> Json | None:
    """The strict form of ``schema``, or None if it has none."""
    strict = _closed(schema if schema is not None else {"type": "object", "properties": {}})
    return None if problem(strict) else strict


def _problems(schema: Json, context: tuple[str, ...]) -> Iterator[str]:
    where = f"In context={_shown(context)}, "
    for keyword in _UNSUPPORTED:
        if keyword in schema:
            yield f"{where}'{keyword}' is not permitted."
    if _is_object(schema):
        yield from (where + each for each in _object_problems(schema))
    for step, inner in _inner(schema):
        yield from _problems(inner, (*context, *step))


def _object_problems(schema: Json) -> Iterator[str]:
    if schema.get("additionalProperties") is not False:
        yield "'additionalProperties' is required to be supplied and to be false."
    required = schema.get("required", [])
    for name in schema.get("properties", {}):
        if name not in required:
            yield (
                "'required' is required to be supplied and to be an array including every key in properties. "
                f"Missing '{name}'."
            )
    for name in required:
        if name not in schema.get("properties", {}):
            yield f"Extra required key '{name}' supplied."


def _shown(context: tuple[str, ...]) -> str:
    return f"({', '.join(repr(each) for each in context)})"


def _is_object(schema: Json) -> bool:
    kind = schema.get("type")
    return kind == "object" or (isinstance(kind, list) and "object" in kind) or "properties" in schema


def _inner(schema: Json) -> Iterator[tuple[tuple[str, ...], Json]]:
    for keyword in _NAMED:
        value = schema.get(keyword)
        if isinstance(value, dict):
            yield from (((keyword, name), each) for name, each in value.items() if isinstance(each, dict))
    for keyword in _LISTED:
        value = schema.get(keyword)
        if isinstance(value, list):
            yield from (((keyword, str(index)), each) for index, each in enumerate(value) if isinstance(each, dict))
    for keyword in _SINGLE:
        value = schema.get(keyword)
        if isinstance(value, dict):
            yield (keyword,), value


def _closed(schema: Any) -> Any:
    if not isinstance(schema, dict):
        return schema
    closed: Json = {}
    for keyword, value in schema.items():
        if keyword in _NAMED and isinstance(value, dict):
            closed[keyword] = {name: _closed(each) for name, each in value.items()}
        elif keyword in _LISTED and isinstance(value, list):
            closed[keyword] = [_closed(each) for each in value]
        elif keyword in _SINGLE:
            closed[keyword] = _closed(value)
        else:
            closed[keyword] = value
    if _is_object(schema):
        closed.setdefault("properties", {})
        closed.setdefault("additionalProperties", False)
        closed["required"] = list(closed["properties"])
    return closed
