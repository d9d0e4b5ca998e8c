"""Finds the position of a conversation in the script of its last user message: the task of this response."""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from shim.sandbox.shapes import items
from shim.sandbox.shapes.control_words import Script, ToolCall, Turn
from shim.wire.types import Json

_FAILED: Final = re.compile(r"\s*(error|exception|traceback|failed)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Segment:
    """The turns of one response.  Hosted tools answer at once, so a turn that calls only them is followed by the next
    one in the same response.
    """

    turns: tuple[Turn, ...] = (Turn(),)

    @property
    def calls(self) -> tuple[ToolCall, ...]:
        return tuple(call for turn in self.turns for call in turn.calls)

    @property
    def control_words(self) -> frozenset[str]:
        return frozenset[str]().union(*(turn.control_words for turn in self.turns))

    @property
    def essay(self) -> int | None:
        return next((turn.essay for turn in self.turns if turn.essay is not None), None)


def position(script: Script, since: list[Json], hosted: Collection[str]) -> tuple[Segment, tuple[ToolCall, ...]]:
    """The turns that are next in the script, and the failed calls that must be repeated instead.

    ``since`` are the items after the last user message.
    """
    number, failed, last = 0, frozenset[str](), list[Json]()
    for calls, outputs in _rounds(since):
        repeated = {_signature(call) for call in calls} <= failed
        number += 0 if repeated else 1
        bad = {call_id for call_id, output in outputs.items() if _says_failed(output)}
        failed = frozenset() if repeated else frozenset(_signature(call) for call in calls if call["call_id"] in bad)
        last = calls
    if failed and "retry" in script.message_words:
        again = [ToolCall(call["name"], json.loads(call["arguments"])) for call in last if _signature(call) in failed]
        return Segment(), tuple(again)
    segments = _segments(script.turns, hosted)
    past = answered(since) or number >= len(segments)
    return (Segment() if past else segments[number]), ()


def answered(since: list[Json]) -> bool:
    """The last user message already has its answer: nothing of its script is left."""
    relevant = [item for item in since if item["type"] in ("function_call", "function_call_output", "message")]
    return bool(relevant) and relevant[-1]["type"] == "message" and relevant[-1]["role"] == "assistant"


def _segments(turns: tuple[Turn, ...], hosted: Collection[str]) -> list[Segment]:
    groups: list[list[Turn]] = [[]]
    for turn in turns:
        groups[-1].append(turn)
        if not turn.calls or any(call.name not in hosted for call in turn.calls):
            groups.append([])
    return [Segment(tuple(group)) for group in groups if group]


def _rounds(since: list[Json]) -> list[tuple[list[Json], dict[str, str]]]:
    """Calls and outputs, turn by turn: a call after an output opens the next turn."""
    rounds: list[tuple[list[Json], dict[str, str]]] = []
    for item in since:
        if item["type"] == "function_call":
            if not rounds or rounds[-1][1]:
                rounds.append(([], {}))
            rounds[-1][0].append(item)
        elif item["type"] == "function_call_output" and rounds:
            rounds[-1][1][item["call_id"]] = items.output_text(item)
    return rounds


def _signature(call: Json) -> str:
    return f"{call['name']} {call['arguments']}"


def _says_failed(output: str) -> bool:
    try:
        value = json.loads(output)
    except ValueError:
        return bool(_FAILED.match(output))
    return (
        bool(_FAILED.match(value)) if isinstance(value, str) else isinstance(value, dict) and bool(value.get("error"))
    )
