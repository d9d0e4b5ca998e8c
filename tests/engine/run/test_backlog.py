"""A store that fails while an answer arrives: events stay in memory until it works, or the run is left
for the next process.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from shim.engine.run import recovery, refresh
from shim.ports import Profile, Refusal
from shim.runtime import drive
from shim.store.errors import Passes, StoreFailed
from tests.engine.scripted import Harness, Lost, Refused, answer, inputs, place, pump
from tests.translate.upstream_events import added, created, done, ended, message, says, text

Json = dict[str, Any]
LOGGED = "The store /shim.db has no room left on its disk."
HELLO, BYE = message(says("Hello."), id="msg_a"), message(says("Bye."), id="msg_b")
CREATED, ENDED = [created()], [ended(HELLO)]
READS = [CREATED, [added(HELLO)], [text("Hel")], [text("lo.")], [done(HELLO)], ENDED]


class Failing:
    """A store that fails on demand: only writes, or everything."""

    def __init__(self, inner: Any) -> None:
        self.inner, self.writes, self.reads = inner, False, False
        self.tenant = inner.tenant
        self.passes: Passes = "by help"
        self.tried = 0

    async def read(self, work: Any, *args: Any) -> Any:
        return await self._done(self.reads, self.inner.read, work, *args)

    async def write(self, work: Any, *args: Any) -> Any:
        return await self._done(self.writes, self.inner.write, work, *args)

    async def _done(self, fails: bool, do: Any, *args: Any) -> Any:
        if fails:
            self.tried += 1
            raise StoreFailed(LOGGED, self.passes)
        return await do(*args)

    def breaks(self) -> None:
        self.writes = True

    def heals(self) -> None:
        self.writes = self.reads = False


@pytest.fixture
def store(harness: Harness) -> Iterator[Failing]:
    """The context's store; each wait advances the clock."""
    made = Failing(harness.context.store)
    object.__setattr__(harness.context, "store", made)

    async def wait(seconds: float) -> None:
        harness.clock.time += seconds

    object.__setattr__(harness.context, "wait", wait)
    yield made
    made.heals()


def begun(harness: Harness, *reads: Any) -> Any:
    """A streamed run of a thread with one message; its events are not pumped yet."""
    thread = harness.thread("One")
    harness.script(list(reads))
    return harness.reply("POST", f"threads/{thread}/runs", {"assistant_id": harness.assistant(), "stream": True})


def only(harness: Harness) -> Json:
    """The thread's only run, from the list of runs."""
    thread = harness.base.read(lambda tx: tx.db.exec_driver_sql("SELECT thread_id FROM runs").scalar_one())
    (run,) = harness.get(f"threads/{thread}/runs")["data"]
    return dict(run)


def let_go(harness: Harness, reply: Any) -> Json:
    """Pump a reply whose store never works again; the run as it was left."""
    assert reply.events is not None
    with pytest.raises(StoreFailed, match="no room left"):
        list(drive.drain(reply.events))
    found: Json = json.loads(harness.base.read(lambda tx: tx.db.exec_driver_sql("SELECT body FROM runs").scalar_one()))
    assert harness.context.registry.runs() == []
    return found


def goes_on(harness: Harness, run: Json, *known: str) -> None:
    """The next run of the thread completes and sends all of it."""
    harness.upstream.can = Profile("scripted", stores=False)
    harness.run(run["thread_id"], answer(BYE, id="resp_2"), assistant_id=run["assistant_id"], instructions="Go on.")
    assert inputs(harness.sent) == list(known)


@pytest.mark.parametrize("first", range(len(READS)))
@pytest.mark.parametrize("last", ["", "late"])
def test_a_short_failure_of_the_store_changes_nothing(
    harness: Harness, store: Failing, first: int, last: str, caplog: pytest.LogCaptureFixture
) -> None:
    """From any read on, ending before the last one or after it: the events are the same, in the same order."""
    healed: list[Any] = [] if last else [store.heals]
    if first == 2:
        # Time passes while the answer arrives, and the store is tried again.
        healed = [lambda: harness.clock.__setattr__("time", harness.clock.time + 2), *healed]
    reply = begun(harness, *READS[:first], store.breaks, *READS[first:-1], *healed, *READS[-1:])
    if last:
        waited: list[float] = []

        async def wait(seconds: float) -> None:
            waited.append(seconds)
            harness.clock.time += seconds
            if len(waited) == 3:
                store.heals()

        object.__setattr__(harness.context, "wait", wait)
    assert reply.events is not None
    names = [name for batch in drive.drain(reply.events) for name, _ in batch]
    assert names == EVENTS
    run = only(harness)
    assert (run["status"], run["usage"]["total_tokens"] > 0) == ("completed", True)
    assert harness.messages(run["thread_id"]) == ["One", "Hello."]
    assert len(harness.upstream.bodies) == 1
    messages = [record.getMessage() for record in caplog.records]
    assert len(messages) == (1 if store.tried else 0)
    assert all(LOGGED in each and run["id"] in each for each in messages)
    goes_on(harness, run, "One", "Hello.")


#: The events of a streamed run with one message.
EVENTS = [
    "thread.run.created",
    "thread.run.queued",
    "thread.run.in_progress",
    "thread.run.step.created",
    "thread.run.step.in_progress",
    "thread.message.created",
    "thread.message.in_progress",
    "thread.message.delta",
    "thread.message.delta",
    "thread.message.completed",
    "thread.run.step.completed",
    "thread.run.completed",
    "done",
]


@pytest.mark.parametrize("first", range(len(READS)))
def test_a_lasting_failure_leaves_the_run_to_the_next_process(harness: Harness, store: Failing, first: int) -> None:
    """Upstream has the answer, even if its id could not be stored."""
    reply = begun(harness, *READS[:first], store.breaks, *READS[first:])
    left = let_go(harness, reply)
    assert left["status"] == ("queued" if first == 0 else "in_progress")
    assert not harness.upstream.answers[-1].reads, "upstream was heard to its end"
    assert harness.clock.time - 1000 == pytest.approx(harness.context.lease, abs=1), "as long as the lease"
    harness.upstream.stored["resp_1"] = ENDED[0]["response"]
    with pytest.raises(Refused, match="no room left") as caught:
        only(harness)
    assert (caught.value.status, caught.value.headers["x-should-retry"]) == (500, "false")
    store.heals()
    run = only(harness)
    assert run["status"] == "completed"
    assert harness.messages(run["thread_id"]) == ["One", "Hello."]
    assert len(harness.get(f"{place(run)}/steps")["data"]) == 1
    assert not harness.context.registry.abandoned(run["id"])
    goes_on(harness, run, "One", "Hello.")


def test_other_processes_wait_for_the_lease(harness: Harness, store: Failing) -> None:
    reply = begun(harness, CREATED, store.breaks, *READS[1:])
    left = let_go(harness, reply)
    store.heals()
    other = harness.elsewhere("other")
    harness.clock.time = 1000
    assert other.get(place(left))["status"] == "in_progress"
    harness.clock.time += harness.context.lease + 1
    harness.script(answer(BYE, id="resp_2"))
    assert other.get(place(left))["status"] == "completed"


@pytest.mark.parametrize("stored", [False, True])
def test_an_answer_that_upstream_does_not_have_is_requested_again(
    harness: Harness, store: Failing, stored: bool
) -> None:
    """Also if the last response has ended: nothing more can be fetched."""
    harness.upstream.can = Profile("scripted", stores=stored)
    left = let_go(harness, begun(harness, store.breaks, *READS))
    store.heals()
    harness.script(answer(BYE, id="resp_2"))
    only(harness)
    run = only(harness)
    assert (run["id"], run["status"]) == (left["id"], "completed")
    assert harness.messages(run["thread_id"]) == ["One", "Bye."]
    assert inputs(harness.sent) == ["One"]


def test_an_answer_that_is_lost_each_time_fails_the_run(harness: Harness, store: Failing) -> None:
    harness.upstream.can = Profile("scripted", stores=False)
    left = let_go(harness, begun(harness, store.breaks, *READS))
    for _ in range(recovery.MAX_LOST_PROCESSES - 1):
        store.heals()
        harness.script([store.breaks, *READS])
        with suppress(StoreFailed, Refused):
            only(harness)
    store.heals()
    run = only(harness)
    assert (run["id"], run["status"]) == (left["id"], "failed")
    assert run["last_error"] == {"code": "server_error", "message": refresh.UNSTORED}
    assert harness.messages(run["thread_id"]) == ["One"]
    goes_on(harness, run, "One")


def test_a_permanent_failure_is_raised_at_once(harness: Harness, store: Failing) -> None:
    store.passes = "never"
    reply = begun(harness, *READS[:4], store.breaks, *READS[4:])
    let_go(harness, reply)
    assert (harness.clock.time, store.tried) == (1000, 1)


@pytest.mark.parametrize("passes,retry", [("never", "false"), ("by help", "false"), ("by itself", "true")])
def test_the_error_asks_for_a_retry_if_that_may_help(
    harness: Harness, store: Failing, passes: Passes, retry: str
) -> None:
    store.passes, store.writes = passes, True
    with pytest.raises(Refused) as caught:
        harness.thread("One")
    assert (caught.value.status, caught.value.error["type"]) == (500, "server_error")
    assert caught.value.headers["x-should-retry"] == retry


@pytest.mark.parametrize("lasts", [False, True])
def test_an_interrupted_run_that_cannot_be_read(harness: Harness, store: Failing, lasts: bool) -> None:
    """If an interrupted run cannot be read from the store, the run goes on; the change is noticed at its next write."""

    def logged() -> None:
        harness.post(f"{place(only(harness))}/cancel")
        store.reads = store.writes = True

    async def wait(seconds: float) -> None:
        harness.clock.time += seconds
        store.reads = store.writes = lasts

    object.__setattr__(harness.context, "wait", wait)
    reply = begun(harness, *READS[:3], logged, *READS[3:])
    assert reply.events is not None
    with suppress(StoreFailed):
        list(drive.drain(reply.events))
    assert harness.context.registry.abandoned("run_1") is lasts
    store.heals()
    run = only(harness)
    assert run["status"] == "cancelled"
    assert harness.messages(run["thread_id"]) == ["One", "" if lasts else "Hel"], "deltas are not stored one by one"


def test_a_run_that_is_cancelled_while_its_events_are_in_memory(harness: Harness, store: Failing) -> None:
    def cancelled() -> None:
        store.heals()
        other = harness.elsewhere("other")
        other.post(f"{place(only(other))}/cancel")
        store.breaks()

    reads = [*READS[:2], store.breaks, *READS[2:5], cancelled, [text("!")], store.heals, [{"type": "response.unknown"}]]
    reply = begun(harness, *reads)
    pump(reply)
    run = only(harness)
    assert run["status"] == "cancelled"
    assert harness.messages(run["thread_id"])[0] == "One"


@pytest.mark.parametrize("heals", [False, True])
@pytest.mark.parametrize("reads", [READS, READS[:4]], ids=["ended", "cut"])
def test_a_pump_that_is_stopped_while_it_waits(harness: Harness, store: Failing, reads: list[Any], heals: bool) -> None:
    reply = begun(harness, CREATED, store.breaks, *reads[1:])

    async def stopped(seconds: float) -> None:
        if heals:
            store.heals()
        raise Lost

    object.__setattr__(harness.context, "wait", stopped)
    assert reply.events is not None
    with pytest.raises(Lost):
        list(drive.drain(reply.events))
    store.heals()
    if not heals:
        harness.script(answer(BYE, id="resp_2"))
        only(harness)
    run = only(harness)
    assert run["status"] == ("failed" if heals and reads is not READS else "completed")
    if run["status"] == "completed":
        assert harness.messages(run["thread_id"]) == ["One", "Hello." if heals else "Bye."]


def test_a_refused_run_that_cannot_be_deleted(harness: Harness, store: Failing) -> None:
    """The caller gets the store's error; the rest of the run is ended at the next read of the thread."""

    def refused(body: Json) -> Refusal:
        store.breaks()
        return Refusal(400, "No.", code="model_not_found")

    harness.script(refused)
    with pytest.raises(Refused, match="no room left"):
        harness.run(harness.thread("One"))
    store.heals()
    harness.script(Refusal(400, "Still no.", code="model_not_found"))
    only(harness)
    run = only(harness)
    assert (run["status"], run["last_error"]["message"]) == ("failed", "Still no.")
    goes_on(harness, run, "One")
