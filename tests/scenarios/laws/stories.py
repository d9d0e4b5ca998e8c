"""Whole answers of a Responses server: items, an ending, and the habits of some server."""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.scenarios.laws.items import ALL, MAKERS, NEW_TOOLS, Draw, Json

#: How a response ends: its status and the fields that explain it.  None: there is no terminal event.
ENDINGS: dict[str, tuple[str, Json] | None] = {
    "completed": ("completed", {}),
    "cut by the cap": ("incomplete", {"incomplete_details": {"reason": "max_output_tokens"}}),
    "cut by the filter": ("incomplete", {"incomplete_details": {"reason": "content_filter"}}),
    "failed": ("failed", {"error": {"code": "server_error", "message": "Boom."}}),
    "cancelled": ("cancelled", {}),
    "broken off": None,
    "broken off after an error": None,
}
BROKEN = ("failed", "cancelled", "broken off", "broken off after an error")
ERROR = {"type": "error", "error": {"type": "server_error", "code": "rate_limit_exceeded", "message": "Slow."}}
USAGE = {
    "input_tokens": 10,
    "input_tokens_details": {"cached_tokens": 3, "cache_write_tokens": 0},
    "output_tokens": 5,
    "output_tokens_details": {"reasoning_tokens": 2},
    "total_tokens": 15,
}


@dataclass(frozen=True)
class Story:
    """One answer: its events, the finished items, and the draws that produced it."""

    events: list[Json]
    items: list[Json]
    ending: str
    habit: str
    tools: list[Json]

    def __repr__(self) -> str:
        lines = "\n".join(f"    {event}," for event in self.events)
        return f"Story({self.ending!r}, {self.habit!r}, {self.tools}, [\n{lines}\n])"


def response(status: str, output: list[Json], **more: Any) -> Json:
    blank = {"parallel_tool_calls": True, "tool_choice": "auto", "tools": [], "created_at": 0, "object": "response"}
    return {"id": "resp_1", "model": "gpt-4o", "status": status, "output": output, **blank, **more}


@st.composite
def stories(draw: Draw, kinds: tuple[str, ...] = tuple(MAKERS), endings: tuple[str, ...] = tuple(ENDINGS)) -> Story:
    """An answer of up to four items."""
    ending = draw(st.sampled_from(endings))
    habit = draw(st.sampled_from(sorted(HABITS)))
    streams: list[list[Json]] = []
    items: list[Json] = []
    for index, kind in enumerate(draw(st.lists(st.sampled_from(kinds), max_size=4))):
        item, events = ALL[kind](draw, index)
        items.append(item)
        streams.append([_added(item, index), *events, _done(item, index)])
    if ending.startswith("cut") and items:
        _cut(draw, items, streams)
    events = [event for each in streams for event in each]
    if ending in BROKEN:
        events = events[: draw(st.integers(0, len(events)))]
    events = [_opening("response.created"), _opening("response.in_progress"), *events, *_terminal(ending, items)]
    tools = draw(st.sampled_from([[], NEW_TOOLS]))
    return Story(_numbered(HABITS[habit](events, items)), items, ending, habit, tools)


def _opening(name: str) -> Json:
    return {"type": name, "response": response("in_progress", [])}


def _added(item: Json, index: int) -> Json:
    blanks = {"content": [], "arguments": "", "code": "", "results": None, "outputs": None, "summary": []}
    begun = item | {name: blank for name, blank in blanks.items() if name in item} | {"status": "in_progress"}
    return {"type": "response.output_item.added", "item": begun, "output_index": index}


def _done(item: Json, index: int) -> Json:
    return {"type": "response.output_item.done", "item": item, "output_index": index}


def _cut(draw: Draw, items: list[Json], streams: list[list[Json]]) -> None:
    """The last item ends in the middle of its deltas."""
    item, events = items[-1], streams[-1]
    deltas = [place for place, event in enumerate(events) if "delta" in event]
    if item["type"] not in ("message", "function_call") or not deltas:
        return
    received = events[: draw(st.sampled_from(deltas)) + 1]
    items[-1] = cut = item | {"status": "incomplete"} | _so_far(item, received)
    streams[-1] = [*received, *([_done(cut, len(items) - 1)] if draw(st.booleans()) else [])]


def _so_far(item: Json, events: list[Json]) -> Json:
    """The content of an item that its events so far contain."""
    if item["type"] == "function_call":
        return {"arguments": "".join(event.get("delta", "") for event in events)}
    parts: dict[int, Json] = {}
    for event in events:
        if event["type"] == "response.content_part.added":
            parts[event["content_index"]] = {"annotations": [], **event["part"]}
        elif "delta" in event:
            key = "refusal" if "refusal" in event["type"] else "text"
            parts[event["content_index"]][key] += event["delta"]
        elif "annotation" in event:
            parts[event["content_index"]]["annotations"].append(event["annotation"])
    return {"content": list(parts.values())}


def _terminal(ending: str, items: list[Json]) -> list[Json]:
    found = ENDINGS[ending]
    errors = [ERROR] if ending == "broken off after an error" else []
    if found is None:
        return errors
    status, more = found
    whole = status in ("completed", "incomplete")
    usage = {"usage": USAGE if whole else None}
    return [{"type": f"response.{status}", "response": response(status, items if whole else [], **more, **usage)}]


def _numbered(events: list[Json]) -> list[Json]:
    return [event | {"sequence_number": number} for number, event in enumerate(events)]


# Habits of servers, as changes to the complete list of events.


def _without(*parts: str) -> Any:
    return lambda events, items: [event for event in events if not any(part in event["type"] for part in parts)]


def _no_places(events: list[Json], items: list[Json]) -> list[Json]:
    """Neither `output_index` nor, where there is but one part, `content_index`."""
    lone = all(len(item["content"]) < 2 for item in items if item["type"] == "message")
    names = {"output_index", "content_index"} if lone else {"output_index"}
    return [{name: value for name, value in event.items() if name not in names} for event in events]


def _new_ids(events: list[Json], items: list[Json]) -> list[Json]:
    """Another id for the same item in every event; only `output_index` identifies it."""
    made = []
    for number, event in enumerate(events):
        fresh = {"item_id": f"n_{number}"} if "item_id" in event else {}
        if "item" in event:
            fresh = {"item": event["item"] | {"id": f"n_{number}"}}
        made.append(event | fresh)
    return made


def _ends_alone(events: list[Json], items: list[Json]) -> list[Json]:
    return [event for event in events if "response" in event or event["type"] == "error"]


def _empty_payload(events: list[Json], items: list[Json]) -> list[Json]:
    last = events[-1]
    return [*events[:-1], last | {"response": last["response"] | {"output": []}}] if "response" in last else events


HABITS: dict[str, Any] = {
    "everything": lambda events, items: events,
    "no deltas": _without(".delta", "annotation.added"),
    "no inner ends": _without("text.done", "arguments.done", "part.done", "code.done", "refusal.done"),
    "no beginnings": _without("item.added"),
    "no places": _no_places,
    "new ids": _new_ids,
    "nothing but the ends": _ends_alone,
    "an empty payload": _empty_payload,
}
