"""Text, refusal, arguments and code are read from every form in which upstream sends them, with any ids and cuts."""

from itertools import combinations
from typing import Any

import pytest

from tests.scenarios.malformed.streams import ANSWER, CALL, RAN, REFUSAL, STREAMS, final, translated
from tests.translate.upstream_events import added, call, created, done, ended, message, says, text, texts

Json = dict[str, Any]
FORMS = ("added", "delta", "done", "content_part.done", "output_item.done", "terminal")
#: The item of each stream, and the fields that some servers leave empty in its last event after the deltas.
ONE = {
    "text": (ANSWER, {"content": []}),
    "refusal": (REFUSAL, {"content": None}),
    "call": (CALL, {"arguments": None}),
    "code": (RAN, {"code": None}),
}
STREAM = {"text": "text", "refusal": "refusal", "call": "call", "code": "code, text"}


def _form(event: Json) -> str:
    kind = event["type"].removeprefix("response.")
    known = {"output_item.added": "added", "content_part.done": kind, "output_item.done": kind, "completed": "terminal"}
    return known.get(kind) or kind.rpartition(".")[2]


def _subsets() -> list[Any]:
    found = []
    for name in ONE:
        for size in range(1, len(FORMS) + 1):
            found += [pytest.param(name, forms, id=f"{name}: {' '.join(forms)}") for forms in combinations(FORMS, size)]
    # The `added` event alone has no content.
    return [each for each in found if {*each.values[1]} - {"added"}]


def _in_forms(name: str, forms: tuple[str, ...]) -> list[Json]:
    """The answer in these forms alone; without its form the terminal payload is empty, and so is the item's end."""
    item, bare = ONE[name]
    events = []
    for event in STREAMS[STREAM[name]]:
        mine = event.get("item_id", event.get("item", {}).get("id", item["id"])) == item["id"]
        form = _form(event)
        if form == "terminal":
            events.append(ended(*([item] if "terminal" in forms else [])))
        elif mine and (form in forms or form in ("created", "in_progress")):
            events.append(event)
        elif mine and form == "output_item.done" and "added" in forms:
            events.append(event | {"item": item | bare})
    return events


@pytest.mark.parametrize("name, forms", _subsets())
def test_every_subset_of_the_forms_is_read(name: str, forms: tuple[str, ...]) -> None:
    for without in ((), ("item_id",), ("output_index",), ("item_id", "output_index", "content_index")):
        _check(name, forms, without)


def _check(name: str, forms: tuple[str, ...], without: tuple[str, ...]) -> None:
    events = [{key: value for key, value in event.items() if key not in without} for event in _in_forms(name, forms)]
    state, emitted = translated(events)
    found = final(emitted)
    with_ids = {"added", "output_item.done", "terminal"} & {*forms}
    with_text = {*forms} - {"added"} - ({"content_part.done"} if name in ("call", "code") else set())
    whole = final(translated(STREAMS[STREAM[name]])[1])
    if name == "code":
        assert found["code"] == (whole["code"] if with_text else [""] if "added" in forms else [])
    elif name == "call" and not with_ids:
        assert found["status"] == ("failed" if with_text else "completed")
    elif name == "call":
        assert found["calls"] == [{"name": "f", "arguments": CALL["arguments"] if with_text else "{}"}]
    else:
        assert found["texts"] == (whole["texts"] if with_text else [])
        assert texts(emitted) == "".join(found["texts"])
        stored = [
            "".join(part.get("text") or part.get("refusal") or "" for part in item["content"]) for _, item in state.done
        ]
        assert stored == found["texts"]


A, B = call('{"x":1}', "fc_a"), call('{"x":2}', "fc_b")
SAME = [each | {"call_id": "call_0"} for each in (A, B)]
NAMELESS = [{key: value for key, value in each.items() if key not in ("id", "call_id")} for each in (A, B)]
IDS = {
    "as they should be": ([A, B], [A, B], [A, B]),
    "one for both": (SAME, SAME, SAME),
    "none": (NAMELESS, NAMELESS, NAMELESS),
    "null": ([each | {"id": None, "call_id": None} for each in (A, B)],) * 3,
    "others in every event": (
        [A | {"id": "1"}, B | {"id": "2"}],
        [A | {"id": "3"}, B | {"id": "4"}],
        [A | {"id": "5"}, B | {"id": "6"}],
    ),
    "others of the calls, too, at the end": (
        [A, B],
        [A, B],
        [A | {"id": "5", "call_id": "c5"}, B | {"id": "6", "call_id": "c6"}],
    ),
    "known late": (NAMELESS, [A, B], [A, B]),
    "known at the end": (NAMELESS, NAMELESS, [A, B]),
}


@pytest.mark.parametrize("places", [True, False])
@pytest.mark.parametrize("way", IDS)
def test_each_call_is_requested_once_under_a_unique_id(way: str, places: bool) -> None:
    begun, over, whole = IDS[way]
    events = [created()]
    for index in range(2):
        at = {"output_index": index} if places else {}
        events += [added(begun[index] | {"arguments": ""}, **at), done(over[index], **at)]
    state, emitted = translated([*events, ended(*whole)])
    calls = emitted[-1][1]["required_action"]["submit_tool_outputs"]["tool_calls"]
    assert [each["function"]["arguments"] for each in calls] == ['{"x":1}', '{"x":2}']
    ids = [each["id"] for each in calls]
    assert len({*ids}) == 2
    first = [data for name, data in emitted if name == "thread.run.step.delta" and "name" in str(data)]
    shown = [data["delta"]["step_details"]["tool_calls"][0].get("id") for data in first]
    assert [id for id in shown if id] == ids
    upstream = [each.get("call_id") or each.get("id") for each in whole]
    assert [state.call_ids[id] for id in ids] == [known or id for known, id in zip(upstream, ids, strict=True)]


R, M = {"type": "reasoning", "id": "rs_1", "summary": []}, message(says("Hello."))
#: The items in the events before the end, and those in the terminal payload.
PAYLOADS = {
    "other ids": ([R, M], [R | {"id": "rs_9"}, M | {"id": "msg_9"}]),
    "no ids": ([R, M], [{"type": "reasoning", "summary": []}, {"type": "message", "content": [says("Hello.")]}]),
    "an item without events": ([M], [R, M | {"id": "msg_9"}]),
    "nothing": ([R, M], []),
    "another order": ([R, M], [M, R]),
}


@pytest.mark.parametrize("way", PAYLOADS)
@pytest.mark.parametrize("places", [True, False])
def test_the_terminal_payload_is_matched_to_the_items_before_it(way: str, places: bool) -> None:
    items, payload = PAYLOADS[way]
    events = [created()]
    for index, item in enumerate(items):
        at = {"output_index": index} if places else {}
        events += [added(item, **at), done(item, **at)]
    state, emitted = translated([*events, ended(*payload)])
    assert final(emitted)["texts"] == ["Hello."]
    kinds = [item["type"] for _, item in state.done]
    assert sorted(kinds) == ["message", "reasoning"]


def test_a_message_only_in_the_terminal_payload_is_emitted() -> None:
    other = message(says("Bye."), id="msg_b")
    _, emitted = translated([created(), added(M), done(M), ended(M | {"id": "x"}, other | {"id": "y"})])
    assert final(emitted)["texts"] == ["Hello.", "Bye."]


@pytest.mark.parametrize("name", STREAMS)
@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_events_after_the_end_are_ignored_in_any_grouping_of_reads(name: str, size: int) -> None:
    late = [text(" More."), done(message(says("More."), id="msg_z")), ended(status="failed"), *STREAMS["call"]]
    events = [*STREAMS[name], *late]
    reads = [events[start : start + size] for start in range(0, len(events), size)]
    assert final(translated(*reads)[1]) == final(translated(STREAMS[name])[1])
    assert [each for each, _ in translated(*reads)[1]][-1].startswith("thread.run.")


CLIENTS = {
    "custom_tool_call": {"call_id": "c", "name": "grep", "input": "x"},
    "shell_call": {"call_id": "c", "action": {"commands": ["ls"]}},
    "local_shell_call": {"call_id": "c", "action": {"command": ["ls"]}},
    "apply_patch_call": {"call_id": "c", "operation": {"type": "delete_file", "path": "a"}},
    "computer_call": {"call_id": "c", "action": {"type": "screenshot"}},
    "tool_search_call": {"call_id": "c", "arguments": {}},
}


@pytest.mark.parametrize("kind", CLIENTS)
def test_a_call_that_only_the_program_could_answer_fails_the_run_by_name(kind: str) -> None:
    item = {"type": kind, "id": "x_1", "status": "completed"} | CLIENTS[kind]
    _, emitted = translated([created(), added(item), done(item), ended(item)])
    assert emitted[-1][0] == "thread.run.failed"
    assert kind in emitted[-1][1]["last_error"]["message"]
    answer = {"type": kind.removesuffix("_call") + "_call_output", "id": "x_2", "call_id": "c"}
    answer |= {"type": "tool_search_output"} if kind == "tool_search_call" else {}
    for more in (M, answer):
        _, emitted = translated([created(), added(item), done(item), ended(item, more)])
        assert emitted[-1][0] == "thread.run.completed", "upstream has answered it itself"
