"""Messages and journalled items as input of the next call.

What is sent again is not verbatim: ids and statuses belong to the response that made them.  Calls go with their
outputs or not at all, and reasoning only where it is encrypted and its follower goes too.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from shim.wire.texts import Items, dump

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


class _Line(NamedTuple):
    """What is remembered of an entry while the rest is read: little, as there may be ten thousand.

    ``made_by``: the response.  ``given``: it came from the user's side.  ``text``: the item that is sent again, if one
    is.
    """

    kind: str
    made_by: str | None
    call_id: str | None
    whole: bool
    given: bool
    text: bytes | None

    @property
    def pair(self) -> tuple[str | None, str | None]:
        """What a call and its output have in common.  The call's id alone is not it: some servers use the same ones in
        every response.
        """
        return self.made_by, self.call_id


def _line(entry: Entry) -> _Line:
    item = entry.item
    kind = item["type"]
    again = AGAIN[kind](item) if kind in AGAIN else None
    given = kind in ANSWERS or item.get("role") == "user"
    call_id = item.get("call_id") or item.get("approval_request_id") or item.get("id")
    text = None if again is None else dump(again).encode()
    return _Line(kind, entry.response_id, call_id, item.get("status") != "incomplete", given, text)


def compose(entries: Iterable[Entry], previous: str | None = None, *, thoughts: bool = True) -> Items:
    """The input that says ``entries`` to a model that knows the chain up to the response ``previous``.

    Each entry is let go once it has been read.  ``thoughts``: whether upstream can read encrypted reasoning.
    """
    lines = [_line(entry) for entry in entries]
    asked = {line.pair for line in lines if line.kind in ASKS and line.whole}
    paired = asked & ({line.pair for line in lines if line.kind == "function_call_output"} | _leave(lines))
    items: list[bytes] = []
    waiting: list[tuple[str | None, bytes]] = []
    for line in lines:
        if line.kind == "reasoning":
            waiting += [(line.made_by, line.text)] if line.text is not None and thoughts else []
            continue
        if line.text is not None and _fits(line, paired, previous):
            items += [thought for made_by, thought in waiting if made_by == line.made_by and not line.given]
            items.append(line.text)
        waiting = []
    return Items(items)


def _leave(lines: list[_Line]) -> set[tuple[str | None, str | None]]:
    """The leave that was given last, and not yet used: said again later, it would have its call made once more."""
    given: set[tuple[str | None, str | None]] = set()
    for line in lines:
        if line.kind == "mcp_approval_response":
            given.add(line.pair)
        elif not line.given:
            given.clear()
    return given


def _fits(line: _Line, paired: set[tuple[str | None, str | None]], previous: str | None) -> bool:
    if line.kind in ASKS:
        return line.pair in paired
    if line.kind in ANSWERS:
        # Its call may be the chain's own last word.
        return line.pair in paired or (previous is not None and line.made_by == previous)
    return True
