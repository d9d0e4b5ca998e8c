"""Makes the events of a stream from a plan.  A table has the events of each kind of item.

Events are made without numbers; `numbered` adds them when the list is final.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

from shim.sandbox.shapes import minting
from shim.sandbox.shapes.plan import PlannedItem
from shim.wire.types import Json

#: Deltas that were recorded with padding; in background streams none has it.
PADDED: Final = (
    "response.output_text.delta",
    "response.function_call_arguments.delta",
    "response.reasoning_summary_text.delta",
    "response.code_interpreter_call_code.delta",
    "response.mcp_call_arguments.delta",
)
ENDS: Final = ("response.completed", "response.incomplete", "response.failed", "response.cancelled")


#: The events of one item between its beginning and its end.
ItemEvents = Callable[[PlannedItem, Json, Json], Iterator[Json]]


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


def item(planned: PlannedItem, done: Json, index: int) -> list[Json]:
    """All events of one item; ``done`` is the item as it ends."""
    begun = _BEGUN[planned.kind](done)
    return [
        event("response.output_item.added", item=begun, output_index=index),
        *EVENTS_OF[planned.kind](planned, done, {"item_id": done["id"], "output_index": index}),
        event("response.output_item.done", item=done, output_index=index),
    ]


def _text(planned: PlannedItem, done: Json, where: Json) -> Iterator[Json]:
    part, where = done["content"][0], {**where, "content_index": 0}
    yield event("response.content_part.added", part=part | {"text": "", "annotations": []}, **where)
    position, sent = 0, 0
    for each in ("", *planned.pieces):
        if each:
            yield event("response.output_text.delta", delta=each, logprobs=[], **where)
        position += len(each)
        due = [mark.annotation for mark in planned.marks if mark.at <= position]
        for index in range(sent, len(due)):
            kind = "response.output_text.annotation.added"
            yield event(kind, annotation=due[index], annotation_index=index, **where)
        sent = len(due)
    yield event("response.output_text.done", text=planned.text, logprobs=[], **where)
    yield event("response.content_part.done", part=part, **where)


def _refusal(planned: PlannedItem, done: Json, where: Json) -> Iterator[Json]:
    part, where = done["content"][0], {**where, "content_index": 0}
    yield event("response.content_part.added", part=part | {"refusal": ""}, **where)
    for each in planned.pieces:
        yield event("response.refusal.delta", delta=each, **where)
    yield event("response.refusal.done", refusal=planned.text, **where)
    yield event("response.content_part.done", part=part, **where)


def _call(planned: PlannedItem, done: Json, where: Json) -> Iterator[Json]:
    for each in planned.pieces:
        yield event("response.function_call_arguments.delta", delta=each, **where)
    yield event("response.function_call_arguments.done", arguments=planned.text, **where)


def _reasoning(planned: PlannedItem, done: Json, where: Json) -> Iterator[Json]:
    if not planned.pieces:
        return
    part, where = {"type": "summary_text", "text": planned.text}, {**where, "summary_index": 0}
    yield event("response.reasoning_summary_part.added", part=part | {"text": ""}, **where)
    for each in planned.pieces:
        yield event("response.reasoning_summary_text.delta", delta=each, **where)
    yield event("response.reasoning_summary_text.done", text=planned.text, **where)
    yield event("response.reasoning_summary_part.done", part=part, **where)


def _progress(*names: str) -> ItemEvents:
    """The events of a hosted tool that has only progress events."""

    def events(planned: PlannedItem, done: Json, where: Json) -> Iterator[Json]:
        yield from (event(f"response.{planned.kind}.{name}", **where) for name in names)

    return events


def _code(planned: PlannedItem, done: Json, where: Json) -> Iterator[Json]:
    yield event("response.code_interpreter_call.in_progress", **where)
    for each in planned.pieces:
        yield event("response.code_interpreter_call_code.delta", delta=each, **where)
    yield event("response.code_interpreter_call_code.done", code=planned.text, **where)
    yield event("response.code_interpreter_call.interpreting", **where)
    yield event("response.code_interpreter_call.completed", **where)


def _image(planned: PlannedItem, done: Json, where: Json) -> Iterator[Json]:
    yield event("response.image_generation_call.in_progress", **where)
    yield event("response.image_generation_call.generating", **where)
    options = {name: done[name] for name in ("size", "quality", "background", "output_format")}
    for index, each in enumerate(planned.pieces):
        kind = "response.image_generation_call.partial_image"
        yield event(kind, partial_image_index=index, partial_image_b64=each, **options, **where)
    yield event("response.image_generation_call.completed", **where)


def _mcp(planned: PlannedItem, done: Json, where: Json) -> Iterator[Json]:
    yield event("response.mcp_call.in_progress", **where)
    yield event("response.mcp_call_arguments.delta", delta=planned.text, **where)
    yield event("response.mcp_call_arguments.done", arguments=planned.text, **where)
    yield event(f"response.mcp_call.{'failed' if done['error'] else 'completed'}", **where)


EVENTS_OF: Final[dict[str, ItemEvents]] = {
    "text": _text,
    "refusal": _refusal,
    "call": _call,
    "reasoning": _reasoning,
    "file_search_call": _progress("in_progress", "searching", "completed"),
    "web_search_call": _progress("in_progress", "searching", "completed"),
    "code_interpreter_call": _code,
    "image_generation_call": _image,
    "mcp_list_tools": _progress("in_progress", "completed"),
    "mcp_call": _mcp,
    "mcp_approval_request": _progress(),
}


def _with(**fields: Any) -> Callable[[Json], Json]:
    return lambda done: done | fields


#: An item as it is added, from the item as it ends.
_BEGUN: Final[dict[str, Callable[[Json], Json]]] = {
    "text": _with(status="in_progress", content=[]),
    "refusal": _with(status="in_progress", content=[]),
    "call": _with(status="in_progress", arguments=""),
    "reasoning": _with(summary=[]),
    "file_search_call": _with(status="in_progress", queries=[], results=None),
    "web_search_call": _with(status="in_progress", action={"type": "search"}),
    # Null stays null, as outputs were not requested.
    "code_interpreter_call": lambda done: (
        done | {"status": "in_progress", "code": "", "outputs": done["outputs"] and []}
    ),
    "image_generation_call": lambda done: {"id": done["id"], "type": done["type"], "status": "in_progress"},
    "mcp_list_tools": _with(tools=[]),
    "mcp_call": _with(arguments="", error=None, output=None),
    "mcp_approval_request": _with(),
}


def ending(response: Json) -> Json:
    """The last event; its name depends on the response's status."""
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
    """The index in the middle of the last item's deltas, at which a stream breaks; the end, if there are no deltas."""
    last = max((each.get("output_index", -1) for each in events), default=-1)
    deltas = [
        index
        for index, each in enumerate(events)
        if each.get("output_index") == last and each["type"].endswith(".delta")
    ]
    return deltas[len(deltas) // 2] + (len(deltas) == 1) if deltas else len(events) - 1
