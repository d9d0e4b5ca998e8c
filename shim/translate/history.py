"""Messages and journalled items as input of the next call.

Items are not sent again verbatim: ids and statuses are left out, as they belong to the response that contained them.
Calls are sent only with their outputs, and reasoning only if it is encrypted and the next item is sent, too.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from shim.translate import items
from shim.wire import encoding
from shim.wire.texts import Items
from shim.wire.types import Json

#: Identifies a call and its output: the response with the call, and the call's id.
Pair = tuple[str | None, str | None]

#: Outputs that approve a call: one of these words, or the same as JSON.  Any other output refuses it.
APPROVED: Final = re.compile(r"\W*(approved?\W+)?(true|yes|approved?)\W*$", re.IGNORECASE)
#: Items that need an answer of the application, and the items that answer them.
CALL_ITEMS: Final = ("function_call", "mcp_approval_request")
OUTPUT_ITEMS: Final = ("function_call_output", "mcp_approval_response")


@dataclass(frozen=True, slots=True)
class Entry:
    """One journalled item: its position in the thread, where it came from, and the item."""

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


def _refusal(part: Json, role: str) -> Json:
    # Only a model's message can have a refusal; in other messages it becomes text.
    name, kind = ("refusal", "refusal") if role == "assistant" else ("text", "input_text")
    return {"type": kind, name: part["refusal"]}


#: A message's content part in the form of an input item.
PARTS: Final[dict[str, Callable[[Json, str], Json]]] = {
    "text": _text,
    "image_file": _image_file,
    "image_url": _image_url,
    "refusal": _refusal,
}


def of_message(message: Json) -> Json:
    """A posted message as an input item."""
    role = message["role"]
    parts = [PARTS[part["type"]](part, role) for part in message["content"]]
    return {"type": "message", "role": role, "content": parts}


def of_output(call_id: str, output: str, name: str = "", upstream_id: str | None = None) -> Json:
    """A tool's output for the journal; if ``name`` is the tool that requests an approval, the approval.

    ``upstream_id``: upstream's id of the call, if it differs from ``call_id``.
    """
    if name == "mcp_approval_request":
        request_id = upstream_id or call_id
        return {
            "type": "mcp_approval_response",
            "approval_request_id": request_id,
            "approve": bool(APPROVED.match(output)),
        }
    item = {"type": "function_call_output", "call_id": items.call_id(call_id), "output": output}
    known_as = upstream_id or call_id
    return item if known_as == item["call_id"] else item | {items.KNOWN_AS: known_as}


def _replayed_message(item: Json) -> Json | None:
    if item["role"] != "assistant":
        return _only(item, "role", "content")
    parts = [
        {"type": part["type"], key: part[key]}
        for part in item["content"]
        for key in (("text", "refusal")[part["type"] == "refusal"],)
        if part.get(key)
    ]
    phase = {"phase": item["phase"]} if item.get("phase") else {}
    return {"type": "message", "role": "assistant", "content": parts} | phase if parts else None


def _replayed_call(item: Json) -> Json | None:
    return _only(item, "call_id", "name", "arguments")


def _replayed_output(item: Json) -> Json | None:
    return _only(item, "call_id", "output")


def _replayed_reasoning(item: Json) -> Json | None:
    return _only(item, "summary", "encrypted_content") if item.get("encrypted_content") else None


def _replayed_approval_request(item: Json) -> Json | None:
    return _only(item, "id", "server_label", "name", "arguments")


def _replayed_approval_response(item: Json) -> Json | None:
    return _only(item, "approval_request_id", "approve")


def _only(item: Json, *names: str) -> Json:
    return {name: item[name] for name in ("type", *names)}


#: The form in which items are sent again.  Other items (hosted calls, deleted containers) are not sent; their results
#: are in the text of the answer.
REPLAYED: Final[dict[str, Callable[[Json], Json | None]]] = {
    "message": _replayed_message,
    "function_call": _replayed_call,
    "function_call_output": _replayed_output,
    "reasoning": _replayed_reasoning,
    "mcp_approval_request": _replayed_approval_request,
    "mcp_approval_response": _replayed_approval_response,
}


class _Line(NamedTuple):
    """The data of an entry that is needed until all are read: small, as there may be ten thousand.

    ``made_by``: the response.  ``from_caller``: it came from the user or the application.  ``text``: the item to send,
    if any.  ``for_chain``: for an output, the item to send if the chain itself contains its call under another id.
    ``as_message``: a call or an output as a message, if upstream refuses it as a call.
    """

    kind: str
    made_by: str | None
    call_id: str | None
    whole: bool
    from_caller: bool
    text: bytes | None
    for_chain: bytes | None
    as_message: bytes | None

    @property
    def pair(self) -> Pair:
        """Identifies a call and its output.  The call's id alone is not sufficient, as some servers use the same ids in
        every response.
        """
        return self.made_by, self.call_id


#: The texts for a call and its output that a server refuses as items.
CALL_TEXT: Final = "[The assistant called the function {name} as {call_id} with these arguments: {arguments}]"
OUTPUT_TEXT: Final = "[The function called as {call_id} gave this output: {output}]"


#: The role, the kind of part and the text of such a message.
AS_MESSAGE: Final = {
    "function_call": ("assistant", "output_text", CALL_TEXT),
    "function_call_output": ("user", "input_text", OUTPUT_TEXT),
}


def _as_message(item: Json) -> bytes:
    """A call, or an output, as a message."""
    role, kind, template = AS_MESSAGE[item["type"]]
    content = [{"type": kind, "text": template.format_map(item)}]
    return encoding.compact({"type": "message", "role": role, "content": content})


def _line(entry: Entry, as_text: Collection[Pair] = ()) -> _Line:
    item = entry.item
    kind = item["type"]
    replayed = REPLAYED[kind](item) if kind in REPLAYED else None
    from_caller = kind in OUTPUT_ITEMS or item.get("role") == "user"
    call_id = item.get("call_id") or item.get("approval_request_id") or item.get("id")
    text = None if replayed is None else encoding.compact(replayed)
    known_as = item.get(items.KNOWN_AS)
    for_chain = None if known_as is None or replayed is None else encoding.compact(replayed | {"call_id": known_as})
    as_message = _as_message(item) if kind in AS_MESSAGE and (entry.response_id, call_id) in as_text else None
    return _Line(
        kind, entry.response_id, call_id, item.get("status") != "incomplete", from_caller, text, for_chain, as_message
    )


def compose(
    entries: Iterable[Entry],
    previous: str | None = None,
    *,
    thoughts: bool = True,
    as_text: Collection[Pair] = (),
) -> Items:
    """The input that sends ``entries`` to a model that gets the chain up to the response ``previous``.

    Each entry is dropped after it has been read, to save memory.  ``thoughts``: whether upstream can read encrypted
    reasoning.  ``as_text``: calls that upstream refuses; they are sent as text, with their outputs.
    """
    lines = [_line(entry, as_text) for entry in entries]
    return Items(text for _, text in _sent_items(lines, previous, thoughts))


def placed(entries: Iterable[Entry]) -> dict[int, Json]:
    """The items that send ``entries`` without a chain, each by its entry's position in the thread."""
    read = list(entries)
    composed = _sent_items([_line(entry) for entry in read], None, thoughts=True)
    return {read[position].seq: encoding.parsed(text) for position, text in composed}


def _sent_items(lines: list[_Line], previous: str | None, thoughts: bool) -> Iterator[tuple[int, bytes]]:
    """The items that are sent, in order, each with the index of its line."""
    paired = _paired(lines)
    waiting: list[tuple[int, str | None, bytes]] = []
    for position, line in enumerate(lines):
        if line.kind == "reasoning":
            waiting += [(position, line.made_by, line.text)] if line.text is not None and thoughts else []
            continue
        if line.as_message is not None and position in paired:
            yield position, line.as_message
        elif line.text is not None and (position in paired or _fits(line, previous)):
            for at, made_by, thought in waiting:
                if made_by == line.made_by and not line.from_caller:
                    yield at, thought
            yield position, line.text if position in paired or line.for_chain is None else line.for_chain
        waiting = []


def _approvals(lines: list[_Line]) -> set[Pair]:
    """The approvals that were given last and not used yet.  An older one would start its call a second time."""
    approvals: set[Pair] = set()
    for line in lines:
        if line.kind == "mcp_approval_response":
            approvals.add(line.pair)
        elif not line.from_caller:
            approvals.clear()
    return approvals


def _paired(lines: list[_Line]) -> set[int]:
    """The indices of calls and outputs that belong together: each call with its one output."""
    approvals = _approvals(lines)
    calls: dict[Pair, int] = {}
    positions: set[int] = set()
    for position, line in enumerate(lines):
        if line.kind in CALL_ITEMS and line.whole:
            calls[line.pair] = position
        elif line.pair in calls and (line.kind == "function_call_output" or line.pair in approvals):
            positions |= {position, calls.pop(line.pair)}
    return positions


def _fits(line: _Line, previous: str | None) -> bool:
    """Whether an item without its pair is sent: an output is sent alone if its call is the last item of the chain."""
    return line.kind not in CALL_ITEMS and (
        line.kind not in OUTPUT_ITEMS or (previous is not None and line.made_by == previous)
    )
