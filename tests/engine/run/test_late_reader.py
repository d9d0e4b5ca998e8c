"""A late reader gets the events of the run as they were, each text as one delta."""

from contextlib import suppress
from dataclasses import replace
from itertools import groupby
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from shim.engine import Engine
from shim.engine.run.late_reader import LateReader
from shim.ports import Refusal
from shim.runtime import drive
from shim.store import journal
from shim.translate.turn import Emitted
from tests.engine.scripted import Harness, Read, answer
from tests.scenarios.laws.folding import Fold
from tests.scenarios.laws.stories import Story, stories
from tests.translate.upstream_events import added, arguing, call, created, last, message, names, says

Json = dict[str, Any]
LAW = settings(
    derandomize=True, deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def harness(harness: Harness) -> Harness:
    """A harness whose own ids never equal the ids of a story's calls."""
    numbers = harness.context.ids
    harness.context = replace(harness.context, ids=lambda prefix: numbers(f"{prefix}_ours"))
    harness.engine = Engine(harness.context)
    return harness


def late(harness: Harness, run: Json, *calls: str) -> list[Emitted]:
    watch = LateReader(harness.context, run["thread_id"], run["id"], frozenset(calls))
    return [event for batch in drive.drain(watch.events([])) for event in batch][:-1]


def renamed(story: Story, id: str) -> list[Json]:
    """The story's events, with a unique response id."""
    return [each | {"response": each["response"] | {"id": id}} if "response" in each else each for each in story.events]


def played(harness: Harness, story: Story, thread: str) -> list[Emitted]:
    reads = [[event] for event in renamed(story, thread)]
    return harness.run(thread, reads, assistant_id=harness.assistant(tools=story.tools or []))


def order(events: list[Emitted]) -> list[tuple[str, str]]:
    return [key for key, _ in groupby((name, data["id"]) for name, data in events)]


def folded(events: list[Emitted]) -> Json:
    fold = Fold()
    for name, data in events:
        fold.add(name, data)
    return {id: fold.content(id) for id in fold.messages} | {id: fold.calls(id) for id in fold.steps}


def one_by_one(events: list[Emitted]) -> bool:
    """Whether each step ended before the next one began."""
    open: set[str] = set()
    for name, data in events:
        if name == "thread.run.step.created":
            if open:
                return False
            open.add(data["id"])
        elif name.startswith("thread.run.step.") and data.get("status", "in_progress") != "in_progress":
            open.discard(data["id"])
    return True


def beginnings(events: list[Emitted]) -> list[tuple[str, str]]:
    """The run's own events, and where steps and messages begin."""
    return [(name, data["id"]) for name, data in events if "created" in name or data["object"] == "thread.run"]


def whole(events: list[Emitted], id: str) -> list[Emitted]:
    """The events of one object without deltas."""
    return [(name, data) for name, data in events if data["id"] == id and "delta" not in name]


def same(second: list[Emitted], first: list[Emitted]) -> None:
    if one_by_one(first):
        assert order(second) == order(first)
    assert sorted(beginnings(second)) == sorted(beginnings(first))
    ids = {data["id"] for _, data in first}
    assert {id: whole(second, id) for id in ids} == {id: whole(first, id) for id in ids}
    assert folded(second) == folded(first)


@LAW
@given(stories())
def test_a_late_reader_gets_the_same_events(harness: Harness, story: Story) -> None:
    """The same objects, key by key, in the same order, and the same contents.

    For overlapping steps, as with servers that leave the end of an item out, it is not recorded which one began or
    ended first: the events of each are in order.
    """
    first = played(harness, story, harness.thread("One"))
    same(late(harness, first[-1][1]), first)
    if names(first)[-1] == "run.requires_action":
        run = first[-1][1]
        calls = [call["id"] for call in run["required_action"]["submit_tool_outputs"]["tool_calls"]]
        reads = answer(message(says("Bye.")), id=f"again_{run['id']}")
        second = harness.submit(run, reads, **dict.fromkeys(calls, "42"))
        same(late(harness, run, *calls), second)


class Paused(Exception):
    """Raised when the store has no new events yet."""


@settings(LAW, max_examples=40)
@given(stories())
def test_a_reader_during_the_run_gets_every_event_once(harness: Harness, story: Story) -> None:
    """A reader that reads the store after each network read gets every event exactly once."""
    received: list[Emitted] = []
    watches: list[LateReader] = []

    async def pause(seconds: float) -> None:
        raise Paused

    def read_late() -> None:
        if not watches:
            (run,) = harness.get(f"threads/{thread}/runs")["data"]
            watches.append(LateReader(replace(harness.context, wait=pause), thread, run["id"]))
        with suppress(Paused):
            for batch in drive.drain(watches[0].events([])):
                received.extend(batch)

    thread = harness.thread("One")
    reads: list[Read] = [read for event in renamed(story, thread) for read in ([event], read_late)]
    first = harness.run(thread, reads, assistant_id=harness.assistant(tools=story.tools or []))
    read_late()
    same(received[:-1], first)


def test_a_message_that_was_changed_or_deleted_since(harness: Harness) -> None:
    """The reader gets its current contents; for a deleted message only the step."""
    thread = harness.thread("One")
    first = harness.run(thread, answer(message(says("Hello."))))
    run, stored = first[-1][1], last(first, "message.completed")
    path = f"threads/{thread}/messages/{stored['id']}"
    harness.post(path, metadata={"colour": "red"})
    emitted = [
        data for name, data in late(harness, run) if name in ("thread.message.created", "thread.message.completed")
    ]
    assert [data["metadata"] for data in emitted] == [{"colour": "red"}] * 2
    harness.delete(path)
    assert names(late(harness, run)) == [each for each in names(first) if not each.startswith("message.")]
    assert [data["step_details"] for name, data in late(harness, run) if name == "thread.run.step.created"] == [
        {"type": "message_creation", "message_creation": {"message_id": stored["id"]}}
    ]


def test_a_run_that_was_cancelled_before_it_began(harness: Harness) -> None:
    """There is no event that it is in progress."""
    thread = harness.thread("One")

    def refuses(body: Json) -> Refusal:
        (run,) = harness.get(f"threads/{thread}/runs")["data"]
        harness.post(f"threads/{thread}/runs/{run['id']}/cancel")
        return Refusal(None, "Slow.")

    first = harness.run(thread, refuses)
    same(late(harness, first[-1][1]), first)
    assert names(first) == ["run.created", "run.queued", "run.cancelling", "run.cancelled"]


def test_a_call_that_is_not_in_the_journal(harness: Harness) -> None:
    """The journal is not used for a late reader, because it lacks some calls that were emitted."""
    first = harness.run(harness.thread("One"), [[created(), added(call(""))], [arguing("{")], Refusal(None, "Gone.")])
    run = first[-1][1]
    assert names(first)[-2:] == ["run.step.failed", "run.failed"]
    assert harness.base.read(journal.of_run, run["id"]) == []
    same(late(harness, run), first)
