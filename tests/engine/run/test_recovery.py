"""Runs whose process has died: they continue, with upstream's stored response or by repeating the request."""

from contextlib import suppress
from typing import Any

import pytest

from shim.engine.context import no_pump
from shim.engine.run import recovery, refresh
from shim.ports import Profile, Refusal
from shim.store import leases, runs
from shim.store.errors import StoreFailed
from shim.store.tx import Tx
from tests.engine.scripted import Harness, Lost, Refused, answer, inputs, place
from tests.translate.upstream_events import added, call, code, created, done, message, says, search, text

Json = dict[str, Any]
HELLO, BYE = message(says("Hello."), id="msg_a"), message(says("Bye."), id="msg_b")
RESULT = {"file_id": "file-1", "filename": "a.txt", "score": 0.5, "text": "words", "attributes": {}}
SEARCH, THOUGHT = search(RESULT), {"type": "reasoning", "id": "rs_1", "summary": []}


def response(*output: Json, status: str = "completed", **more: Any) -> Json:
    usage = {"input_tokens": 10, "output_tokens": 4, "total_tokens": 14}
    return {"id": "resp_1", "status": status, "output": list(output), "usage": usage, **more}


def lose(harness: Harness, thread: str, *reads: Any) -> Json:
    """A process drives a run up to a point and dies; returns the stored run."""
    other = harness.elsewhere("other")
    with suppress(Lost):
        other.run(thread, [*reads, other.die])
    found: Json = harness.context.store.database.read(_only, thread)  # type: ignore[attr-defined]
    return found


def _only(tx: Tx, thread: str) -> Json:
    return runs.page(tx, thread, 1, "desc").data[0]


#: The events that the lost process had received, and the whole response.
LEFT = {
    "nothing but its id": ([[created()]], [HELLO]),
    "a beginning": ([[created()], [added(HELLO)], [text("Hel")]], [HELLO]),
    "a whole message": ([[created()], [added(HELLO)], [done(HELLO)]], [HELLO]),
    "a message and a half": ([[created()], [done(HELLO)], [added(BYE)], [text("B", "msg_b")]], [HELLO, BYE]),
    "two messages": ([[created()], [done(HELLO)], [done(BYE)]], [HELLO, BYE]),
    "a thought and a beginning": ([[created()], [done(THOUGHT)], [added(HELLO)]], [THOUGHT, HELLO]),
    "half a search": ([[created()], [added(SEARCH)]], [SEARCH, HELLO]),
    "a search": ([[created()], [done(SEARCH)]], [SEARCH, HELLO]),
    "a search and a message": ([[created()], [done(SEARCH)], [done(HELLO)]], [SEARCH, HELLO]),
    "code": ([[created()], [done(code("x"))], [added(HELLO)]], [code("x"), HELLO]),
    "half a call": ([[created()], [added(call())]], [call()]),
    "a call": ([[created()], [done(call())]], [call()]),
    "a message and a call": ([[created()], [done(HELLO)], [added(call())]], [HELLO, call()]),
}


@pytest.mark.parametrize("left", LEFT)
def test_a_run_is_finished_from_upstreams_response(harness: Harness, left: str) -> None:
    """The messages, steps, journal and tokens are the same as without the loss."""
    reads, output = LEFT[left]
    thread, calm = harness.thread("One"), harness.thread("One")
    run = lose(harness, thread, *reads)
    harness.upstream.stored["resp_1"] = response(*output)
    harness.run(calm, answer(*output, id="resp_calm"))
    (whole,) = harness.get(f"threads/{calm}/runs")["data"]
    found = harness.get(place(run))
    assert (found["status"], found["usage"]) == (whole["status"], whole["usage"])
    assert harness.messages(thread) == harness.messages(calm)
    assert _shapes(harness, found) == _shapes(harness, whole)
    if found["status"] == "requires_action":
        assert found["required_action"] == whole["required_action"]
        for one in (found, whole):
            harness.submit(one, answer(BYE, id=f"resp_{one['id']}"), call_a="42")
    for one in (thread, calm):
        harness.upstream.can = Profile("scripted", stores=False)
        harness.run(one, answer(message(says("!"), id="msg_z"), id=f"again_{one}"))
    assert inputs(harness.upstream.bodies[-1]) == inputs(harness.upstream.bodies[-2])


def _shapes(harness: Harness, run: Json) -> list[Any]:
    steps = harness.get(f"{place(run)}/steps", order="asc")["data"]
    shapes = [[each["type"] for each in step["step_details"].get("tool_calls", [])] for step in steps]
    return [(step["type"], step["status"], kinds) for step, kinds in zip(steps, shapes, strict=True)]


#: Upstream's state of the response, and the run's final status.
SHOWN = [
    (response(status="failed", error={"code": "server_error", "message": "Boom."}), "failed"),
    (response(message(says("Hel"), status="incomplete"), status="incomplete"), "incomplete"),
]
#: Upstream's state of a response that it will not finish.
NOTHING = [
    response(status="cancelled"),
    response(status="in_progress"),
    Refusal(404, "No such response."),
    Refusal(None, "No connection."),
]


@pytest.mark.parametrize("shown, status", SHOWN)
def test_upstreams_status_decides(harness: Harness, shown: Any, status: str) -> None:
    thread = harness.thread("One")
    run = lose(harness, thread, [created()], [added(HELLO)], [text("Hel")])
    harness.upstream.stored["resp_1"] = shown
    assert harness.get(place(run))["status"] == status
    harness.run(thread, answer(BYE, id="resp_2"))
    assert inputs(harness.sent)[0] == "One"


@pytest.mark.parametrize("shown", NOTHING)
@pytest.mark.parametrize("left", LEFT)
def test_the_same_request_is_sent_again(harness: Harness, left: str, shown: Any) -> None:
    """Under the same run id; the messages and steps of the lost answer are removed."""
    reads, output = LEFT[left]
    thread, calm = harness.thread("One"), harness.thread("One")
    run = lose(harness, thread, *reads)
    request = harness.sent
    harness.upstream.stored["resp_1"] = shown
    harness.script(answer(*output, id="resp_again"))
    harness.get(place(run))
    assert harness.sent == request
    harness.run(calm, answer(*output, id="resp_calm"))
    (whole,) = harness.get(f"threads/{calm}/runs")["data"]
    found = harness.get(place(run))
    assert (found["status"], found["usage"]) == (whole["status"], whole["usage"])
    assert harness.messages(thread) == harness.messages(calm)
    assert _shapes(harness, found) == _shapes(harness, whole)
    if found["status"] == "requires_action":
        harness.submit(found, answer(BYE, id="resp_end"), call_a="42")
        assert harness.sent["previous_response_id"] == "resp_again"


def test_a_run_that_never_reached_upstream_is_requested(harness: Harness) -> None:
    thread = harness.thread("One")
    run = lose(harness, thread)
    harness.script(answer(HELLO))
    harness.get(place(run))
    assert harness.get(place(run))["status"] == "completed"
    assert harness.upstream.retrieved == []


def test_a_server_that_stores_nothing_gets_the_request_again_at_once(harness: Harness) -> None:
    harness.upstream.can = Profile("scripted", stores=False)
    run = lose(harness, harness.thread("One"), [created()])
    harness.script(answer(HELLO, id="resp_2"))
    harness.get(place(run))
    assert harness.get(place(run))["status"] == "completed"
    assert harness.upstream.retrieved == []


def test_outputs_are_sent_again_without_duplicates(harness: Harness) -> None:
    """A run that was lost after its application had answered: the function calls are not requested again."""
    thread = harness.thread("One")
    run = lose(harness, thread, *answer(message(says("Wait."), id="msg_w"), call())[:-1])
    harness.upstream.stored["resp_1"] = response(message(says("Wait."), id="msg_w"), call())
    waiting = harness.get(place(run))
    other = harness.elsewhere("second")
    with suppress(Lost):
        other.submit(waiting, [[created(id="resp_2")], [added(HELLO)], [text("Hel")], other.die], call_a="42")
    request = harness.sent
    harness.script(answer(HELLO, id="resp_3"))
    harness.get(place(run))
    assert harness.sent == request
    assert inputs(harness.sent) == ["output call_a"]
    assert harness.get(place(run))["status"] == "completed"
    assert harness.messages(thread) == ["One", "Wait.", "Hello."]


@pytest.mark.parametrize("lost", range(1, recovery.MAX_LOST_PROCESSES))
def test_a_request_that_has_lost_some_processes_is_sent_again(harness: Harness, lost: int) -> None:
    thread = harness.thread("One")
    run = lose(harness, thread, [created()])
    lose_again(harness, run, lost - 1)
    harness.script(answer(BYE, id="resp_9"))
    harness.get(place(run))
    assert harness.get(place(run))["status"] == "completed"
    assert harness.messages(thread) == ["One", "Bye."]
    assert harness.marks(run["id"]) == ["resumed"] * lost


def test_a_run_fails_whose_request_has_lost_too_many_processes(harness: Harness) -> None:
    """The request itself may be what kills the processes."""
    thread = harness.thread("One")
    run = lose(harness, thread, [created()])
    lose_again(harness, run, recovery.MAX_LOST_PROCESSES - 1)
    found = harness.get(place(run))
    assert (found["status"], found["last_error"]["message"]) == ("failed", refresh.ORPHANED)
    harness.run(thread, answer(BYE, id="resp_9"))
    assert inputs(harness.sent) == ["One"]


def lose_again(harness: Harness, run: Json, times: int) -> None:
    """A number of further processes take the run over, and die after its first text."""
    for number in range(times):
        other = harness.elsewhere(f"other {number}")
        harness.script([[created(id=f"resp_{number + 2}")], [added(HELLO)], other.die])
        with suppress(Lost):
            other.get(place(run))


def test_each_request_of_a_run_may_be_sent_again(harness: Harness) -> None:
    thread = harness.thread("One")
    run = lose(harness, thread, [created()])
    harness.script(answer(call(), id="resp_2"))
    harness.get(place(run))
    third = harness.elsewhere("third")
    with suppress(Lost):
        third.submit(harness.get(place(run)), [[created(id="resp_3")], third.die], call_a="42")
    harness.script(answer(HELLO, id="resp_4"))
    harness.get(place(run))
    assert harness.get(place(run))["status"] == "completed"


def test_of_two_processes_one_sends_the_request_again(harness: Harness) -> None:
    thread = harness.thread("One")
    run = lose(harness, thread, [created()])
    harness.script(answer(HELLO, id="resp_2"))
    third = harness.elsewhere("third")
    harness.meddle(lambda name, *args: name == "_restart", lambda: third.get(place(run)))
    assert harness.get(place(run))["status"] == "completed"
    assert harness.messages(thread) == ["One", "Hello."]


def test_a_request_of_an_expired_run_is_not_sent_again(harness: Harness) -> None:
    run = lose(harness, harness.thread("One"), [created()])
    harness.clock.time += 600
    assert harness.get(place(run))["status"] == "expired"


def test_a_store_that_fails_during_a_takeover_leaves_the_run_to_the_next_process(harness: Harness) -> None:
    run = lose(harness, harness.thread("One"), [created()])

    def fail() -> None:
        raise StoreFailed("full")

    harness.meddle(lambda name, *args: name == "_restart", fail)
    with pytest.raises(Refused, match="full"):
        harness.get(place(run))
    harness.script(answer(HELLO, id="resp_2"))
    harness.get(place(run))
    assert harness.get(place(run))["status"] == "completed"


def test_a_run_that_was_being_cancelled_is_cancelled(harness: Harness) -> None:
    thread = harness.thread("One")
    cancel = lambda: harness.post(f"threads/{thread}/runs/run_1/cancel")  # noqa: E731
    run = lose(harness, thread, [created()], cancel)
    assert harness.get(place(run))["status"] == "cancelled"
    assert harness.upstream.retrieved == []


def test_of_two_processes_one_succeeds(harness: Harness) -> None:
    thread = harness.thread("One")
    run = lose(harness, thread, [created()])
    harness.upstream.stored["resp_1"] = response(HELLO)
    third = harness.elsewhere("third")
    harness.meddle(lambda name, *args: name == "_finish", lambda: third.get(place(run)))
    assert harness.get(place(run))["status"] == "completed"
    assert harness.messages(thread) == ["One", "Hello."]
    assert harness.upstream.retrieved == ["resp_1", "resp_1"]


def test_changes_made_during_the_request_to_upstream_are_not_overwritten(harness: Harness) -> None:
    """The run's process was only slow, and has renewed its lease; the run is then read again."""
    thread = harness.thread("One")
    run = lose(harness, thread, [created()])
    harness.upstream.stored["resp_1"] = response(call())
    base = harness.context.store.database  # type: ignore[attr-defined]
    owner = base.read(runs.get, thread, run["id"]).owner
    until, mine = harness.context.clock() + 1000, [("", run["id"])]
    harness.meddle(lambda name, *args: name == "_finish", lambda: base.write(leases.renew, mine, owner, until))
    assert harness.get(place(run))["status"] == "in_progress"
    assert harness.messages(thread) == ["One"]


def test_a_run_without_an_owner(harness: Harness) -> None:
    """The owner released the run before it was lost."""
    thread = harness.thread("One")
    run = lose(harness, thread, [created()])
    harness.context.store.database.write(_disown, run)  # type: ignore[attr-defined]
    harness.upstream.stored["resp_1"] = response(HELLO)
    assert harness.get(place(run))["status"] == "completed"


def _disown(tx: Tx, run: Json) -> None:
    from shim.store import runs

    row = runs.get(tx, run["thread_id"], run["id"])
    assert row is not None
    runs.move(tx, row.body, row.memory, frozenset({run["status"]}), owner=None, lease_until=None)


def test_a_response_that_is_not_stored_is_no_head(harness: Harness) -> None:
    thread = harness.thread("One")
    run = lose(harness, thread, [created()])
    harness.upstream.stored["resp_1"] = response(HELLO, store=False)
    harness.get(place(run))
    harness.run(thread, answer(BYE, id="resp_2"))
    assert "previous_response_id" not in harness.sent


def test_files_that_the_lost_process_would_have_stored_are_stored(harness: Harness) -> None:
    link = {"type": "container_file_citation", "file_id": "cfile_9", "container_id": "cntr_1", "filename": "a.csv"}
    linking = message(says("sandbox:/mnt/data/a.csv", link | {"start_index": 0, "end_index": 23}), id="msg_a")
    thread = harness.thread("One")
    run = lose(harness, thread, [created()], [added(linking)])
    harness.upstream.stored["resp_1"] = response(linking)
    assert harness.get(f"threads/{thread}/runs/{run['id']}")["status"] == "completed"
    assert harness.reply("GET", "files/cfile_9/content").body == b"bytes"


def test_a_thread_that_is_deleted_while_its_files_are_fetched(harness: Harness) -> None:
    link = {"type": "container_file_citation", "file_id": "cfile_9", "container_id": "cntr_1", "filename": "a.csv"}
    linking = message(says("sandbox:/mnt/data/a.csv", link | {"start_index": 0, "end_index": 23}), id="msg_a")
    thread = harness.thread("One")
    run = lose(harness, thread, [created()])
    harness.upstream.stored["resp_1"] = response(linking)
    harness.upstream.meanwhile = lambda: harness.delete(f"threads/{thread}")
    with pytest.raises(Refused, match="No thread found"):
        harness.get(f"threads/{thread}/runs/{run['id']}")


def test_another_process_is_quicker(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    """The slower process returns the run as the other one has stored it, and writes nothing."""
    thread = harness.thread("One")
    run = lose(harness, thread, [created()])
    harness.upstream.stored["resp_1"] = response(HELLO)
    harness.living.add("third")
    take = runs.take_over
    with monkeypatch.context() as patch:
        patch.setattr(runs, "take_over", lambda *given: take(*given[:3], "third", 2000.0) and False)
        assert harness.get(place(run))["status"] == "in_progress"
    assert harness.messages(thread) == ["One"]


def test_a_process_that_drives_no_runs_raises_an_error() -> None:
    with pytest.raises(NotImplementedError):
        no_pump(None)


def test_completed_objects_are_unchanged_when_the_run_expires(harness: Harness) -> None:
    thread = harness.thread("One")
    run = lose(harness, thread, [created()], [done(HELLO)], [added(BYE)], [done(BYE)])
    harness.clock.time += 600
    assert harness.get(place(run))["status"] == "expired"
    assert harness.messages(thread) == ["One", "Hello.", "Bye."]
    steps = harness.get(f"{place(run)}/steps")["data"]
    assert [step["status"] for step in steps] == ["completed", "completed"]
