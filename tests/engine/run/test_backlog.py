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
from tests.engine.scripted import Lost, Refused, World, answer, inputs, place, pump
from tests.translate.telling import added, created, done, ended, message, says, text

Json = dict[str, Any]
SAID = "The store /shim.db has no room left on its disk."
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
            raise StoreFailed(SAID, self.passes)
        return await do(*args)

    def breaks(self) -> None:
        self.writes = True

    def heals(self) -> None:
        self.writes = self.reads = False


@pytest.fixture
def store(world: World) -> Iterator[Failing]:
    """The context's store; each wait advances the clock."""
    made = Failing(world.context.store)
    object.__setattr__(world.context, "store", made)

    async def wait(seconds: float) -> None:
        world.clock.time += seconds

    object.__setattr__(world.context, "wait", wait)
    yield made
    made.heals()


def begun(world: World, *reads: Any) -> Any:
    """A streamed run of a thread with one message; its events are not pumped yet."""
    thread = world.thread("One")
    world.script(list(reads))
    return world.reply("POST", f"threads/{thread}/runs", {"assistant_id": world.assistant(), "stream": True})


def only(world: World) -> Json:
    """The thread's only run, from the list of runs."""
    thread = world.base.read(lambda tx: tx.db.exec_driver_sql("SELECT thread_id FROM runs").scalar_one())
    (run,) = world.get(f"threads/{thread}/runs")["data"]
    return dict(run)


def let_go(world: World, reply: Any) -> Json:
    """Pump a reply whose store never works again; the run as it was left."""
    assert reply.events is not None
    with pytest.raises(StoreFailed, match="no room left"):
        list(drive.drain(reply.events))
    found: Json = json.loads(world.base.read(lambda tx: tx.db.exec_driver_sql("SELECT body FROM runs").scalar_one()))
    assert world.context.registry.runs() == []
    return found


def goes_on(world: World, run: Json, *known: str) -> None:
    """The next run of the thread completes and sends all of it."""
    world.upstream.can = Profile("scripted", stores=False)
    world.run(run["thread_id"], answer(BYE, id="resp_2"), assistant_id=run["assistant_id"], instructions="Go on.")
    assert inputs(world.sent) == list(known)


@pytest.mark.parametrize("first", range(len(READS)))
@pytest.mark.parametrize("last", ["", "late"])
def test_a_short_failure_of_the_store_changes_nothing(
    world: World, store: Failing, first: int, last: str, caplog: pytest.LogCaptureFixture
) -> None:
    """From any read on, ending before the last one or after it: the events are the same, in the same order."""
    healed: list[Any] = [] if last else [store.heals]
    if first == 2:
        # Time passes while the answer arrives, and the store is tried again.
        healed = [lambda: world.clock.__setattr__("time", world.clock.time + 2), *healed]
    reply = begun(world, *READS[:first], store.breaks, *READS[first:-1], *healed, *READS[-1:])
    if last:
        waited: list[float] = []

        async def wait(seconds: float) -> None:
            waited.append(seconds)
            world.clock.time += seconds
            if len(waited) == 3:
                store.heals()

        object.__setattr__(world.context, "wait", wait)
    assert reply.events is not None
    names = [name for batch in drive.drain(reply.events) for name, _ in batch]
    assert names == TOLD
    run = only(world)
    assert (run["status"], run["usage"]["total_tokens"] > 0) == ("completed", True)
    assert world.messages(run["thread_id"]) == ["One", "Hello."]
    assert len(world.upstream.bodies) == 1
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == (1 if store.tried else 0)
    assert all(SAID in each and run["id"] in each for each in told)
    goes_on(world, run, "One", "Hello.")


#: The events of a streamed run with one message.
TOLD = [
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
def test_a_lasting_failure_leaves_the_run_to_the_next_process(world: World, store: Failing, first: int) -> None:
    """Upstream has the answer, even if its id could not be stored."""
    reply = begun(world, *READS[:first], store.breaks, *READS[first:])
    left = let_go(world, reply)
    assert left["status"] == ("queued" if first == 0 else "in_progress")
    assert not world.upstream.answers[-1].reads, "upstream was heard to its end"
    assert world.clock.time - 1000 == pytest.approx(world.context.lease, abs=1), "as long as the lease"
    world.upstream.stored["resp_1"] = ENDED[0]["response"]
    with pytest.raises(Refused, match="no room left") as caught:
        only(world)
    assert (caught.value.status, caught.value.headers["x-should-retry"]) == (500, "false")
    store.heals()
    run = only(world)
    assert run["status"] == "completed"
    assert world.messages(run["thread_id"]) == ["One", "Hello."]
    assert len(world.get(f"{place(run)}/steps")["data"]) == 1
    assert not world.context.registry.forsaken(run["id"])
    goes_on(world, run, "One", "Hello.")


def test_other_processes_wait_for_the_lease(world: World, store: Failing) -> None:
    reply = begun(world, CREATED, store.breaks, *READS[1:])
    left = let_go(world, reply)
    store.heals()
    other = world.elsewhere("other")
    world.clock.time = 1000
    assert other.get(place(left))["status"] == "in_progress"
    world.clock.time += world.context.lease + 1
    world.script(answer(BYE, id="resp_2"))
    assert other.get(place(left))["status"] == "completed"


@pytest.mark.parametrize("stored", [False, True])
def test_an_answer_that_upstream_does_not_have_is_requested_again(world: World, store: Failing, stored: bool) -> None:
    """Also if the last response has ended: nothing more can be fetched."""
    world.upstream.can = Profile("scripted", stores=stored)
    left = let_go(world, begun(world, store.breaks, *READS))
    store.heals()
    world.script(answer(BYE, id="resp_2"))
    only(world)
    run = only(world)
    assert (run["id"], run["status"]) == (left["id"], "completed")
    assert world.messages(run["thread_id"]) == ["One", "Bye."]
    assert inputs(world.sent) == ["One"]


def test_an_answer_that_is_lost_each_time_fails_the_run(world: World, store: Failing) -> None:
    world.upstream.can = Profile("scripted", stores=False)
    left = let_go(world, begun(world, store.breaks, *READS))
    for _ in range(recovery.MAX_LOST_PROCESSES - 1):
        store.heals()
        world.script([store.breaks, *READS])
        with suppress(StoreFailed, Refused):
            only(world)
    store.heals()
    run = only(world)
    assert (run["id"], run["status"]) == (left["id"], "failed")
    assert run["last_error"] == {"code": "server_error", "message": refresh.UNSTORED}
    assert world.messages(run["thread_id"]) == ["One"]
    goes_on(world, run, "One")


def test_a_permanent_failure_is_raised_at_once(world: World, store: Failing) -> None:
    store.passes = "never"
    reply = begun(world, *READS[:4], store.breaks, *READS[4:])
    let_go(world, reply)
    assert (world.clock.time, store.tried) == (1000, 1)


@pytest.mark.parametrize("passes,again", [("never", "false"), ("by help", "false"), ("by itself", "true")])
def test_the_error_asks_for_a_retry_if_that_may_help(world: World, store: Failing, passes: Passes, again: str) -> None:
    store.passes, store.writes = passes, True
    with pytest.raises(Refused) as caught:
        world.thread("One")
    assert (caught.value.status, caught.value.error["type"]) == (500, "server_error")
    assert caught.value.headers["x-should-retry"] == again


@pytest.mark.parametrize("lasts", [False, True])
def test_an_interrupted_run_that_cannot_be_read(world: World, store: Failing, lasts: bool) -> None:
    """If an interrupted run cannot be read from the store, the run goes on; the change is noticed at its next write."""

    def told() -> None:
        world.post(f"{place(only(world))}/cancel")
        store.reads = store.writes = True

    async def wait(seconds: float) -> None:
        world.clock.time += seconds
        store.reads = store.writes = lasts

    object.__setattr__(world.context, "wait", wait)
    reply = begun(world, *READS[:3], told, *READS[3:])
    assert reply.events is not None
    with suppress(StoreFailed):
        list(drive.drain(reply.events))
    assert world.context.registry.forsaken("run_1") is lasts
    store.heals()
    run = only(world)
    assert run["status"] == "cancelled"
    assert world.messages(run["thread_id"]) == ["One", "" if lasts else "Hel"], "deltas are not stored one by one"


def test_a_run_that_is_cancelled_while_its_events_are_in_memory(world: World, store: Failing) -> None:
    def cancelled() -> None:
        store.heals()
        other = world.elsewhere("other")
        other.post(f"{place(only(other))}/cancel")
        store.breaks()

    reads = [*READS[:2], store.breaks, *READS[2:5], cancelled, [text("!")], store.heals, [{"type": "response.unknown"}]]
    reply = begun(world, *reads)
    pump(reply)
    run = only(world)
    assert run["status"] == "cancelled"
    assert world.messages(run["thread_id"])[0] == "One"


@pytest.mark.parametrize("heals", [False, True])
@pytest.mark.parametrize("reads", [READS, READS[:4]], ids=["ended", "cut"])
def test_a_pump_that_is_stopped_while_it_waits(world: World, store: Failing, reads: list[Any], heals: bool) -> None:
    reply = begun(world, CREATED, store.breaks, *reads[1:])

    async def stopped(seconds: float) -> None:
        if heals:
            store.heals()
        raise Lost

    object.__setattr__(world.context, "wait", stopped)
    assert reply.events is not None
    with pytest.raises(Lost):
        list(drive.drain(reply.events))
    store.heals()
    if not heals:
        world.script(answer(BYE, id="resp_2"))
        only(world)
    run = only(world)
    assert run["status"] == ("failed" if heals and reads is not READS else "completed")
    if run["status"] == "completed":
        assert world.messages(run["thread_id"]) == ["One", "Hello." if heals else "Bye."]


def test_a_refused_run_that_cannot_be_deleted(world: World, store: Failing) -> None:
    """The caller gets the store's error; the rest of the run is ended at the next read of the thread."""

    def refused(body: Json) -> Refusal:
        store.breaks()
        return Refusal(400, "No.", code="model_not_found")

    world.script(refused)
    with pytest.raises(Refused, match="no room left"):
        world.run(world.thread("One"))
    store.heals()
    world.script(Refusal(400, "Still no.", code="model_not_found"))
    only(world)
    run = only(world)
    assert (run["status"], run["last_error"]["message"]) == ("failed", "Still no.")
    goes_on(world, run, "One")
