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
from tests.engine.scripted import Lost, Refused, World, answer, inputs, place
from tests.translate.telling import added, call, code, created, done, message, says, search, text

Json = dict[str, Any]
HELLO, BYE = message(says("Hello."), id="msg_a"), message(says("Bye."), id="msg_b")
RESULT = {"file_id": "file-1", "filename": "a.txt", "score": 0.5, "text": "words", "attributes": {}}
SEARCH, THOUGHT = search(RESULT), {"type": "reasoning", "id": "rs_1", "summary": []}


def response(*output: Json, status: str = "completed", **more: Any) -> Json:
    usage = {"input_tokens": 10, "output_tokens": 4, "total_tokens": 14}
    return {"id": "resp_1", "status": status, "output": list(output), "usage": usage, **more}


def lose(world: World, thread: str, *reads: Any) -> Json:
    """A process drives a run up to a point and dies; returns the stored run."""
    other = world.elsewhere("other")
    with suppress(Lost):
        other.run(thread, [*reads, other.die])
    found: Json = world.context.store.database.read(_only, thread)  # type: ignore[attr-defined]
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
def test_a_run_is_finished_from_upstreams_response(world: World, left: str) -> None:
    """The messages, steps, journal and tokens are the same as without the loss."""
    reads, output = LEFT[left]
    thread, calm = world.thread("One"), world.thread("One")
    run = lose(world, thread, *reads)
    world.upstream.stored["resp_1"] = response(*output)
    world.run(calm, answer(*output, id="resp_calm"))
    (whole,) = world.get(f"threads/{calm}/runs")["data"]
    found = world.get(place(run))
    assert (found["status"], found["usage"]) == (whole["status"], whole["usage"])
    assert world.messages(thread) == world.messages(calm)
    assert _shapes(world, found) == _shapes(world, whole)
    if found["status"] == "requires_action":
        assert found["required_action"] == whole["required_action"]
        for one in (found, whole):
            world.submit(one, answer(BYE, id=f"resp_{one['id']}"), call_a="42")
    for one in (thread, calm):
        world.upstream.can = Profile("scripted", stores=False)
        world.run(one, answer(message(says("!"), id="msg_z"), id=f"again_{one}"))
    assert inputs(world.upstream.bodies[-1]) == inputs(world.upstream.bodies[-2])


def _shapes(world: World, run: Json) -> list[Any]:
    steps = world.get(f"{place(run)}/steps", order="asc")["data"]
    told = [[each["type"] for each in step["step_details"].get("tool_calls", [])] for step in steps]
    return [(step["type"], step["status"], kinds) for step, kinds in zip(steps, told, strict=True)]


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
def test_upstreams_status_decides(world: World, shown: Any, status: str) -> None:
    thread = world.thread("One")
    run = lose(world, thread, [created()], [added(HELLO)], [text("Hel")])
    world.upstream.stored["resp_1"] = shown
    assert world.get(place(run))["status"] == status
    world.run(thread, answer(BYE, id="resp_2"))
    assert inputs(world.sent)[0] == "One"


@pytest.mark.parametrize("shown", NOTHING)
@pytest.mark.parametrize("left", LEFT)
def test_the_same_request_is_sent_again(world: World, left: str, shown: Any) -> None:
    """Under the same run id; the messages and steps of the lost answer are removed."""
    reads, output = LEFT[left]
    thread, calm = world.thread("One"), world.thread("One")
    run = lose(world, thread, *reads)
    asked = world.sent
    world.upstream.stored["resp_1"] = shown
    world.script(answer(*output, id="resp_again"))
    world.get(place(run))
    assert world.sent == asked
    world.run(calm, answer(*output, id="resp_calm"))
    (whole,) = world.get(f"threads/{calm}/runs")["data"]
    found = world.get(place(run))
    assert (found["status"], found["usage"]) == (whole["status"], whole["usage"])
    assert world.messages(thread) == world.messages(calm)
    assert _shapes(world, found) == _shapes(world, whole)
    if found["status"] == "requires_action":
        world.submit(found, answer(BYE, id="resp_end"), call_a="42")
        assert world.sent["previous_response_id"] == "resp_again"


def test_a_run_that_never_reached_upstream_is_requested(world: World) -> None:
    thread = world.thread("One")
    run = lose(world, thread)
    world.script(answer(HELLO))
    world.get(place(run))
    assert world.get(place(run))["status"] == "completed"
    assert world.upstream.asked == []


def test_a_server_that_stores_nothing_gets_the_request_again_at_once(world: World) -> None:
    world.upstream.can = Profile("scripted", stores=False)
    run = lose(world, world.thread("One"), [created()])
    world.script(answer(HELLO, id="resp_2"))
    world.get(place(run))
    assert world.get(place(run))["status"] == "completed"
    assert world.upstream.asked == []


def test_outputs_are_sent_again_without_duplicates(world: World) -> None:
    """A run that was lost after its application had answered: the function calls are not requested again."""
    thread = world.thread("One")
    run = lose(world, thread, *answer(message(says("Wait."), id="msg_w"), call())[:-1])
    world.upstream.stored["resp_1"] = response(message(says("Wait."), id="msg_w"), call())
    asking = world.get(place(run))
    other = world.elsewhere("second")
    with suppress(Lost):
        other.submit(asking, [[created(id="resp_2")], [added(HELLO)], [text("Hel")], other.die], call_a="42")
    asked = world.sent
    world.script(answer(HELLO, id="resp_3"))
    world.get(place(run))
    assert world.sent == asked
    assert inputs(world.sent) == ["output call_a"]
    assert world.get(place(run))["status"] == "completed"
    assert world.messages(thread) == ["One", "Wait.", "Hello."]


@pytest.mark.parametrize("lost", range(1, recovery.MAX_LOST_PROCESSES))
def test_a_request_that_has_lost_some_processes_is_sent_again(world: World, lost: int) -> None:
    thread = world.thread("One")
    run = lose(world, thread, [created()])
    lose_again(world, run, lost - 1)
    world.script(answer(BYE, id="resp_9"))
    world.get(place(run))
    assert world.get(place(run))["status"] == "completed"
    assert world.messages(thread) == ["One", "Bye."]
    assert world.marks(run["id"]) == ["resumed"] * lost


def test_a_run_fails_whose_request_has_lost_too_many_processes(world: World) -> None:
    """The request itself may be what kills the processes."""
    thread = world.thread("One")
    run = lose(world, thread, [created()])
    lose_again(world, run, recovery.MAX_LOST_PROCESSES - 1)
    found = world.get(place(run))
    assert (found["status"], found["last_error"]["message"]) == ("failed", refresh.ORPHANED)
    world.run(thread, answer(BYE, id="resp_9"))
    assert inputs(world.sent) == ["One"]


def lose_again(world: World, run: Json, times: int) -> None:
    """A number of further processes take the run over, and die after its first text."""
    for number in range(times):
        other = world.elsewhere(f"other {number}")
        world.script([[created(id=f"resp_{number + 2}")], [added(HELLO)], other.die])
        with suppress(Lost):
            other.get(place(run))


def test_each_request_of_a_run_may_be_sent_again(world: World) -> None:
    thread = world.thread("One")
    run = lose(world, thread, [created()])
    world.script(answer(call(), id="resp_2"))
    world.get(place(run))
    third = world.elsewhere("third")
    with suppress(Lost):
        third.submit(world.get(place(run)), [[created(id="resp_3")], third.die], call_a="42")
    world.script(answer(HELLO, id="resp_4"))
    world.get(place(run))
    assert world.get(place(run))["status"] == "completed"


def test_of_two_processes_one_sends_the_request_again(world: World) -> None:
    thread = world.thread("One")
    run = lose(world, thread, [created()])
    world.script(answer(HELLO, id="resp_2"))
    third = world.elsewhere("third")
    world.meddle(lambda name, *args: name == "_restart", lambda: third.get(place(run)))
    assert world.get(place(run))["status"] == "completed"
    assert world.messages(thread) == ["One", "Hello."]


def test_a_request_of_an_expired_run_is_not_sent_again(world: World) -> None:
    run = lose(world, world.thread("One"), [created()])
    world.clock.time += 600
    assert world.get(place(run))["status"] == "expired"


def test_a_store_that_fails_during_a_takeover_leaves_the_run_to_the_next_process(world: World) -> None:
    run = lose(world, world.thread("One"), [created()])

    def fail() -> None:
        raise StoreFailed("full")

    world.meddle(lambda name, *args: name == "_restart", fail)
    with pytest.raises(Refused, match="full"):
        world.get(place(run))
    world.script(answer(HELLO, id="resp_2"))
    world.get(place(run))
    assert world.get(place(run))["status"] == "completed"


def test_a_run_that_was_being_cancelled_is_cancelled(world: World) -> None:
    thread = world.thread("One")
    cancel = lambda: world.post(f"threads/{thread}/runs/run_1/cancel")  # noqa: E731
    run = lose(world, thread, [created()], cancel)
    assert world.get(place(run))["status"] == "cancelled"
    assert world.upstream.asked == []


def test_of_two_processes_one_succeeds(world: World) -> None:
    thread = world.thread("One")
    run = lose(world, thread, [created()])
    world.upstream.stored["resp_1"] = response(HELLO)
    third = world.elsewhere("third")
    world.meddle(lambda name, *args: name == "_finish", lambda: third.get(place(run)))
    assert world.get(place(run))["status"] == "completed"
    assert world.messages(thread) == ["One", "Hello."]
    assert world.upstream.asked == ["resp_1", "resp_1"]


def test_changes_made_during_the_request_to_upstream_are_not_overwritten(world: World) -> None:
    """The run's process was only slow, and has renewed its lease; the run is then read again."""
    thread = world.thread("One")
    run = lose(world, thread, [created()])
    world.upstream.stored["resp_1"] = response(call())
    base = world.context.store.database  # type: ignore[attr-defined]
    owner = base.read(runs.get, thread, run["id"]).owner
    until, mine = world.context.clock() + 1000, [("", run["id"])]
    world.meddle(lambda name, *args: name == "_finish", lambda: base.write(leases.renew, mine, owner, until))
    assert world.get(place(run))["status"] == "in_progress"
    assert world.messages(thread) == ["One"]


def test_a_run_without_an_owner(world: World) -> None:
    """The owner released the run before it was lost."""
    thread = world.thread("One")
    run = lose(world, thread, [created()])
    world.context.store.database.write(_disown, run)  # type: ignore[attr-defined]
    world.upstream.stored["resp_1"] = response(HELLO)
    assert world.get(place(run))["status"] == "completed"


def _disown(tx: Tx, run: Json) -> None:
    from shim.store import runs

    row = runs.get(tx, run["thread_id"], run["id"])
    assert row is not None
    runs.move(tx, row.body, row.memory, frozenset({run["status"]}), owner=None, lease_until=None)


def test_a_response_that_is_not_stored_is_no_head(world: World) -> None:
    thread = world.thread("One")
    run = lose(world, thread, [created()])
    world.upstream.stored["resp_1"] = response(HELLO, store=False)
    world.get(place(run))
    world.run(thread, answer(BYE, id="resp_2"))
    assert "previous_response_id" not in world.sent


def test_files_that_the_lost_process_would_have_stored_are_stored(world: World) -> None:
    link = {"type": "container_file_citation", "file_id": "cfile_9", "container_id": "cntr_1", "filename": "a.csv"}
    linking = message(says("sandbox:/mnt/data/a.csv", link | {"start_index": 0, "end_index": 23}), id="msg_a")
    thread = world.thread("One")
    run = lose(world, thread, [created()], [added(linking)])
    world.upstream.stored["resp_1"] = response(linking)
    assert world.get(f"threads/{thread}/runs/{run['id']}")["status"] == "completed"
    assert world.reply("GET", "files/cfile_9/content").body == b"bytes"


def test_a_thread_that_is_deleted_while_its_files_are_fetched(world: World) -> None:
    link = {"type": "container_file_citation", "file_id": "cfile_9", "container_id": "cntr_1", "filename": "a.csv"}
    linking = message(says("sandbox:/mnt/data/a.csv", link | {"start_index": 0, "end_index": 23}), id="msg_a")
    thread = world.thread("One")
    run = lose(world, thread, [created()])
    world.upstream.stored["resp_1"] = response(linking)
    world.upstream.meanwhile = lambda: world.delete(f"threads/{thread}")
    with pytest.raises(Refused, match="No thread found"):
        world.get(f"threads/{thread}/runs/{run['id']}")


def test_another_process_is_quicker(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The slower process returns the run as the other one has stored it, and writes nothing."""
    thread = world.thread("One")
    run = lose(world, thread, [created()])
    world.upstream.stored["resp_1"] = response(HELLO)
    world.living.add("third")
    take = runs.take_over
    with monkeypatch.context() as patch:
        patch.setattr(runs, "take_over", lambda *given: take(*given[:3], "third", 2000.0) and False)
        assert world.get(place(run))["status"] == "in_progress"
    assert world.messages(thread) == ["One"]


def test_a_process_that_drives_no_runs_raises_an_error() -> None:
    with pytest.raises(NotImplementedError):
        no_pump(None)


def test_completed_objects_are_unchanged_when_the_run_expires(world: World) -> None:
    thread = world.thread("One")
    run = lose(world, thread, [created()], [done(HELLO)], [added(BYE)], [done(BYE)])
    world.clock.time += 600
    assert world.get(place(run))["status"] == "expired"
    assert world.messages(thread) == ["One", "Hello.", "Bye."]
    steps = world.get(f"{place(run)}/steps")["data"]
    assert [step["status"] for step in steps] == ["completed", "completed"]
