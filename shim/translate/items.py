"""Converts items to a form that any server accepts.

An item is normalised when it is journalled, so that malformed data of upstream's is never sent back; and again when the
journal is read, as older journals contain the original items.  A correct item is returned unchanged.  If something had
to be corrected, the original item is stored with it, under `VERBATIM`, for `trace`.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from shim.wire import encoding
from shim.wire.types import Json

#: Converts a field's value to one that any server accepts.
Reader = Callable[[Any], Any]

VERBATIM: Final = "verbatim"
#: The key of upstream's call id in an output, if the program has another id for the call.
KNOWN_AS: Final = "known_as"
#: Names of functions and ids of calls: https://platform.openai.com/docs/api-reference/responses/create
LONGEST: Final = 64
_FORBIDDEN: Final = re.compile(r"[^a-zA-Z0-9_-]")
NAMELESS: Final = "unnamed"
#: The key under which arguments that are no JSON object are sent, as the model's text.
INVALID: Final = "invalid_json"
ROLES: Final = ("user", "assistant", "system", "developer")
#: Parts without text that a message may contain.
MEDIA: Final = ("input_image", "input_file", "input_audio")


def name(value: Any) -> str:
    """A function's name in the allowed form."""
    return _FORBIDDEN.sub("_", value)[:LONGEST] if isinstance(value, str) and value else NAMELESS


def call_id(value: Any) -> str:
    """A call's id in the allowed form.  Different ids stay different."""
    text = value if isinstance(value, str) else ""
    if text and len(text) <= LONGEST and not _FORBIDDEN.search(text):
        return text
    mark = hashlib.sha256(text.encode("utf-16-le", "surrogatepass")).hexdigest()[:16]
    return f"{_FORBIDDEN.sub('_', text)[: LONGEST - 17]}_{mark}"


def arguments(value: Any) -> str:
    """A call's arguments as the text of a JSON object, as some servers parse them when a thread is sent again."""
    if not isinstance(value, str):
        value = "" if value is None else encoding.text(value)
    value = encoding.well_formed(value)
    if not value.strip():
        return "{}"
    try:
        parsed = encoding.parsed(value)
    except ValueError:
        parsed = value
    if isinstance(parsed, dict):
        # The text may differ, as halves of surrogate pairs were replaced.
        return value if encoding.is_strict(value) else encoding.text(parsed)
    return encoding.text({INVALID: value})


def _text(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("value", value.get("text"))
    return value if isinstance(value, str) else ""


def _output(value: Any) -> Any:
    if isinstance(value, (str, list)):
        return value
    return "" if value is None else encoding.text(value)


def _content(value: Any, kind: str) -> list[Json]:
    parts = value if isinstance(value, list) else [value]
    content = [normal_part for part in parts if (normal_part := _part(part, kind)) is not None]
    same = len(content) == len(parts) and all(one is other for one, other in zip(content, parts, strict=True))
    return parts if same else content


def _part(part: Any, kind: str) -> Json | None:
    """A content part; None if it has no content.  ``kind``: the type of a text part."""
    if isinstance(part, str):
        return {"type": kind, "text": part} if part else None
    if not isinstance(part, dict):
        return None
    if part.get("type") in MEDIA:
        return part
    if isinstance(part.get("refusal"), str) and part.get("type") in ("refusal", None):
        return part if "type" in part else part | {"type": "refusal"}
    text = _text(part.get("text"))
    if part.get("type") == kind and part.get("text") == text:
        return part
    return part | {"type": kind, "text": text} if text else None


def _message(item: Json) -> Json:
    role = item.get("role")
    role = role if role in ROLES else "assistant"
    kind = "output_text" if role == "assistant" else "input_text"
    content = _content(item.get("content"), kind)
    return _with(item, {"role": role, "content": content})


def _listed(value: Any) -> Any:
    return value if isinstance(value, list) else []


def _optional(value: Any) -> Any:
    return value if isinstance(value, str) else None


#: The fields of an item that are corrected, by its type.  A message's parts depend on its role.
FIELDS: Final[dict[str, Mapping[str, Reader]]] = {
    "function_call": {"call_id": call_id, "name": name, "arguments": arguments},
    "function_call_output": {"call_id": call_id, "output": _output},
    "reasoning": {"summary": _listed, "encrypted_content": _optional},
    "mcp_approval_request": {"id": _text, "server_label": _text, "name": _text, "arguments": arguments},
    "mcp_approval_response": {"approval_request_id": _text, "approve": bool},
}
#: Texts that any item may have; they may be null.
NAMES: Final = ("id", "call_id", "approval_request_id", "status", "phase")
#: The type of an item without one, by the fields that it has; the first row that fits is used.
KINDS_BY_FIELD: Final = {
    "content": "message",
    "role": "message",
    "output": "function_call_output",
    "arguments": "function_call",
    "name": "function_call",
    "encrypted_content": "reasoning",
}


def normal(value: Any) -> Json:
    """The item in a form that any server accepts; the same object if it already has that form."""
    if not isinstance(value, dict):
        return {"type": "message", "role": "assistant", "content": _content(value, "output_text")}
    item: Json = value
    kind = item.get("type")
    if not isinstance(kind, str) or not kind:
        kind = next((kind for field, kind in KINDS_BY_FIELD.items() if field in item), "message")
        item = {**item, "type": kind}
    if any(not isinstance(item.get(field), str | None) for field in NAMES):
        item = item | {field: None for field in NAMES if not isinstance(item.get(field), str | None)}
    if kind == "message":
        return _message(item)
    if kind == "function_call" and not item.get("call_id"):
        item = item | {"call_id": item.get("id")}
    return _with(item, {field: read(item.get(field)) for field, read in FIELDS.get(kind, {}).items()})


def _with(item: Json, values: Json) -> Json:
    """The item with these values; the same object if it already has them."""
    return item if all(field in item and item[field] == value for field, value in values.items()) else item | values


def journalled(item: Any, emitted_id: str | None = None) -> Json:
    """An item for the journal.  ``emitted_id``: for a call, the id that the program uses; if it differs from
    upstream's, upstream's id is stored as well.
    """
    normal_item = normal(item)
    if emitted_id is not None and normal_item["type"] == "function_call":
        normal_item = _with(normal_item, {"call_id": call_id(emitted_id)})
    same = normal_item is item
    return normal_item if same else normal_item | {VERBATIM: item}
