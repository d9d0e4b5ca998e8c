"""Whole answers as the vendor streams them, and every way to spoil one event of them."""

import copy
from collections.abc import Iterator
from typing import Any

from shim.translate import normalise
from shim.translate.stream import merged, translate
from shim.translate.turn import Emitted, Turn
from tests.translate.upstream_events import added, code, created, done, ended, message, refuses, says, search, turn

Json = dict[str, Any]

TEXT, REFUSED, SOURCE = "Hello, harness.", "I cannot say.", "print(1)"
ANSWER, REFUSAL = message(says(TEXT)), message(refuses(REFUSED), id="msg_b")
CALL = {"type": "function_call", "id": "fc_c", "call_id": "call_c", "name": "f", "arguments": '{"x":1}'}
FOUND = search({"file_id": "file-1", "filename": "a.txt", "score": 0.5, "text": "a"}, id="fs_d")
RAN = code(SOURCE, {"type": "logs", "logs": "1"}, id="ci_e")


def _words(item: Json, name: str, field: str, text: str, place: Json, **more: Any) -> list[Json]:
    """Two deltas, and the event with their whole text."""
    half = len(text) // 2
    at = {"item_id": item["id"], **place, **more}
    deltas = [{"type": f"response.{name}.delta", "delta": piece, **at} for piece in (text[:half], text[half:])]
    return [*deltas, {"type": f"response.{name}.done", field: text, **at}]


def _message(item: Json, name: str, field: str, text: str, place: Json) -> list[Json]:
    part = {"item_id": item["id"], "content_index": 0, **place}
    return [
        {"type": "response.content_part.added", "part": item["content"][0] | {field: ""}, **part},
        *_words(item, name, field, text, place, content_index=0),
        {"type": "response.content_part.done", "part": item["content"][0], **part},
    ]


def _answer(*items: tuple[Json, list[Json]]) -> list[Json]:
    events = [created(), {"type": "response.in_progress", "response": {"id": "resp_1", "status": "in_progress"}}]
    for place, (item, deltas) in enumerate(items):
        blank = item | {name: "" for name in ("arguments", "code") if name in item}
        blank |= {"content": []} if "content" in item else {}
        events += [added(blank, output_index=place), *deltas, done(item, output_index=place)]
    return [*events, ended(*(item for item, _ in items))]


STREAMS: dict[str, list[Json]] = {
    "text": _answer((ANSWER, _message(ANSWER, "output_text", "text", TEXT, {"output_index": 0}))),
    "refusal": _answer((REFUSAL, _message(REFUSAL, "refusal", "refusal", REFUSED, {"output_index": 0}))),
    "call": _answer(
        (CALL, _words(CALL, "function_call_arguments", "arguments", CALL["arguments"], {"output_index": 0}))
    ),
    "search, text": _answer((FOUND, []), (ANSWER, _message(ANSWER, "output_text", "text", TEXT, {"output_index": 1}))),
    "code, text": _answer(
        (RAN, _words(RAN, "code_interpreter_call_code", "code", SOURCE, {"output_index": 0})),
        (ANSWER, _message(ANSWER, "output_text", "text", TEXT, {"output_index": 1})),
    ),
}
GONE = object()
#: What replaces a field: it is removed, null, or a value of another type.
VALUES = (GONE, None, 7, -1, True, [], {}, "", [None], {"x": 1})


def paths(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every field in an event, at every depth."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inner:
        yield (*at, name)
        yield from paths(each, (*at, name))


def spoilt(event: Json, path: tuple[Any, ...], value: Any) -> Json:
    """The event with one field changed."""
    found = copy.deepcopy(event)
    place: Any = found
    for name in path[:-1]:
        place = place[name]
    if value is not GONE:
        place[path[-1]] = value
    else:
        del place[path[-1]]
    return found


def mutations(events: list[Json]) -> Iterator[tuple[str, list[Json]]]:
    """The answer with one event spoilt in every way: a field removed, null or of another type; the event repeated, left
    out, or moved after the terminal one.
    """
    last = len(events) - 1
    for index, event in enumerate(events):
        before, after = events[:index], events[index + 1 :]
        yield f"{event['type']} twice", [*before, event, event, *after]
        if index != last:
            yield f"{event['type']} left out", [*before, *after]
            yield f"{event['type']} after the end", [*before, *after, event]
        for path in paths(event):
            for value in VALUES:
                # The event's type is not spoilt here: the SSE reader checks it.
                if path != ("type",) and not _same(event, path, value):
                    name = "gone" if value is GONE else repr(value)
                    yield f"{event['type']} {path} {name}", [*before, spoilt(event, path, value), *after]


def _same(event: Json, path: tuple[Any, ...], value: Any) -> bool:
    found: Any = event
    for name in path:
        found = found[name]
    return found == value and type(found) is type(value)


def translated(*reads: list[Json]) -> tuple[Turn, list[Emitted]]:
    """The state and the emitted events after these network reads."""
    state, emitted = turn(), list[Emitted]()
    for read in reads:
        for event in merged(normalise.events(read)):
            emitted += translate(state, event)
    return state, emitted


def final(emitted: list[Emitted]) -> Json:
    """What the store has at the end: texts, calls and code, and how the run ended."""
    objects: dict[str, Json] = {}
    run: Json = {}
    for name, data in emitted:
        if name.endswith(".delta"):
            continue
        if data["object"] == "thread.run":
            run = data
        else:
            objects[data["id"]] = data
    shown = [part for each in objects.values() for part in each.get("content", ())]
    details = [each["step_details"].get("tool_calls", []) for each in objects.values() if "step_details" in each]
    made = [call["code_interpreter"]["input"] for calls in details for call in calls if "code_interpreter" in call]
    action = run.get("required_action") or {"submit_tool_outputs": {"tool_calls": []}}
    functions = [call["function"] for call in action["submit_tool_outputs"]["tool_calls"]]
    texts = [part["refusal"] if part["type"] == "refusal" else part["text"]["value"] for part in shown]
    return {"texts": texts, "calls": functions, "code": made, "status": run.get("status")}
