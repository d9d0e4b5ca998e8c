"""Responses events in, Assistants events out: one row for everything that upstream can say.

`translate` is the whole protocol: it looks the event up in `RULES` and lets the rule speak.  A row may say `Nothing`,
with its reason; it may not be absent.  An event that no row knows is skipped and remembered once, because next year's
API has more of them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from shim.translate import calls, elsewhere, endings, failures, messages
from shim.translate.turn import STEP_OPENS, Emitted, Json, Rule, Turn, emits

Key = str | tuple[str, str]


@dataclass(frozen=True, slots=True)
class Nothing:
    """Seen, and without a counterpart."""

    reason: str


ITEM_ADDED: Final = "response.output_item.added"
ITEM_DONE: Final = "response.output_item.done"
TEXT_DELTA: Final = "response.output_text.delta"

#: What an ending may tell besides what an item's own rules would have told.
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
    """Upstream works on it."""
    if event.get("response", {}).get("status") != "queued":
        yield from turn.begin()


@emits()
def remember_error(turn: Turn, event: Json) -> Iterator[Emitted]:
    """Something went wrong; the ending that follows tells it."""
    turn.error = failures.of_event(event)
    yield from ()


@emits(*STEP_OPENS, *ENDS)
def end(turn: Turn, event: Json) -> Iterator[Emitted]:
    """The terminal payload is the truth: what it holds and nobody told is told now, then its status ends the turn."""
    response = event["response"]
    yield from turn.begin()
    for index, item in enumerate(response.get("output") or []):
        yield from _tell_item(turn, index, item)
    # The event's own name counts where a server leaves the status out, or forgot to change it.
    ending = endings.ENDINGS.get(response.get("status")) or endings.ENDINGS[event["type"].removeprefix("response.")]
    yield from ending(turn, response)


def _tell_item(turn: Turn, index: int, item: Json) -> Iterator[Emitted]:
    """An item of the terminal payload, unless its ``done`` has been told."""
    place = {"item": item, "output_index": index}
    if turn.key(place) not in turn.settled and f"#{index}" not in turn.settled:
        yield from translate(turn, place | {"type": ITEM_DONE})


IN_DONE: Final = Nothing("the item's own `done` carries the same, and more servers send that")
PROGRESS: Final = Nothing("progress inside a step, for which Assistants had no event")
REASONING: Final = Nothing("reasoning is kept for the chain and was never shown")
NO_TOOL: Final = Nothing("no Assistants tool asks for it, and what it found stands in the message")
INPUT: Final = Nothing("an item of the input, not of the answer")
AUDIO: Final = Nothing("Assistants had no audio")

RULES: Final[dict[Key, Rule | Nothing]] = {
    "response.created": begin,
    "response.queued": Nothing("the run is queued already"),
    "response.in_progress": begin,
    "response.completed": end,
    "response.incomplete": end,
    "response.failed": end,
    "response.cancelled": end,
    "error": remember_error,
    "keepalive": Nothing("keeps the connection open"),
    # Messages.
    (ITEM_ADDED, "message"): messages.open_message,
    (ITEM_DONE, "message"): messages.close_message,
    "response.content_part.added": Nothing("a part opens with its first delta"),
    "response.content_part.done": IN_DONE,
    TEXT_DELTA: messages.text_delta,
    "response.output_text.done": IN_DONE,
    "response.output_text.annotation.added": messages.annotation_added,
    "response.refusal.delta": messages.refusal_delta,
    "response.refusal.done": IN_DONE,
    # Functions.
    (ITEM_ADDED, "function_call"): calls.open_call,
    (ITEM_DONE, "function_call"): calls.close_call,
    "response.function_call_arguments.delta": calls.arguments_delta,
    "response.function_call_arguments.done": IN_DONE,
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
    "response.code_interpreter_call_code.done": IN_DONE,
    "response.code_interpreter_call.code.delta": calls.code_delta,
    "response.code_interpreter_call.code.done": IN_DONE,
    "response.code_interpreter_call.in_progress": PROGRESS,
    "response.code_interpreter_call.interpreting": PROGRESS,
    "response.code_interpreter_call.completed": PROGRESS,
    # Reasoning.
    (ITEM_ADDED, "reasoning"): REASONING,
    (ITEM_DONE, "reasoning"): REASONING,
    "response.reasoning_summary_part.added": REASONING,
    "response.reasoning_summary_part.done": REASONING,
    "response.reasoning_summary_text.delta": REASONING,
    "response.reasoning_summary_text.done": REASONING,
    "response.reasoning_text.delta": REASONING,
    "response.reasoning_text.done": REASONING,
}
#: Items, and the events about them, that no Assistants tool leads to.
ELSEWHERE: Final[dict[str, Nothing]] = dict.fromkeys(
    (
        "additional_tools",
        "apply_patch_call",
        "apply_patch_call_output",
        "compaction",
        "computer_call",
        "custom_tool_call",
        "local_shell_call",
        "program",
        "program_output",
        "shell_call",
        "shell_call_output",
        "tool_search_call",
        "tool_search_output",
    ),
    NO_TOOL,
) | dict.fromkeys(
    (
        "computer_call_output",
        "custom_tool_call_output",
        "function_call_output",
        "local_shell_call_output",
        "mcp_approval_response",
    ),
    INPUT,
)
RULES.update({(when, item): row for item, row in ELSEWHERE.items() for when in (ITEM_ADDED, ITEM_DONE)})
WHOLE: Final = Nothing("told when it is over, if the run has such a tool")
for _item in elsewhere.CALLS:
    RULES[ITEM_ADDED, _item], RULES[ITEM_DONE, _item] = WHOLE, elsewhere.tell
RULES[ITEM_ADDED, elsewhere.APPROVAL], RULES[ITEM_DONE, elsewhere.APPROVAL] = WHOLE, elsewhere.ask
RULES.update(
    dict.fromkeys(
        (
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
    """What an Assistants stream says when upstream says ``event``.  Changes ``turn``, and nothing else."""
    kind, item = event["type"], event.get("item", {}).get("type", "")
    if kind == ITEM_DONE:
        yield from _finished(turn, event)
    row = RULES.get(kind) or RULES.get((kind, item))
    if row is None:
        turn.unknown.add(f"{kind} {item}".strip())
    elif not isinstance(row, Nothing):
        yield from row(turn, event)


def _finished(turn: Turn, event: Json) -> Iterator[Emitted]:
    """An item is whole: it goes to the journal, once.  One that nobody announced is announced first."""
    item = event["item"]
    if turn.key(event) not in turn.items:
        yield from translate(turn, event | {"type": ITEM_ADDED, "item": item | {"status": "in_progress"}})
    key = turn.key(event)
    if key not in turn.settled:
        turn.done.append((key, item))
    turn.settled |= {key, f"#{event.get('output_index')}"}


def merged(events: Iterable[Json]) -> list[Json]:
    """The events of one network read, with adjacent text deltas of one part made one.  Nothing waits for more."""
    out: list[Json] = []
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
        and last.get("content_index") == event.get("content_index")
    )
