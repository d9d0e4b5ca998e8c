"""Items in the one form that any server takes.

An item is normalised when it is journalled, so that nothing odd that upstream once said is ever sent back; and again
when the journal is read, as older journals hold items as they came.  An item in order is returned as it is.  Where
something had to be mended the item as it came stands beside, under `VERBATIM`, for whoever traces what was said.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from shim.wire import encoding
from shim.wire.types import Json

#: Makes of a field's value the one that any server takes.
Reader = Callable[[Any], Any]

VERBATIM: Final = "verbatim"
#: Under which name an output has upstream's id of its call, where the program knows the call by another.
KNOWN_AS: Final = "known_as"
#: Names of functions and ids of calls: https://platform.openai.com/docs/api-reference/responses/create
LONGEST: Final = 64
_FORBIDDEN: Final = re.compile(r"[^a-zA-Z0-9_-]")
NAMELESS: Final = "unnamed"
#: Under which name arguments stand that are no JSON object, as the text that the model wrote.
INVALID: Final = "invalid_json"
ROLES: Final = ("user", "assistant", "system", "developer")
#: Parts without any text that a message may hold.
MEDIA: Final = ("input_image", "input_file", "input_audio")


def name(given: Any) -> str:
    """A function's name in the allowed form."""
    return _FORBIDDEN.sub("_", given)[:LONGEST] if isinstance(given, str) and given else NAMELESS


def call_id(given: Any) -> str:
    """A call's id in the allowed form.  Two that differ stay different."""
    text = given if isinstance(given, str) else ""
    if text and len(text) <= LONGEST and not _FORBIDDEN.search(text):
        return text
    mark = hashlib.sha256(text.encode("utf-16-le", "surrogatepass")).hexdigest()[:16]
    return f"{_FORBIDDEN.sub('_', text)[: LONGEST - 17]}_{mark}"


def arguments(given: Any) -> str:
    """A call's arguments as the text of a JSON object: some servers read them when a conversation is told anew."""
    if not isinstance(given, str):
        given = "" if given is None else encoding.text(given)
    given = encoding.well_formed(given)
    if not given.strip():
        return "{}"
    try:
        found = encoding.parsed(given)
    except ValueError:
        found = given
    if isinstance(found, dict):
        # Halves of surrogate pairs may be gone.
        return given if encoding.is_strict(given) else encoding.text(found)
    return encoding.text({INVALID: given})


def _text(given: Any) -> str:
    if isinstance(given, dict):
        given = given.get("value", given.get("text"))
    return given if isinstance(given, str) else ""


def _output(given: Any) -> Any:
    if isinstance(given, (str, list)):
        return given
    return "" if given is None else encoding.text(given)


def _content(given: Any, kind: str) -> list[Json]:
    parts = given if isinstance(given, list) else [given]
    found = [made for part in parts if (made := _part(part, kind)) is not None]
    same = len(found) == len(parts) and all(one is other for one, other in zip(found, parts, strict=True))
    return parts if same else found


def _part(part: Any, kind: str) -> Json | None:
    """A content part; None for what holds nothing.  ``kind``: what a text is called."""
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


#: What is mended of an item, by its type.  A message's parts depend on who speaks.
FIELDS: Final[dict[str, Mapping[str, Reader]]] = {
    "function_call": {"call_id": call_id, "name": name, "arguments": arguments},
    "function_call_output": {"call_id": call_id, "output": _output},
    "reasoning": {"summary": _listed, "encrypted_content": _optional},
    "mcp_approval_request": {"id": _text, "server_label": _text, "name": _text, "arguments": arguments},
    "mcp_approval_response": {"approval_request_id": _text, "approve": bool},
}
#: Texts that any item may have, or null.
NAMES: Final = ("id", "call_id", "approval_request_id", "status", "phase")
#: An item without a type is told by what it has; the first that fits counts.
TOLD_BY: Final = {
    "content": "message",
    "role": "message",
    "output": "function_call_output",
    "arguments": "function_call",
    "name": "function_call",
    "encrypted_content": "reasoning",
}


def normal(given: Any) -> Json:
    """The item in the form that any server takes; itself where it has that."""
    if not isinstance(given, dict):
        return {"type": "message", "role": "assistant", "content": _content(given, "output_text")}
    item: Json = given
    kind = item.get("type")
    if not isinstance(kind, str) or not kind:
        kind = next((kind for field, kind in TOLD_BY.items() if field in item), "message")
        item = {**item, "type": kind}
    if any(not isinstance(item.get(field), str | None) for field in NAMES):
        item = item | {field: None for field in NAMES if not isinstance(item.get(field), str | None)}
    if kind == "message":
        return _message(item)
    if kind == "function_call" and not item.get("call_id"):
        item = item | {"call_id": item.get("id")}
    return _with(item, {field: read(item.get(field)) for field, read in FIELDS.get(kind, {}).items()})


def _with(item: Json, values: Json) -> Json:
    """The item with these values; itself where it has them."""
    return item if all(field in item and item[field] == value for field, value in values.items()) else item | values


def journalled(item: Any, told_id: str | None = None) -> Json:
    """An item as the journal gets it.  ``told_id``: of a call, the id under which the program answers it; where that
    is not upstream's own, upstream's stands beside it.
    """
    found = normal(item)
    if told_id is not None and found["type"] == "function_call":
        found = _with(found, {"call_id": call_id(told_id)})
    same = found is item
    return found if same else found | {VERBATIM: item}
