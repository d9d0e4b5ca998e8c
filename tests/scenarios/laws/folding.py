"""The SDK's own accumulators applied to the shim's deltas: the objects of an application that reads only deltas."""

import copy
from typing import Any

from openai._models import construct_type
from openai.lib.streaming._assistants import accumulate_event, accumulate_run_step
from openai.types.beta import AssistantStreamEvent

from shim.translate import endings, failures
from shim.translate.stream import merged
from shim.translate.turn import Emitted
from tests.translate.upstream_events import emit, turn

Json = dict[str, Any]
BROKE_OFF = failures.last_error(None, "Broken off.")


def emitted_events(reads: list[list[Json]], **run: Any) -> list[Emitted]:
    """The events that the translation rules emit for an answer, one network read after another.

    An answer without a terminal event ends as a failed run.
    """
    state = turn(**run)
    emitted: list[Emitted] = []
    for read in reads:
        for event in merged(read):
            emitted += emit(state, event)
    if not state.ended:
        error = BROKE_OFF if state.error is None else failures.of_response({}, state.error)
        emitted += endings.failed(state, error)
    assert state.unknown == set()
    assert state.differences == []
    return emitted


class Fold:
    """Messages and steps as the SDK accumulates them from the deltas alone."""

    def __init__(self) -> None:
        self.message: Any = None
        self.messages: dict[str, Any] = {}
        self.steps: dict[str, Any] = {}

    def add(self, name: str, data: Json) -> None:
        event = construct_type(type_=AssistantStreamEvent, value={"event": name, "data": copy.deepcopy(data)})
        if name.startswith("thread.message."):
            current = self.messages.get(data["id"])
            self.messages[data["id"]], _ = accumulate_event(event=event, current_message_snapshot=current)  # type: ignore[arg-type]
        accumulate_run_step(event=event, run_step_snapshots=self.steps)  # type: ignore[arg-type]

    def content(self, id: str) -> list[Json]:
        return [_plain_part(part.to_dict(mode="json")) for part in self.messages[id].content]

    def calls(self, id: str) -> list[Json]:
        details = self.steps[id].step_details
        return [_plain_call(call.to_dict(mode="json")) for call in getattr(details, "tool_calls", [])]


def _plain_part(part: Json) -> Json:
    """A part without the fields that only deltas have."""
    part = {name: value for name, value in part.items() if name != "index"}
    if part["type"] != "text":
        return part
    notes = [_plain_note(note) for note in part["text"].get("annotations") or []]
    return part | {"text": {"value": part["text"].get("value", ""), "annotations": notes}}


def _plain_note(note: Json) -> Json:
    note = {name: value for name, value in note.items() if name != "index"}
    cited = note.get("file_citation")
    return note if cited is None else note | {"file_citation": {"file_id": cited["file_id"]}}


def _plain_call(call: Json) -> Json:
    """A call without its index, and without the results of a search, which deltas do not contain."""
    call = {name: value for name, value in call.items() if name not in ("index", "file_search")}
    if "code_interpreter" not in call:
        return call
    given = call["code_interpreter"]
    outputs = [{name: value for name, value in each.items() if name != "index"} for each in given.get("outputs") or []]
    return call | {"code_interpreter": {"input": given["input"], "outputs": outputs}}


def finished_content(message: Json) -> list[Json]:
    return [_plain_part(part) for part in message["content"]]


def finished_calls(step: Json) -> list[Json]:
    return [_plain_call(call) for call in step["step_details"].get("tool_calls", [])]
