"""From a plan to the events of its stream.  A table says how each kind of item is told.

Events are made without numbers; `numbered` gives them theirs when nothing more is put in or taken away.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

from . import minting
from .mind import Piece

Json = dict[str, Any]

#: Deltas that were recorded with padding; in background streams none has it.
PADDED: Final = (
    "response.output_text.delta",
    "response.function_call_arguments.delta",
    "response.reasoning_summary_text.delta",
)
ENDS: Final = ("response.completed", "response.incomplete", "response.failed", "response.cancelled")


def event(kind: str, **fields: Any) -> Json:
    return {"type": kind, **dict(sorted(fields.items()))}


def opening(response: Json) -> list[Json]:
    """created and in_progress; in background mode queued between them."""
    if not response["background"]:
        return [event("response.created", response=response), event("response.in_progress", response=response)]
    return [
        event("response.created", response=response),
        event("response.queued", response=response),
        event("response.in_progress", response=response | {"status": "in_progress"}),
    ]


def item(piece: Piece, done: Json, index: int) -> list[Json]:
    """All events of one item; ``done`` is the item as it ends."""
    begun = done | _BEGUN[piece.kind](done)
    return [
        event("response.output_item.added", item=begun, output_index=index),
        *TOLD[piece.kind](piece, done, {"item_id": done["id"], "output_index": index}),
        event("response.output_item.done", item=done, output_index=index),
    ]


def _text(piece: Piece, done: Json, where: Json) -> Iterator[Json]:
    part, where = done["content"][0], {**where, "content_index": 0}
    yield event("response.content_part.added", part=part | {"text": ""}, **where)
    for each in piece.pieces:
        yield event("response.output_text.delta", delta=each, logprobs=[], **where)
    yield event("response.output_text.done", text=piece.said, logprobs=[], **where)
    yield event("response.content_part.done", part=part, **where)


def _refusal(piece: Piece, done: Json, where: Json) -> Iterator[Json]:
    part, where = done["content"][0], {**where, "content_index": 0}
    yield event("response.content_part.added", part=part | {"refusal": ""}, **where)
    for each in piece.pieces:
        yield event("response.refusal.delta", delta=each, **where)
    yield event("response.refusal.done", refusal=piece.said, **where)
    yield event("response.content_part.done", part=part, **where)


def _call(piece: Piece, done: Json, where: Json) -> Iterator[Json]:
    for each in piece.pieces:
        yield event("response.function_call_arguments.delta", delta=each, **where)
    yield event("response.function_call_arguments.done", arguments=piece.said, **where)


def _reasoning(piece: Piece, done: Json, where: Json) -> Iterator[Json]:
    if not piece.pieces:
        return
    part, where = {"type": "summary_text", "text": piece.said}, {**where, "summary_index": 0}
    yield event("response.reasoning_summary_part.added", part=part | {"text": ""}, **where)
    for each in piece.pieces:
        yield event("response.reasoning_summary_text.delta", delta=each, **where)
    yield event("response.reasoning_summary_text.done", text=piece.said, **where)
    yield event("response.reasoning_summary_part.done", part=part, **where)


TOLD: Final[dict[str, Callable[[Piece, Json, Json], Iterator[Json]]]] = {
    "text": _text,
    "refusal": _refusal,
    "call": _call,
    "reasoning": _reasoning,
}
_BEGUN: Final[dict[str, Callable[[Json], Json]]] = {
    "text": lambda done: {"status": "in_progress", "content": []},
    "refusal": lambda done: {"status": "in_progress", "content": []},
    "call": lambda done: {"status": "in_progress", "arguments": ""},
    "reasoning": lambda done: {"summary": []},
}


def ending(response: Json) -> Json:
    """The terminal event; a response's status names it."""
    return event(f"response.{response['status']}", response=response)


def failure(kind: str, code: str, message: str) -> Json:
    """The error event in the nested form, as it is on the wire; the API's description has it flat."""
    return event("error", error={"type": kind, "code": code, "message": message, "param": None})


def numbered(events: list[Json]) -> list[Json]:
    """The events with their numbers, from 0."""
    return [{**each, "sequence_number": number} for number, each in enumerate(events)]


def padded(event: Json) -> Json:
    """The event with its padding, if it is one that has some."""
    if event["type"] not in PADDED:
        return event
    return event | {"obfuscation": minting.obfuscation(event["delta"], event["sequence_number"])}


def middle(events: list[Json]) -> int:
    """The place in the middle of the last item's deltas, where a stream breaks; the end, if there is none."""
    last = max((each.get("output_index", -1) for each in events), default=-1)
    deltas = [
        place
        for place, each in enumerate(events)
        if each.get("output_index") == last and each["type"].endswith(".delta")
    ]
    return deltas[len(deltas) // 2] + (len(deltas) == 1) if deltas else len(events) - 1
