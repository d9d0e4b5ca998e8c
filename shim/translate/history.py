"""Messages and journalled items as input of the next call.

What is sent again is not verbatim: ids and statuses belong to the response that made them.  Calls go with their
outputs or not at all, and reasoning only where it is encrypted and its follower goes too.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

Json = dict[str, Any]


#: Outputs that give leave: a plain word, or JSON that says so.  Everything else does not.
LEAVE: Final = re.compile(r"\W*(approved?\W+)?(true|yes|approved?)\W*$", re.IGNORECASE)
#: What asks the application for something, and what answers that.
ASKS: Final = ("function_call", "mcp_approval_request")
ANSWERS: Final = ("function_call_output", "mcp_approval_response")


@dataclass(frozen=True, slots=True)
class Entry:
    """One journalled item: its place in the thread, where it came from, and the item."""

    seq: int
    item: Json
    response_id: str | None = None
    message_id: str | None = None
    run_id: str | None = None


def _text(part: Json, role: str) -> Json:
    value = part["text"] if isinstance(part["text"], str) else part["text"]["value"]
    return {"type": "output_text" if role == "assistant" else "input_text", "text": value}


def _image_file(part: Json, role: str) -> Json:
    image = part["image_file"]
    return {"type": "input_image", "file_id": image["file_id"], "detail": image.get("detail") or "auto"}


def _image_url(part: Json, role: str) -> Json:
    image = part["image_url"]
    return {"type": "input_image", "image_url": image["url"], "detail": image.get("detail") or "auto"}


#: A message's content part, as an input item holds it.
PARTS: Final[dict[str, Callable[[Json, str], Json]]] = {
    "text": _text,
    "image_file": _image_file,
    "image_url": _image_url,
}


def of_message(message: Json) -> Json:
    """A posted message as an input item."""
    role = message["role"]
    parts = [PARTS[part["type"]](part, role) for part in message["content"]]
    return {"type": "message", "role": role, "content": parts}


def of_output(call_id: str, output: str, name: str = "") -> Json:
    """A tool's output as an input item; of the tool ``name`` that asks for leave, the leave."""
    if name == "mcp_approval_request":
        return {"type": "mcp_approval_response", "approval_request_id": call_id, "approve": bool(LEAVE.match(output))}
    return {"type": "function_call_output", "call_id": call_id, "output": output}


def _again_message(item: Json) -> Json | None:
    if item["role"] != "assistant":
        return item
    parts = [
        {"type": part["type"], key: part[key]}
        for part in item["content"]
        for key in (("text", "refusal")[part["type"] == "refusal"],)
        if part.get(key)
    ]
    phase = {"phase": item["phase"]} if item.get("phase") else {}
    return {"type": "message", "role": "assistant", "content": parts} | phase if parts else None


def _again_call(item: Json) -> Json | None:
    return {"type": "function_call", "call_id": item["call_id"], "name": item["name"], "arguments": item["arguments"]}


def _again_reasoning(item: Json) -> Json | None:
    if not item.get("encrypted_content"):
        return None
    return {"type": "reasoning", "summary": item.get("summary") or [], "encrypted_content": item["encrypted_content"]}


def _again_approval(item: Json) -> Json | None:
    return {name: item[name] for name in ("type", "id", "server_label", "name", "arguments")}


#: Items that are sent again, and how.  The rest (hosted calls, containers that are long dead) live on in the text they
#: led to.
AGAIN: Final[dict[str, Callable[[Json], Json | None]]] = {
    "message": _again_message,
    "function_call": _again_call,
    "function_call_output": dict,
    "reasoning": _again_reasoning,
    "mcp_approval_request": _again_approval,
    "mcp_approval_response": dict,
}


def compose(entries: Iterable[Entry], previous: str | None = None, *, thoughts: bool = True) -> list[Json]:
    """The input that says ``entries`` to a model that knows the chain up to the response ``previous``.

    ``thoughts``: whether upstream can read encrypted reasoning.
    """
    kept = list(entries)
    asked = {_pair(entry) for entry in kept if entry.item["type"] in ASKS and _whole(entry.item)}
    answered = {_pair(entry) for entry in kept if entry.item["type"] == "function_call_output"} | _leave(kept)
    paired = asked & answered
    items: list[Json] = []
    waiting: list[tuple[str | None, Json]] = []
    for entry in kept:
        again = AGAIN.get(entry.item["type"])
        item = again(entry.item) if again else None
        if entry.item["type"] == "reasoning":
            waiting += [(entry.response_id, item)] if item is not None and thoughts else []
            continue
        if item is not None and _fits(entry, paired, previous):
            items += [thought for made_by, thought in waiting if _follows(entry, made_by)]
            items.append(item)
        waiting = []
    return items


def _follows(entry: Entry, response_id: str | None) -> bool:
    """Whether an item came out of the response that thought so: nothing else may stand behind its reasoning."""
    given = entry.item["type"] in ANSWERS or entry.item.get("role") == "user"
    return entry.response_id == response_id and not given


def _pair(entry: Entry) -> tuple[str | None, str]:
    """Call ids alone do not pair: some servers use the same ones in every response."""
    item = entry.item
    return entry.response_id, item.get("call_id") or item.get("approval_request_id") or item["id"]


def _leave(kept: list[Entry]) -> set[tuple[str | None, str]]:
    """The leave that was given last, and not yet used: said again later, it would have its call made once more."""
    given: set[tuple[str | None, str]] = set()
    for entry in kept:
        if entry.item["type"] == "mcp_approval_response":
            given.add(_pair(entry))
        elif entry.item["type"] not in ANSWERS and entry.item.get("role") != "user":
            given.clear()
    return given


def _whole(item: Json) -> bool:
    return bool(item.get("status") != "incomplete")


def _fits(entry: Entry, paired: set[tuple[str | None, str]], previous: str | None) -> bool:
    kind = entry.item["type"]
    if kind in ASKS:
        return _pair(entry) in paired
    if kind in ANSWERS:
        # Its call may be the chain's own last word.
        return _pair(entry) in paired or (previous is not None and entry.response_id == previous)
    return True
