"""Responses events in, Assistants events out: one row for every event of upstream.

`translate` is the whole protocol: it looks the event up in `RULES` and calls the rule.  A row may be `Nothing`, with a
reason; it may not be missing.  An event without a row is skipped and recorded once, as later versions of the API will
have more events.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from shim.translate import calls, elsewhere, endings, failures, messages
from shim.translate.identity import KnownItem
from shim.translate.turn import STEP_OPENS, Emitted, Rule, Turn, emits
from shim.wire.sse import UNREADABLE
from shim.wire.types import Json

Key = str | tuple[str, str]


@dataclass(frozen=True, slots=True)
class Nothing:
    """An event without a counterpart in the old API."""

    reason: str


ITEM_ADDED: Final = "response.output_item.added"
ITEM_DONE: Final = "response.output_item.done"
TEXT_DELTA: Final = "response.output_text.delta"

UNREAD: Final = "The model's answer could not be read: it holds a data line that is no JSON object."

#: Events that an ending may emit in addition to those of the items' own rules.
ENDS: Final = (
    "thread.message.created",
    "thread.message.in_progress",
    "thread.message.delta",
    "thread.message.completed",
    "thread.message.incomplete",
    "thread.run.step.delta",
    "thread.run.step.failed",
    "thread.run.step.cancelled",
    "thread.run.requires_action",
    "thread.run.completed",
    "thread.run.incomplete",
    "thread.run.failed",
    "thread.run.cancelling",
    "thread.run.cancelled",
)


@emits("thread.run.in_progress")
def begin(turn: Turn, event: Json) -> Iterator[Emitted]:
    """Upstream has started to work on the response."""
    if event.get("response", {}).get("status") != "queued":
        yield from turn.begin()


@emits()
def remember_error(turn: Turn, event: Json) -> Iterator[Emitted]:
    """Store an error; the ending after it reports it."""
    turn.error = failures.of_event(event)
    yield from ()


@emits()
def unreadable(turn: Turn, event: Json) -> Iterator[Emitted]:
    """A line that cannot be read.  If the rest of the stream has no end of the response, the run fails with this
    error.
    """
    turn.unknown.add("a data line that is no JSON object")
    turn.error = turn.error or {"message": UNREAD}
    yield from ()


@emits(*STEP_OPENS, *ENDS)
def end(turn: Turn, event: Json) -> Iterator[Emitted]:
    """The final response is authoritative: what it contains and was not emitted yet is emitted now, then its status
    ends the turn.
    """
    response = event["response"]
    yield from turn.begin()
    output = response.get("output") or []
    for index, (item, known) in enumerate(turn.known.output(output)):
        yield from _over(turn, item, known or turn.known.add(item, index))
    # The event's own name is used if a server leaves the status out, or did not change it.
    ending = endings.ENDINGS.get(event["type"].removeprefix("response."), endings.finish)
    yield from endings.ENDINGS.get(response.get("status") or "", ending)(turn, response)


PROGRESS: Final = Nothing("progress inside a step, for which Assistants had no event")
REASONING: Final = Nothing("reasoning is stored for the chain; Assistants never showed it")
NO_TOOL: Final = Nothing("no Assistants tool causes it, and its results are in the message")
FOR_THE_PROGRAM: Final = Nothing(
    "only the application could answer it: unless upstream does, the run fails, and its error names the call"
)
INPUT: Final = Nothing("an item of the input, not of the answer")
KEEPALIVE: Final = Nothing("keeps the connection open")
AUDIO: Final = Nothing("Assistants had no audio")

RULES: Final[dict[Key, Rule | Nothing]] = {
    "response.created": begin,
    "response.queued": Nothing("the run is queued already"),
    "response.in_progress": begin,
    "response.completed": end,
    "response.incomplete": end,
    "response.failed": end,
    "response.cancelled": end,
    "response.done": end,
    "error": remember_error,
    UNREADABLE: unreadable,
    "keepalive": KEEPALIVE,
    "ping": KEEPALIVE,
    "response.heartbeat": KEEPALIVE,
    # Messages.
    (ITEM_ADDED, "message"): messages.open_message,
    (ITEM_DONE, "message"): messages.close_message,
    "response.content_part.added": Nothing("a part opens with its first delta"),
    "response.content_part.done": messages.part_done,
    TEXT_DELTA: messages.text_delta,
    "response.text.delta": messages.text_delta,
    "response.output_text.done": messages.part_done,
    "response.output_text.annotation.added": messages.annotation_added,
    "response.output_text_annotation.added": messages.annotation_added,
    "response.refusal.delta": messages.refusal_delta,
    "response.refusal.done": messages.part_done,
    # Functions.
    (ITEM_ADDED, "function_call"): calls.open_call,
    (ITEM_DONE, "function_call"): calls.close_call,
    "response.function_call_arguments.delta": calls.arguments_delta,
    "response.function_call_arguments.done": calls.arguments_done,
    # File search.
    (ITEM_ADDED, "file_search_call"): calls.open_search,
    (ITEM_DONE, "file_search_call"): calls.close_search,
    "response.file_search_call.in_progress": PROGRESS,
    "response.file_search_call.searching": PROGRESS,
    "response.file_search_call.completed": PROGRESS,
    # Code interpreter; the dotted names are those of the first SDKs.
    (ITEM_ADDED, "code_interpreter_call"): calls.open_code,
    (ITEM_DONE, "code_interpreter_call"): calls.close_code,
    "response.code_interpreter_call_code.delta": calls.code_delta,
    "response.code_interpreter_call_code.done": calls.code_done,
    "response.code_interpreter_call.code.delta": calls.code_delta,
    "response.code_interpreter_call.code.done": calls.code_done,
    "response.code_interpreter_call.in_progress": PROGRESS,
    "response.code_interpreter_call.interpreting": PROGRESS,
    "response.code_interpreter_call.completed": PROGRESS,
    # Reasoning.
    (ITEM_ADDED, "reasoning"): REASONING,
    (ITEM_DONE, "reasoning"): REASONING,
    "response.reasoning.delta": REASONING,
    "response.reasoning.done": REASONING,
    "response.reasoning_part.added": REASONING,
    "response.reasoning_part.done": REASONING,
    "response.reasoning_summary.delta": REASONING,
    "response.reasoning_summary.done": REASONING,
    "response.reasoning_summary_part.added": REASONING,
    "response.reasoning_summary_part.done": REASONING,
    "response.reasoning_summary_text.delta": REASONING,
    "response.reasoning_summary_text.done": REASONING,
    "response.reasoning_text.delta": REASONING,
    "response.reasoning_text.done": REASONING,
}
#: Items that no Assistants tool causes, and the events about them.
ELSEWHERE: Final[dict[str, Nothing]] = (
    dict.fromkeys(("additional_tools", "compaction", "program", "program_output", "tool_search_output"), NO_TOOL)
    | dict.fromkeys(("apply_patch_call_output", "shell_call_output"), NO_TOOL)
    | dict.fromkeys(endings.FOR_THE_PROGRAM, FOR_THE_PROGRAM)
    | dict.fromkeys(
        (
            "computer_call_output",
            "custom_tool_call_output",
            "function_call_output",
            "local_shell_call_output",
            "mcp_approval_response",
        ),
        INPUT,
    )
)
RULES.update({(when, item): row for item, row in ELSEWHERE.items() for when in (ITEM_ADDED, ITEM_DONE)})
WHOLE: Final = Nothing("sent when the call has ended, if the run has such a tool")
for _item in elsewhere.CALLS:
    RULES[ITEM_ADDED, _item], RULES[ITEM_DONE, _item] = WHOLE, elsewhere.emit_call
RULES[ITEM_ADDED, elsewhere.APPROVAL], RULES[ITEM_DONE, elsewhere.APPROVAL] = WHOLE, elsewhere.request_approval
RULES.update(
    dict.fromkeys(
        (
            "response.apply_patch_call_operation_diff.delta",
            "response.apply_patch_call_operation_diff.done",
            "response.compaction.compacting",
            "response.custom_tool_call_input.delta",
            "response.custom_tool_call_input.done",
            "response.image_generation_call.completed",
            "response.image_generation_call.generating",
            "response.image_generation_call.in_progress",
            "response.image_generation_call.partial_image",
            "response.mcp_call.completed",
            "response.mcp_call.failed",
            "response.mcp_call.in_progress",
            "response.mcp_call_arguments.delta",
            "response.mcp_call_arguments.done",
            "response.mcp_list_tools.completed",
            "response.mcp_list_tools.failed",
            "response.mcp_list_tools.in_progress",
            "response.shell_call_command.added",
            "response.shell_call_command.delta",
            "response.shell_call_command.done",
            "response.shell_call_output_content.delta",
            "response.shell_call_output_content.done",
            "response.web_search_call.completed",
            "response.web_search_call.in_progress",
            "response.web_search_call.searching",
        ),
        NO_TOOL,
    )
)
RULES.update(
    dict.fromkeys(
        (
            "response.audio.delta",
            "response.audio.done",
            "response.audio.transcript.delta",
            "response.audio.transcript.done",
        ),
        AUDIO,
    )
)


def translate(turn: Turn, event: Json) -> Iterator[Emitted]:
    """The Assistants events for upstream's normalised ``event``.  Changes only ``turn``.  Events after the end of the
    response are ignored.
    """
    if turn.terminal is not None:
        return iter(())
    kind = event["type"]
    if (row := RULES.get(kind)) is not None:
        return iter(()) if isinstance(row, Nothing) else row(turn, event)
    if (about := OF_ITEMS.get(kind)) is not None:
        return about(turn, event["item"], event.get("output_index"))
    turn.unknown.add(kind)
    return iter(())


def more_text(turn: Turn, events: list[Json]) -> Emitted | None:
    """The event for a network read that has only further text of one message which is shown already.  None, and nothing
    is changed, for any other read.
    """
    together = merged(events)
    if turn.terminal is not None or len(together) != 1 or together[0]["type"] != TEXT_DELTA:
        return None
    return messages.more_text(turn, together[0])


def _added(turn: Turn, item: Json, output_index: int | None) -> Iterator[Emitted]:
    """An item begins, unless it was announced before."""
    known = turn.known.beginning(item, output_index)
    if known is None:
        yield from _announce(turn, item, turn.known.add(item, output_index))
    elif not known.settled:
        turn.known.learn(known, item)


def _done(turn: Turn, item: Json, output_index: int | None) -> Iterator[Emitted]:
    """An item has ended."""

    def agrees(known: KnownItem, item: Json) -> bool:
        received = turn.items[known.key].received if known.key in turn.items else ""
        return bool(received) and _text_of(item).startswith(received)

    yield from _over(turn, item, turn.known.ending(item, output_index, agrees) or turn.known.add(item, output_index))


def _text_of(item: Json) -> str:
    """The whole text of a finished item."""
    parts = [part.get("text") or part.get("refusal") or "" for part in item.get("content") or []]
    return item.get("arguments") or item.get("code") or "".join(parts)


OF_ITEMS: Final = {ITEM_ADDED: _added, ITEM_DONE: _done}
#: Rules for events about an item after its end.
LATE: Final[dict[str, Rule]] = {
    "message": messages.late_message,
    "function_call": calls.late_call,
    calls.CODE: calls.late_code,
}


def _announce(turn: Turn, item: Json, known: KnownItem) -> Iterator[Emitted]:
    known.announced = True
    yield from _apply(turn, ITEM_ADDED, item | {"status": "in_progress"}, known)


def _over(turn: Turn, item: Json, known: KnownItem) -> Iterator[Emitted]:
    """End an item, once.  An item that was not announced begins first.  It is journalled when it was emitted
    completely.  Further content that comes later is stored.
    """
    turn.known.learn(known, item)
    if known.settled:
        if (late := LATE.get(known.kind)) is not None:
            yield from late(turn, {"item": item, "known": known})
        return
    if not known.announced:
        yield from _announce(turn, item, known)
    yield from _apply(turn, ITEM_DONE, item, known)
    opened = turn.items.get(known.key)
    known.settled = opened is None or opened.whole
    turn.flush()


def _apply(turn: Turn, when: str, item: Json, known: KnownItem) -> Iterator[Emitted]:
    """Call the rule for an item that begins or ends."""
    row = RULES.get((when, known.kind))
    if row is None:
        turn.unknown.add(f"{when} {known.kind}")
    elif not isinstance(row, Nothing):
        yield from row(turn, {"item": item, "known": known})


def parted(events: list[Json]) -> Iterator[list[Json]]:
    """The events of one network read, `merged`: the text at its beginning, which waits for no transaction, and what
    comes behind it.
    """
    first = next((at for at, event in enumerate(events) if event["type"] != TEXT_DELTA), len(events))
    for part in (events[:first], events[first:]):
        if part:
            yield merged(part)


def merged(events: Iterable[Json]) -> list[Json]:
    """The events of one network read, with adjacent text deltas of one part merged.  No delta waits for later ones."""
    out: list[Json] = []
    if isinstance(events, list) and len(events) == 1:
        return events
    for event in events:
        if event["type"] == TEXT_DELTA and out and _continues(out[-1], event):
            out[-1] = out[-1] | {"delta": out[-1]["delta"] + event["delta"]}
        else:
            out.append(event)
    return out


def _continues(last: Json, event: Json) -> bool:
    return (
        last["type"] == TEXT_DELTA
        and last.get("item_id") == event.get("item_id")
        and last.get("output_index") == event.get("output_index")
        and last.get("content_index") == event.get("content_index")
    )
