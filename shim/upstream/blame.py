"""Finds the calls of a conversation to which a refusal refers.

A call may have a form that one server accepts and the next one refuses.  The refusal refers to it by the position of
the item, by the id of the call, by the function's name, or only with a text about earlier calls, in some cases with
status 500.
"""

import re
from typing import Final

from shim.ports import Refusal
from shim.wire.types import Json

#: Statuses with which a server may refuse the input; None is an error inside an answer with status 200.
FAULTS: Final = frozenset({None, 400, 404, 409, 422, 500, 502})
#: How a server refers to an item of the input by its position.
POSITION: Final = re.compile(r"\binput(?:\[|\.)(\d+)")
#: Texts about earlier calls that name none of them, with the servers that use them.
PHRASES: Final[dict[str, str]] = {
    "llama.cpp": r"Failed to parse tool call arguments as JSON",
    "vLLM, LiteLLM and others in front of chat completions": r"tool_calls\W*\d+\W*function\W*(name|arguments)",
    "Anthropic behind a proxy": r"\btool_use\.(input|name|id)\b",
}
_PHRASES: Final = re.compile("|".join(PHRASES.values()), re.IGNORECASE)
#: The smallest length of a name that can be distinguished from other words.
SHORTEST: Final = 4


def blamed_calls(refusal: Refusal, body: Json) -> set[str]:
    """Ids of the calls in a request's input to which a refusal refers.  Only calls that the input itself contains."""
    if refusal.status not in FAULTS:
        return set()
    items = list(body["input"])
    calls = [item for item in items if item.get("type") == "function_call"]
    if not calls:
        return set()
    text = f"{refusal.param or ''} {refusal.message}"
    positions = [int(position) for position in POSITION.findall(text)]
    blamed = {items[position].get("call_id") for position in positions if position < len(items)}
    blamed |= {call["call_id"] for call in calls if _mentions(text, call["call_id"])}
    known = {tool.get("name") for tool in body.get("tools") or []}
    blamed |= {call["call_id"] for call in calls if call["name"] not in known and _mentions(text, call["name"])}
    ids = {str(call["call_id"]) for call in calls}
    return (blamed & ids) or (ids if _PHRASES.search(text) else set())


def _mentions(text: str, name: str) -> bool:
    return len(name) >= SHORTEST and re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text) is not None
