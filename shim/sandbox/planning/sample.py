"""A value that satisfies a JSON schema: always the same one, with every required property and no empty string."""

from collections.abc import Callable
from typing import Any, Final

from shim.wire.types import Json

#: A schema may refer to itself; below this depth optional properties are left out and lists are as short as allowed.
DEEP: Final = 6
#: Below this depth the schema requires an infinite value.
BOTTOM: Final = 40

FORMATS: Final[dict[str, str]] = {
    "date": "2026-01-02",
    "time": "03:04:05Z",
    "date-time": "2026-01-02T03:04:05Z",
    "duration": "PT1H",
    "email": "someone@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


def value(schema: Json | None, hint: str = "text") -> Any:
    """``hint``, the property's name, is the value of strings without other conditions."""
    root = schema or {"type": "object"}
    return _make(root, hint, root, 0)


def _make(schema: Any, hint: str, root: Json, depth: int) -> Any:
    if not isinstance(schema, dict) or depth > BOTTOM:
        return hint
    if "$ref" in schema:
        return _make(_resolved(schema["$ref"], root), hint, root, depth + 1)
    stated = _stated(schema)
    if stated is not None:
        return stated[0]
    if "allOf" in schema:
        return _make(_merged(schema, root), hint, root, depth + 1)
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices:
        return _make(_first_choice(choices, depth), hint, root, depth + 1)
    return MAKERS[_kind(schema, depth)](schema, hint, root, depth)


def _stated(schema: Json) -> tuple[Any] | None:
    """A value that the schema itself contains."""
    if "const" in schema:
        return (schema["const"],)
    for keyword in ("enum", "examples"):
        if schema.get(keyword):
            return (schema[keyword][0],)
    return (schema["default"],) if schema.get("default") not in (None, "") else None


def _resolved(pointer: str, root: Json) -> Any:
    resolved: Any = root
    for part in pointer.removeprefix("#").split("/"):
        if part and isinstance(resolved, dict):
            resolved = resolved.get(part.replace("~1", "/").replace("~0", "~"), {})
    return resolved


def _merged(schema: Json, root: Json) -> Json:
    merged: Json = {keyword: each for keyword, each in schema.items() if keyword != "allOf"}
    for part in schema["allOf"]:
        part = _resolved(part["$ref"], root) if "$ref" in part else part
        for keyword, each in part.items():
            old = merged.get(keyword)
            if isinstance(old, dict) and isinstance(each, dict):
                merged[keyword] = {**old, **each}
            elif isinstance(old, list) and isinstance(each, list):
                merged[keyword] = [*old, *each]
            else:
                merged[keyword] = each
    return merged


def _first_choice(choices: list[Any], depth: int) -> Any:
    """The first choice that is not null; null if the schema is too deep."""
    plain = [each for each in choices if isinstance(each, dict) and each.get("type") != "null"]
    null = [each for each in choices if each not in plain]
    return (null or plain)[0] if depth > DEEP else (plain or null)[0]


def _kind(schema: Json, depth: int) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        plain = [each for each in kind if each != "null"]
        kind = "null" if not plain or (depth > DEEP and "null" in kind) else plain[0]
    if kind in MAKERS:
        return str(kind)
    return next((type_name for keyword, type_name in _IMPLIED.items() if keyword in schema), "string")


_IMPLIED: Final[dict[str, str]] = {
    "properties": "object",
    "items": "array",
    "minLength": "string",
    "minimum": "number",
}


def _object(schema: Json, hint: str, root: Json, depth: int) -> Json:
    properties = schema.get("properties", {})
    required = schema.get("required", [])
    result = {name: _make(each, name, root, depth + 1) for name, each in properties.items() if name in required}
    return result | {name: name for name in required if name not in properties}


def _array(schema: Json, hint: str, root: Json, depth: int) -> list[Any]:
    least = int(schema.get("minItems", 0))
    wanted = least if depth > DEEP else max(least, min(1, schema.get("maxItems", 1)))
    singular = hint.removesuffix("s") or hint
    return [_make(schema.get("items", {}), singular, root, depth + 1) for _ in range(wanted)]


def _string(schema: Json, hint: str, root: Json, depth: int) -> str:
    text = FORMATS.get(schema.get("format", ""), hint) or "text"
    text = text.ljust(int(schema.get("minLength", 1)), "x")
    return text[: schema.get("maxLength", len(text))]


def _number(schema: Json) -> float:
    step = schema.get("multipleOf", 1)
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    high = schema.get("maximum", schema.get("exclusiveMaximum"))
    number: float = step if low is None else -(-low // step) * step
    if low is not None and number == schema.get("exclusiveMinimum"):
        number += step
    if high is not None and number > high:
        number = high // step * step
    return number - step if high is not None and number == schema.get("exclusiveMaximum") else number


MAKERS: Final[dict[str, Callable[[Json, str, Json, int], Any]]] = {
    "object": _object,
    "array": _array,
    "string": _string,
    "integer": lambda schema, hint, root, depth: int(_number(schema)),
    "number": lambda schema, hint, root, depth: float(_number(schema)),
    "boolean": lambda schema, hint, root, depth: True,
    "null": lambda schema, hint, root, depth: None,
}
