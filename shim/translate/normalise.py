"""Converts upstream's events to the form that all rules need.

Servers leave fields out, send null, or send another type.  Each event is normalised once, when it arrives; after that
every field that a rule reads has its type, or is None or absent.  A wrong value is converted if possible, else left
out.  An event without its essential field is useless: it gets a type of its own, for which there is no rule, so that it
is skipped and logged once like any unknown event.

`FIELDS` is the table: one row for each event with fields that are read.  A correct event is returned unchanged, after a
few look-ups.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from shim.wire import encoding
from shim.wire.types import Json

#: Converts a field's value to the type that rules read; None if that is impossible.
Reader = Callable[[Any], Any]

#: The last events of a response.  Some older proxies send ``response.done``.
TERMINAL: Final = frozenset(
    {"response.completed", "response.incomplete", "response.failed", "response.cancelled", "response.done"}
)


def text(value: Any) -> str | None:
    """A text.  Some servers wrap it into an object."""
    if value.__class__ is str:
        return value
    return text(value.get("text", value.get("value"))) if isinstance(value, dict) else None


def number(value: Any) -> int | None:
    """A whole number that is not negative."""
    return value if type(value) is int and value >= 0 else None


def _mapping(value: Any) -> Json | None:
    return value if isinstance(value, dict) else None


def _score(value: Any) -> float | None:
    return value if type(value) in (int, float) and encoding.is_finite(value) else None


def _serialised(value: Any) -> str | None:
    """JSON as text.  Some servers send the object itself; an empty one counts as missing."""
    return encoding.dumps(value) if value and isinstance(value, dict) else text(value)


def _listed(read: Reader) -> Reader:
    """A list without the entries that cannot be read; a value that is no list becomes an empty one."""

    def read_all(values: Any) -> list[Any]:
        if not isinstance(values, list):
            return []
        results = [each for value in values if (each := read(value)) is not None]
        return values if len(results) == len(values) and all(map(_same, results, values)) else results

    return read_all


def _same(one: Any, other: Any) -> bool:
    return one is other


def _with(source: Json, readers: Mapping[str, Reader], **known: Any) -> Json:
    """The object with the named fields converted; the same object if nothing had to be changed."""
    changes = {name: value for name, value in known.items() if source.get(name) != value}
    for name, read in readers.items():
        value = source.get(name)
        if value is not None and (normal := read(value)) is not value:
            changes[name] = normal
    return source | changes if changes else source


# Parts and annotations.

ANNOTATION: Final[dict[str, Reader]] = {
    "file_id": text,
    "filename": text,
    "url": text,
    "container_id": text,
    "index": number,
    "start_index": number,
    "end_index": number,
}
#: The fields that each kind of annotation needs.
ANNOTATION_NEEDS: Final = {"file_citation": "file_id", "container_file_citation": "file_id", "url_citation": "url"}


def annotation(value: Any) -> Json:
    """An annotation.  One that cannot be shown stays in its list with an empty type, as annotations are counted."""
    if not isinstance(value, dict):
        return {"type": ""}
    kind = value.get("type")
    kind = kind if isinstance(kind, str) else ""
    result = _with(value, ANNOTATION, type=kind)
    return result if result.get(ANNOTATION_NEEDS.get(kind, "type")) is not None else result | {"type": ""}


#: Other names of a part's type.
PART_KINDS: Final = {"text": "output_text"}
#: The type of a part without one, by the fields that it has.
PART_KINDS_BY_FIELD: Final = {"refusal": "refusal", "text": "output_text"}
PART: Final[dict[str, Reader]] = {"text": text, "refusal": text, "annotations": _listed(annotation)}


def part(value: Any) -> Json | None:
    """A content part of a message."""
    if isinstance(value, str) and value:
        return {"type": "output_text", "text": value, "annotations": []}
    if not isinstance(value, dict):
        return None
    kind = value.get("type")
    if not isinstance(kind, str) or not kind:
        kind = next((kind for name, kind in PART_KINDS_BY_FIELD.items() if value.get(name)), None)
    return None if kind is None else _with(value, PART, type=PART_KINDS.get(kind, kind))


def _content(value: Any) -> Any:
    """A message's content.  Some servers send the bare text."""
    return _parts([value] if isinstance(value, str) else value)


_parts: Final = _listed(part)


# Items.


def _result(value: Any) -> Json | None:
    """One result of a file search."""
    if not isinstance(value, dict) or text(value.get("file_id")) is None:
        return None
    return _with(value, {"attributes": _mapping, "filename": text, "text": text, "score": _score})


def _output(value: Any) -> Json | None:
    """An output of code: logs, or a picture."""
    if not isinstance(value, dict):
        return None
    result = _with(value, {"type": text, "logs": text, "url": text})
    return None if result.get("type") == "image" and not result.get("url") else result


#: Fields that all items may have.
ANY_ITEM: Final[dict[str, Reader]] = {"id": text, "call_id": text, "status": text}
#: Fields of an item that are read, by its type.
ITEMS: Final[dict[str, dict[str, Reader]]] = {
    "message": {"content": _content, "phase": text},
    "function_call": {"name": text, "arguments": _serialised},
    "file_search_call": {"results": _listed(_result)},
    "code_interpreter_call": {"code": text, "outputs": _listed(_output)},
    "web_search_call": {"action": _mapping},
    "mcp_list_tools": {"tools": _listed(_mapping), "error": _serialised},
    "mcp_call": {"name": text, "output": _serialised},
    "image_generation_call": {"result": text, "output_format": text},
}
#: The type of an item without one, by the fields that it has.
KINDS_BY_FIELD: Final = {
    "content": "message",
    "role": "message",
    "arguments": "function_call",
    "code": "code_interpreter_call",
}


def item(value: Any) -> Json | None:
    """An output item."""
    if not isinstance(value, dict):
        return None
    kind = value.get("type")
    if not isinstance(kind, str) or not kind:
        kind = next((kind for name, kind in KINDS_BY_FIELD.items() if name in value), None)
    if kind is None:
        return None
    return _with(value, ANY_ITEM | ITEMS.get(kind, {}), type=kind)


# Responses.

COUNTS: Final[dict[str, Reader]] = {"cached_tokens": number, "reasoning_tokens": number}


def _counts(value: Any) -> Json | None:
    return _with(value, COUNTS) if isinstance(value, dict) else None


USAGE: Final[dict[str, Reader]] = {
    "input_tokens": number,
    "output_tokens": number,
    "input_tokens_details": _counts,
    "output_tokens_details": _counts,
}


def _usage(value: Any) -> Json | None:
    return _with(value, USAGE) if isinstance(value, dict) else None


def _code(value: Any) -> str | None:
    """An error code.  Some servers send a number."""
    return str(value) if type(value) is int else text(value)


def error(value: Any) -> Json | None:
    """An error: an object, or a plain text."""
    if isinstance(value, str):
        return {"message": value}
    if not isinstance(value, dict):
        return None
    return _with(value, {"code": _code, "message": text, "param": text, "type": text})


def _reason(value: Any) -> Json | None:
    return _with(value, {"reason": text}) if isinstance(value, dict) else None


RESPONSE: Final[dict[str, Reader]] = {
    "id": text,
    "status": text,
    "output": _listed(item),
    "usage": _usage,
    "error": error,
    "incomplete_details": _reason,
}


def response(value: Any) -> Json | None:
    """A response object, of an event or of a GET."""
    return _with(value, RESPONSE) if isinstance(value, dict) else None


def _ending(value: Any) -> Json:
    """The response of a final event.  The end is processed even if the response is malformed."""
    return response(value) or {}


# Events.

#: The essential field of each event, and its conversion.
FIELDS: Final[dict[str, tuple[str, Reader]]] = {
    **dict.fromkeys(("response.created", "response.queued", "response.in_progress"), ("response", response)),
    **dict.fromkeys(TERMINAL, ("response", _ending)),
    **dict.fromkeys(("response.output_item.added", "response.output_item.done"), ("item", item)),
    "response.content_part.done": ("part", part),
    "response.output_text.delta": ("delta", text),
    "response.text.delta": ("delta", text),
    "response.output_text.done": ("text", text),
    "response.output_text.annotation.added": ("annotation", annotation),
    "response.output_text_annotation.added": ("annotation", annotation),
    "response.refusal.delta": ("delta", text),
    "response.refusal.done": ("refusal", text),
    "response.function_call_arguments.delta": ("delta", text),
    "response.function_call_arguments.done": ("arguments", _serialised),
    "response.code_interpreter_call_code.delta": ("delta", text),
    "response.code_interpreter_call_code.done": ("code", text),
    "response.code_interpreter_call.code.delta": ("delta", text),
    "response.code_interpreter_call.code.done": ("code", text),
}
#: Fields of an event that identify its item.
POSITION: Final[dict[str, Reader]] = {"item_id": text, "output_index": number, "content_index": number}


def event(raw: Json) -> Json:
    """One event."""
    kind = raw["type"]
    if kind == "error":
        return _error_event(raw)
    if (field := FIELDS.get(kind)) is None:
        return raw
    name, read = field
    value = raw.get(name)
    normal = read(value)
    if normal is None:
        return {"type": f"{kind} without its {name}"}
    id, output_index, content_index = raw.get("item_id"), raw.get("output_index"), raw.get("content_index")
    wrong = id.__class__ not in _TEXT or output_index.__class__ not in _NUMBER or content_index.__class__ not in _NUMBER
    if normal is value and not wrong and (output_index or 0) >= 0 and (content_index or 0) >= 0:
        return raw
    return _with(raw, POSITION) | {name: normal}


_TEXT: Final = frozenset({str, type(None)})
_NUMBER: Final = frozenset({int, type(None)})


def _error_event(raw: Json) -> Json:
    """An ``error`` event: nested on the real wire, flat in its documentation."""
    result = _with(raw, {"code": _code, "message": text, "param": text})
    return result if raw.get("error") is None else result | {"error": error(raw["error"])}


def events(read: Iterable[Json]) -> list[Json]:
    """The events of one network read, up to the one that ends the response; later ones are ignored."""
    results: list[Json] = []
    for raw in read:
        results.append(event(raw))
        if results[-1]["type"] in TERMINAL:
            break
    return results
