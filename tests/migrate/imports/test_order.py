"""The order of a thread's messages: that of the input, unless there is evidence that it begins with the newest."""

import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from shim.migrate import Importer
from shim.migrate.imports import documents, objects, shapes, timeline
from shim.migrate.imports.objects_read import Hint
from shim.migrate.imports.report import Place
from shim.migrate.imports.stage import Staged
from shim.settings import current_settings
from shim.store import messages
from shim.store.database import database

Json = dict[str, Any]
THREAD = "thread_HH000002"
#: Every conversation of up to five messages.
CONVERSATIONS = [roles for length in range(1, 6) for roles in product(("user", "assistant"), repeat=length)]
#: The times of messages in the order of the input, and whether they fall.
TIMES: dict[str, tuple[Any, bool]] = {
    "none": (lambda number, length: None, False),
    "equal": (lambda number, length: 100, False),
    "rising": (lambda number, length: 100 + number, False),
    "rising slowly": (lambda number, length: 100 + number // 2, False),
    "rising, with gaps": (lambda number, length: 100 + number if number % 2 else None, False),
    "only the first": (lambda number, length: None if number else 100, False),
    "falling": (lambda number, length: 200 - number, True),
    "falling slowly": (lambda number, length: 200 - number // 2, True),
    "falling, with gaps": (lambda number, length: 200 - number if number % 2 else None, True),
}


def planned(value: Any) -> tuple[list[str], list[str]]:
    """The texts in the order in which they are imported, and the codes of what was reported."""
    codes: list[str] = []
    staged = [
        Staged(number, str(found.kind), body, Place("test"), found.hint.newest_first)
        for number, found in enumerate(shapes.read(value, Hint(thread_id=THREAD)))
        for body in [objects.clean(found, lambda code, detail: None)]
    ]
    plan = timeline.plan(THREAD, staged, lambda code, place, detail: codes.append(code))
    return [one["content"][0]["text"]["value"] for one in plan.messages], codes


def conversation(roles: tuple[str, ...], times: Any) -> list[Json]:
    given = [(role, times(number, len(roles))) for number, role in enumerate(roles)]
    return [
        {"role": role, "content": str(number), **({"created_at": at} if at is not None else {})}
        for number, (role, at) in enumerate(given)
    ]


@pytest.mark.parametrize("times", TIMES)
def test_the_order_of_the_input_is_reversed_only_if_the_times_fall(times: str) -> None:
    of, falls = TIMES[times]
    for roles in CONVERSATIONS:
        given = conversation(roles, of)
        known = {one["created_at"] for one in given if "created_at" in one}
        turned = falls and len(known) > 1
        for value in (given, {"messages": given}, {"data": given}, {THREAD: given}):
            found, codes = planned(value)
            assert found == [one["content"] for one in (given[::-1] if turned else given)], (roles, value)
            assert ("newest_first" in codes) == (turned and len(known) < len(given))


@pytest.mark.parametrize("marks", [{"has_more": False}, {"first_id": "msg_1", "last_id": "msg_2"}])
@pytest.mark.parametrize("times", ["none", "equal"])
def test_a_page_of_the_api_that_begins_with_an_answer_begins_with_the_newest(times: str, marks: Json) -> None:
    """As recorded pages do, whose messages were created in one second: those with two questions were asked for in the
    order of the conversation.
    """
    for roles in CONVERSATIONS:
        given = conversation(roles, TIMES[times][0])
        turned = (roles[0], roles[-1]) == ("assistant", "user")
        found, codes = planned({"object": "list", "data": given, **marks})
        assert found == [one["content"] for one in (given[::-1] if turned else given)], roles
        assert ("newest_first" in codes) == turned


@pytest.mark.parametrize("times", ["rising", "rising slowly", "rising, with gaps"])
def test_times_decide_in_a_page_too(times: str) -> None:
    for roles in CONVERSATIONS:
        given = conversation(roles, TIMES[times][0])
        if len({one["created_at"] for one in given if "created_at" in one}) > 1:
            assert planned({"data": given, "has_more": False})[0] == [one["content"] for one in given]


@pytest.mark.parametrize("backwards", [False, True])
def test_the_steps_of_a_page_within_one_second(backwards: bool) -> None:
    """A run calls its tools before it answers."""
    calls = {"type": "tool_calls", "tool_calls": []}
    answer = {"type": "message_creation", "message_creation": {"message_id": "msg_1"}}
    steps = [
        {"id": f"step_{number}", "created_at": 100, "status": "completed", "step_details": details}
        for number, details in enumerate((calls, calls, answer))
    ]
    run = {"id": "run_1", "status": "completed", "created_at": 100, "assistant_id": "asst_1"}
    page = {"data": steps[:: -1 if backwards else 1], "has_more": False}
    staged = [
        Staged(number, str(found.kind), objects.clean(found, lambda *_: None), Place("test"), found.hint.newest_first)
        for number, found in enumerate(shapes.read([run, page], Hint(thread_id=THREAD, run_id="run_1")))
    ]
    plan = timeline.plan(THREAD, staged, lambda *_: None)
    assert plan.ids("step") == ["step_0", "step_1", "step_2"]


@pytest.mark.parametrize("small", [True, False], ids=["small", "large"])
def test_a_file_with_a_page(small: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("ijson")
    monkeypatch.setattr(documents, "SMALL", documents.SMALL if small else 10)
    path = tmp_path / f"{THREAD}.json"
    given = conversation(("assistant", "user"), TIMES["none"][0])
    path.write_text(json.dumps({"data": given, "has_more": False}, indent=1))
    with Importer() as importer:
        importer.read(path)
    assert importer.report.problems["newest_first"] == 1
    found = database(current_settings().database_url).read(messages.page, THREAD, 10, "asc").data
    assert [one["role"] for one in found] == ["user", "assistant"]
