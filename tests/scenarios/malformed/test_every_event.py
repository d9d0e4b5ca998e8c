"""Every event and item of the tables, with each field spoilt, added to a complete answer."""

import itertools
from typing import Any, Literal, get_args, get_origin

import pytest
from openai.types.responses import ResponseOutputItem, ResponseStreamEvent

from shim.translate.stream import ITEM_ADDED, ITEM_DONE, RULES
from tests.scenarios.malformed.streams import GONE, STREAMS, TEXT, VALUES, final, spoilt, translated
from tests.translate import sdk

Json = dict[str, Any]
ENDS = ("completed", "failed", "incomplete", "cancelled", "expired", "requires_action")
CLOSING = {f"thread.run.{status}" for status in ENDS}
#: Fields of an event that only the published schemas contain, not the SDK.
OTHERS = {"item_id": "x_9", "output_index": 9, "content_index": 0, "delta": "x", "text": "x"}
SAMPLES = {str: "x", int: 9, float: 0.5, bool: True, list: [], dict: {}}


def _sample(annotation: Any) -> Any:
    """A simple value for a field of the SDK's type."""
    if get_origin(annotation) is Literal:
        return get_args(annotation)[0]
    plain = [SAMPLES[each] for each in (annotation, get_origin(annotation), *get_args(annotation)) if each in SAMPLES]
    return plain[0] if plain else {}


def _models(union: Any) -> dict[str, Any]:
    return {tag: each for each in sdk.members(union) for tag in get_args(each.model_fields["type"].annotation)}


EVENTS, ITEMS = _models(ResponseStreamEvent), _models(ResponseOutputItem)


def _fields(model: Any, tag: str) -> Json:
    fields = {name: _sample(field.annotation) for name, field in model.model_fields.items()} if model else OTHERS
    return dict(fields) | {"type": tag}


def _event(row: Any) -> Json:
    if isinstance(row, tuple):
        when, kind = row
        return {"type": when, "output_index": 9, "item": _fields(ITEMS.get(kind), kind) | {"id": "x_9"}}
    return _fields(EVENTS.get(row), row)


ROWS = [row for row in RULES if row not in (ITEM_ADDED, ITEM_DONE)]


def _spoilt(event: Json) -> list[Json]:
    at = [(name,) for name in event if name != "type"]
    at += [("item", name) for name in event.get("item") or () if isinstance(event.get("item"), dict)]
    return [event, *(spoilt(event, path, value) for path, value in itertools.product(at, VALUES))]


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_spoilt_event_never_breaks_the_answer_around_it(row: Any) -> None:
    *before, end = STREAMS["text"]
    for event in _spoilt(_event(row)):
        for events in ([*before, event, end], [*before, event, event, end], [*before, end, event]):
            _, emitted = translated(events)
            names = [name for name, _ in emitted if name in CLOSING]
            assert len(names) == 1, (event, names)
            assert TEXT in final(emitted)["texts"], event


def test_every_known_event_is_tried() -> None:
    assert len(ROWS) > len(EVENTS) + len(ITEMS)
    assert GONE in VALUES
