"""A call on a thread refreshes its active run: nothing happens, the run ends if that is due, or upstream is polled.

Also the effect of an internal error during that.
"""

from contextlib import suppress
from typing import Any

import pytest

from shim.engine.run import recovery, refresh
from shim.engine.run.state import RunState
from shim.ports import Profile, Refusal
from shim.runtime import drive
from shim.store import runs
from shim.store.run_memory import RunMemory
from shim.store.tx import Tx
from shim.translate import stream
from tests.engine.run import driven
from tests.engine.run.test_background import response, start
from tests.engine.run.test_recovery import lose
from tests.engine.scripted import Harness, Lost, answer, place
from tests.translate.upstream_events import added, created, done, message, says, text

Json = dict[str, Any]
HELLO = message(says("Hello."), id="msg_a")


@pytest.fixture
def state(harness: Harness) -> RunState:
    return driven.drive(harness, harness.thread("One"))


def poll(harness: Harness, state: RunState) -> None:
    drive.finish(refresh.thread(harness.context, state.run["thread_id"]))


def active(harness: Harness, state: RunState) -> Json | None:
    return harness.base.write(refresh.active, harness.context, state.run["thread_id"])


def leave(
    harness: Harness, state: RunState, status: str, owner: str | None, until: float | None, **memory: Any
) -> None:
    """The run as another process has left it in the store."""
    remembered: RunMemory = state.memory | memory  # type: ignore[assignment]
    body = state.run | {"status": status}
    harness.base.write(
        lambda tx: runs.move(tx, body, remembered, frozenset({"queued"}), owner=owner, lease_until=until)
    )


def ended(harness: Harness, state: RunState) -> tuple[str, str | None]:
    body = driven.stored(harness, state).body
    return body["status"], (body["last_error"] or {}).get("message")


def test_a_thread_without_an_active_run(harness: Harness) -> None:
    thread = harness.thread("One")
    drive.finish(refresh.thread(harness.context, thread))
    assert harness.base.write(refresh.active, harness.context, thread) is None


def test_a_run_that_this_process_drives_is_not_refreshed(harness: Harness, state: RunState) -> None:
    harness.context.registry.enter(state.run["id"], None)
    poll(harness, state)
    assert active(harness, state) == state.run
    harness.clock.time += 100
    poll(harness, state)
    assert active(harness, state) == state.run, "its lease may have been renewed too late"
    assert harness.upstream.retrieved == []


#: The run's owner, the end of its lease, and whether the run counts as lost.  It has no retries left.
LEFT = [
    ("other", 2000.0, False),
    ("other", 999.0, True),
    ("gone", 2000.0, True),
    ("other", None, True),
    (None, None, True),
]


@pytest.mark.parametrize("owner, until, lost", LEFT)
@pytest.mark.parametrize("status, becomes", [("in_progress", "failed"), ("cancelling", "cancelled")])
def test_a_run_whose_process_has_ended_ends(
    harness: Harness, state: RunState, owner: str | None, until: float | None, lost: bool, status: str, becomes: str
) -> None:
    harness.living.add("other")
    leave(harness, state, status, owner, until, again=recovery.MAX_LOST_PROCESSES)
    poll(harness, state)
    why = refresh.ORPHANED if lost and becomes == "failed" else None
    assert ended(harness, state) == (becomes if lost else status, why)
    assert active(harness, state) == (None if lost else state.run | {"status": status})


def test_a_run_that_may_be_taken_over_is_not_ended_in_a_transaction(harness: Harness, state: RunState) -> None:
    leave(harness, state, "in_progress", "gone", 2000.0)
    assert active(harness, state) == state.run | {"status": "in_progress"}
    harness.script(answer(HELLO))
    poll(harness, state)
    assert ended(harness, state) == ("completed", None)


def test_a_run_that_this_process_could_not_store_has_its_own_error(harness: Harness, state: RunState) -> None:
    leave(harness, state, "in_progress", "me", 2000.0, again=recovery.MAX_LOST_PROCESSES)
    harness.context.registry.abandon(state.run["id"], None)
    poll(harness, state)
    assert ended(harness, state) == ("failed", refresh.UNSTORED)
    assert not harness.context.registry.abandoned(state.run["id"]), "that is over"


@pytest.mark.parametrize("status", ["queued", "in_progress", "requires_action"])
def test_a_run_expires_after_its_lifetime(harness: Harness, state: RunState, status: str) -> None:
    emitted: list[tuple[str, str]] = []
    object.__setattr__(harness.context, "monitor", lambda what, run, detail: emitted.append((what, detail)))
    leave(harness, state, status, "me", 2000.0)
    harness.context.registry.enter(state.run["id"], None)
    harness.clock.time = state.run["expires_at"] - 1
    assert active(harness, state) == state.run | {"status": status}
    harness.clock.time += 1
    poll(harness, state)
    assert ended(harness, state) == ("expired", None)
    assert harness.context.registry.is_notified(state.run["id"]), "the process that drives the run is notified"
    assert emitted == [("ended", "expired")]


def test_a_run_that_waits_for_outputs_needs_no_process(harness: Harness, state: RunState) -> None:
    leave(harness, state, "requires_action", None, None)
    poll(harness, state)
    assert ended(harness, state) == ("requires_action", None)


def test_a_background_run_is_polled_upstream(harness: Harness, state: RunState) -> None:
    leave(harness, state, "in_progress", None, None, background="resp_1")
    harness.upstream.stored["resp_1"] = {"id": "resp_1", "status": "in_progress", "output": []}
    for _ in range(2):
        poll(harness, state)
    assert (harness.upstream.retrieved, ended(harness, state)[0]) == (["resp_1"], "in_progress"), "once in a while"
    harness.clock.time += 1
    harness.upstream.stored["resp_1"] = {"id": "resp_1", "status": "completed", "output": [HELLO]}
    poll(harness, state)
    assert (ended(harness, state)[0], harness.messages(state.run["thread_id"])) == ("completed", ["One", "Hello."])


@pytest.mark.parametrize("refusal", [None, Refusal(404, "No such response.")])
def test_an_expired_background_run_is_cancelled_upstream(
    harness: Harness, state: RunState, refusal: Refusal | None
) -> None:
    leave(harness, state, "in_progress", None, None, background="resp_1")
    harness.upstream.uncancellable = refusal
    harness.clock.time = state.run["expires_at"]
    poll(harness, state)
    assert (ended(harness, state), harness.upstream.cancelled) == (("expired", None), ["resp_1"])


#: The events of a lost process; the steps and messages after the run's end, as (type, status).
CUTS: dict[str, tuple[list[Any], list[tuple[str, str]], list[str]]] = {
    "nothing": ([[created()]], [], []),
    "half a message": (
        [[created()], [added(HELLO)], [text("Hel")]],
        [("message_creation", "expired")],
        ["incomplete"],
    ),
    "a message whose tokens were waited for": (
        [[created()], [added(HELLO)], [done(HELLO)]],
        [("message_creation", "completed")],
        ["completed"],
    ),
}


@pytest.mark.parametrize("events", CUTS)
def test_open_steps_and_messages_end_with_the_run(harness: Harness, events: str) -> None:
    reads, steps, statuses = CUTS[events]
    thread, other = harness.thread("One"), harness.elsewhere("other")
    with suppress(Lost):
        other.run(thread, [*reads, other.die])
    harness.clock.time += 600
    (run,) = harness.get(f"threads/{thread}/runs")["data"]
    assert run["status"] == "expired"
    shown = harness.get(f"{place(run)}/steps")["data"]
    assert [(step["type"], step["status"]) for step in shown] == steps
    found = harness.get(f"threads/{thread}/messages", run_id=run["id"])["data"]
    assert [each["status"] for each in found] == statuses


@pytest.fixture
def background(harness: Harness) -> Harness:
    """A harness whose runs use upstream's background mode."""
    harness.upstream.can = Profile("scripted", background=True, always=True)
    return harness


def broken(turn: Any, event: Any) -> Any:
    """A translation rule with an internal error."""
    raise KeyError("ours")
    yield


def test_two_processes_that_refresh_at_once_find_the_same_end(background: Harness, monkeypatch) -> None:
    """Both fetch the finished response; the second one uses what the first has written."""
    thread = background.thread("One")
    run = start(background, thread, response())
    background.upstream.stored["resp_1"] = response("completed", HELLO)
    other, seen = background.elsewhere("other"), []
    retrieve = type(background.upstream).retrieve

    async def beside(self, response_id):
        found = await retrieve(self, response_id)
        if not seen:
            seen.append(None)
            seen[:] = [other.get(place(run))["status"]]
        return found

    monkeypatch.setattr(type(background.upstream), "retrieve", beside)
    assert background.get(place(run))["status"] == "completed"
    assert seen == ["completed"]
    assert background.messages(thread) == ["One", "Hello."]


def test_a_response_that_the_shim_cannot_translate_fails_the_run(background: Harness, monkeypatch, caplog) -> None:
    """The run fails, instead of every call on the thread until the run expires."""

    thread = background.thread("One")
    run = start(background, thread, response())
    background.upstream.stored["resp_1"] = response("completed", HELLO)
    monkeypatch.setitem(stream.RULES, "response.completed", broken)
    found = background.get(place(run))
    assert (found["status"], found["last_error"]["code"]) == ("failed", "server_error")
    assert found["last_error"]["message"].startswith("internal error of the shim, see the log of 1970-01-01T")
    (record,) = [record for record in caplog.records if record.exc_info]
    assert run["id"] in record.getMessage()
    monkeypatch.undo()
    start(background, thread, response("completed", message(says("Bye."), id="msg_b"), id="resp_2"))
    assert background.messages(thread) == ["One", "Bye."]


def test_a_found_response_that_the_shim_cannot_translate_fails_the_run(harness: Harness, monkeypatch) -> None:
    """Otherwise each call would fetch the response again and fail in the same way."""

    thread = harness.thread("One")
    run = lose(harness, thread, [created()])
    harness.upstream.stored["resp_1"] = response("completed", HELLO)
    monkeypatch.setitem(stream.RULES, "response.completed", broken)
    found = harness.get(place(run))
    assert found["status"] == "failed"
    assert found["last_error"]["message"].startswith("internal error of the shim, see the log of ")
    assert harness.messages(thread) == ["One"]


def test_an_internal_error_does_not_fail_a_run_that_another_process_has_changed(
    background: Harness, monkeypatch
) -> None:
    run = start(background, background.thread("One"), response())
    background.upstream.stored["resp_1"] = response("completed", HELLO)
    monkeypatch.setitem(stream.RULES, "response.completed", broken)

    def move(tx: Tx) -> None:
        row = runs.active(tx, run["thread_id"])
        assert row is not None
        assert runs.move(tx, row.body | {"status": "cancelling"}, row.memory, frozenset({row.body["status"]}))

    background.meddle(lambda name, *args: name == "_fail", lambda: background.base.write(move))
    assert background.get(place(run))["status"] == "cancelling"
