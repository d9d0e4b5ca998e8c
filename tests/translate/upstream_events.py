"""Short constructors of upstream's events, and the output of the rules for them."""

from collections.abc import Callable, Iterable
from itertools import count
from typing import Any

from shim.translate.stream import ITEM_ADDED, ITEM_DONE, RULES, translate
from shim.translate.turn import EMITS, Emitted, Turn
from shim.wire import objects

Json = dict[str, Any]
RUN: Json = objects.run("run_1", 0, "thread_1", "asst_1") | {"model": "gpt-4o"}
NOW = 7


def numbered() -> Callable[[str], str]:
    """Ids with consecutive numbers."""
    numbers = count(1)
    return lambda prefix: f"{prefix}_{next(numbers)}"


def turn(**changes: Any) -> Turn:
    """A response of a run; the clock is fixed at 7."""
    return Turn(RUN | changes, numbered(), lambda: NOW)


def declared(event: Json) -> frozenset[str]:
    """The events that the rule for an event may emit; an item that is done without a beginning is announced first."""
    kind, item = event["type"], event.get("item", {}).get("type")
    kinds = (kind, ITEM_ADDED) if kind == ITEM_DONE else (kind,)
    rows = [RULES.get(each) or RULES.get((each, item)) for each in kinds]
    return frozenset().union(*(EMITS.get(row, ()) for row in rows))


def emit(turn: Turn, *events: Json) -> list[Emitted]:
    """The output of the rules for the events. A rule must not emit an event that it does not declare."""
    emitted: list[Emitted] = []
    for event in events:
        output = list(translate(turn, event))
        assert {name for name, _ in output} <= declared(event), event
        emitted += output
    return emitted


def names(emitted: Iterable[Emitted]) -> list[str]:
    """The events' names without their common prefix."""
    return [name.removeprefix("thread.") for name, _ in emitted]


def last(emitted: list[Emitted], name: str) -> Json:
    """The data of the last event with that name."""
    return [data for each, data in emitted if each == f"thread.{name}"][-1]


def texts(emitted: list[Emitted]) -> str:
    """All text of the message deltas."""
    parts = [part for name, data in emitted if name == "thread.message.delta" for part in data["delta"]["content"]]
    return "".join(part["text"].get("value", "") if part["type"] == "text" else part["refusal"] for part in parts)


# Upstream's events.


def created(**changes: Any) -> Json:
    response = {"id": "resp_1", "status": "in_progress", "output": [], **changes}
    return {"type": "response.created", "response": response}


def added(item: Json, **place: Any) -> Json:
    return {"type": "response.output_item.added", "item": item | {"status": "in_progress"}, **place}


def done(item: Json, **place: Any) -> Json:
    return {"type": "response.output_item.done", "item": item, **place}


def ended(*output: Json, status: str = "completed", **more: Any) -> Json:
    usage = {"input_tokens": 10, "output_tokens": 4, "total_tokens": 14}
    response = {"id": "resp_1", "status": status, "output": list(output), "usage": usage, **more}
    return {"type": f"response.{status}", "response": response}


def text(value: str, item: str = "msg_a", **place: Any) -> Json:
    return {"type": "response.output_text.delta", "item_id": item, "delta": value, **place}


def refusing(value: str, item: str = "msg_a", **place: Any) -> Json:
    return {"type": "response.refusal.delta", "item_id": item, "delta": value, **place}


def cites(annotation: Json, item: str = "msg_a", **place: Any) -> Json:
    return {"type": "response.output_text.annotation.added", "item_id": item, "annotation": annotation, **place}


def arguing(value: str, item: str = "fc_a", **place: Any) -> Json:
    return {"type": "response.function_call_arguments.delta", "item_id": item, "delta": value, **place}


def coding(value: str, item: str = "ci_a", **place: Any) -> Json:
    return {"type": "response.code_interpreter_call_code.delta", "item_id": item, "delta": value, **place}


# Items.


def message(*content: Json, id: str = "msg_a", status: str = "completed") -> Json:
    return {"type": "message", "id": id, "role": "assistant", "status": status, "content": list(content)}


def says(value: str, *annotations: Json) -> Json:
    return {"type": "output_text", "text": value, "annotations": list(annotations)}


def refuses(value: str) -> Json:
    return {"type": "refusal", "refusal": value}


def call(arguments: str = "{}", id: str = "fc_a", name: str = "f", status: str = "completed") -> Json:
    call_id = f"call_{id.removeprefix('fc_')}"
    return {
        "type": "function_call",
        "id": id,
        "call_id": call_id,
        "name": name,
        "arguments": arguments,
        "status": status,
    }


def search(*results: Json, id: str = "fs_a") -> Json:
    return {"type": "file_search_call", "id": id, "queries": ["q"], "status": "completed", "results": list(results)}


def code(source: str | None, *outputs: Json, id: str = "ci_a") -> Json:
    item = {"type": "code_interpreter_call", "id": id, "code": source, "outputs": list(outputs), "container_id": "c"}
    return item | {"status": "completed"}


def citation(index: int, file: str = "file-1", name: str | None = "a.txt") -> Json:
    return {"type": "file_citation", "file_id": file, "filename": name, "index": index}
