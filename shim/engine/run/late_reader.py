"""Reads the events of a run from the store, for a reader that joins late.

It serves a stream that the client requests again after the first answer was lost.  Past events are sent at once, later
ones as they are committed: the same objects in the same order, each text as one delta.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from shim import lifecycle
from shim.engine.context import Context
from shim.engine.protocol import DONE, Emitted, Events
from shim.engine.run import refresh
from shim.store import messages, runs
from shim.store import steps as step_rows
from shim.store.tx import Tx
from shim.wire import objects
from shim.wire.types import Json

#: Seconds between two reads of the store.
PAUSE: Final = 0.1
#: The fields of a run that change after its creation.
CHANGING_FIELDS: Final = (
    "status",
    "expires_at",
    *lifecycle.STAMP.values(),
    "required_action",
    "last_error",
    "incomplete_details",
    "usage",
)


@dataclass(slots=True)
class LateReader:
    """``calls``: send what came after their outputs; empty: everything.  ``emitted``: what has been sent, by id."""

    context: Context
    thread_id: str
    run_id: str
    calls: frozenset[str] = frozenset()
    emitted: set[tuple[str, str]] = field(default_factory=set)
    ended: bool = False

    async def events(self, first: list[Emitted]) -> Events:
        """The events of the run, from its start or from the answered calls on, until its end or its next question."""
        batch = first
        while True:
            await refresh.thread(self.context, self.thread_id)
            batch = batch + await self.context.store.read(_new_events, self)
            if batch:
                yield batch
            if self.ended:
                break
            batch = []
            await self.context.wait(PAUSE)
        yield [DONE]

    def first_time(self, id: str, name: str, *events: Emitted) -> Iterator[Emitted]:
        if (id, name) not in self.emitted:
            self.emitted.add((id, name))
            yield from events


def _new_events(tx: Tx, reader: LateReader) -> list[Emitted]:
    row = runs.get(tx, reader.thread_id, reader.run_id)
    if row is None:
        reader.ended = True
        return []
    run = objects.as_streamed(row.body)
    steps = [objects.step_shown(step, row.memory["contents"]) for step in step_rows.of_run(tx, run["id"])]
    reader.ended = run["status"] not in refresh.DRIVEN
    return list(_due_events(tx, reader, run, steps))


def _due_events(tx: Tx, reader: LateReader, run: Json, steps: list[Json]) -> Iterator[Emitted]:
    """The events of the run and of ``steps`` that have not been sent.

    A step or message that is not complete ends with the run, after the creation of all others.  The last step ends
    there, too, as its tokens are counted only then.
    """
    yield from _opening(reader, run, steps)
    begun = queued(reader.context, run, repeated=True) | {"status": "in_progress"}
    if begun["started_at"] is not None and (run["status"] != "queued" or len(steps) > _start(reader, steps)):
        yield from reader.first_time(run["id"], "began", ("thread.run.in_progress", begun))
    left: list[Json] = []
    for step in steps[_start(reader, steps) :]:
        written = step["step_details"].get("message_creation")
        message = messages.get(tx, reader.thread_id, written["message_id"]) if written else None
        yield from _begins(reader, begun, step, message)
        yield from _contents(reader, step, message)
        whole = all(each["status"] == "completed" for each in filter(None, (message, step)))
        for each in filter(None, (message, step)):
            if whole and each is not steps[-1]:
                yield from _ends(reader, each)
            else:
                # The last step first, if it is complete: it ended before the others broke off.
                left.insert(0 if whole else len(left), each)
    if run["status"] == "cancelled":
        yield from reader.first_time(
            run["id"], "cancelling", ("thread.run.cancelling", begun | {"status": "cancelling"})
        )
    for each in left:
        yield from _ends(reader, each)
    if reader.ended:
        yield f"thread.run.{run['status']}", run


def _opening(reader: LateReader, run: Json, steps: list[Json]) -> Iterator[Emitted]:
    new = queued(reader.context, run, bool(reader.calls))
    first: Emitted = ("thread.run.created", new)
    if reader.calls:
        first = ("thread.run.step.completed", steps[_start(reader, steps) - 1])
    yield from reader.first_time(run["id"], "opened", first, ("thread.run.queued", new))


def queued(context: Context, run: Json, repeated: bool) -> Json:
    """The run as it was when it was created, or, with ``repeated``, when it received the outputs that it required."""
    new = objects.run(run["id"], run["created_at"], run["thread_id"], run["assistant_id"], context.run_lifetime)
    return run | {name: new[name] for name in CHANGING_FIELDS if not (repeated and name == "started_at")}


def _start(reader: LateReader, steps: list[Json]) -> int:
    """How many steps come before the first one to send: all up to the step whose calls were answered."""
    if not reader.calls:
        return 0
    mine = (n for n, step in enumerate(steps, 1) if reader.calls & {call["id"] for call in _calls(step)})
    return next(mine, 0)


def _calls(step: Json) -> list[Json]:
    calls: list[Json] = step["step_details"].get("tool_calls") or []
    return calls


def _begins(reader: LateReader, run: Json, step: Json, message: Json | None) -> Iterator[Emitted]:
    """The events with which a step and its message begin; ``run`` as it was at that time."""
    id, details = step["id"], step["step_details"]
    empty = details | {"tool_calls": []} if "tool_calls" in details else details
    begun = objects.step(id, step["created_at"], run, empty)
    yield from reader.first_time(
        id, "began", ("thread.run.step.created", begun), ("thread.run.step.in_progress", begun)
    )
    if message is not None:
        id = message["id"]
        begun = objects.answer(id, message["created_at"], run) | {"metadata": message["metadata"]}
        yield from reader.first_time(
            id, "began", ("thread.message.created", begun), ("thread.message.in_progress", begun)
        )


def _contents(reader: LateReader, step: Json, message: Json | None) -> Iterator[Emitted]:
    """The contents of a step and its message, once they are complete: the store holds no partial contents."""
    if message is not None and message["status"] != "in_progress" and message["content"]:
        yield from reader.first_time(
            message["id"], "content", _delta(message, {"content": _listed(message["content"])})
        )
    details = step["step_details"]
    if (calls := _calls(step)) and (step["status"] != "in_progress" or reader.ended):
        emitted = {"type": details["type"], "tool_calls": _listed(calls)}
        yield from reader.first_time(step["id"], "content", _delta(step, {"step_details": emitted}))


def _ends(reader: LateReader, shown: Json) -> Iterator[Emitted]:
    """How a step or a message ended, if it has."""
    if shown["status"] != "in_progress":
        yield from reader.first_time(shown["id"], "ended", (f"{shown['object']}.{shown['status']}", shown))


def _delta(of: Json, delta: Json) -> Emitted:
    name = f"{of['object']}.delta"
    return name, {"id": of["id"], "object": name, "delta": delta}


def _listed(parts: list[Json]) -> list[Json]:
    return [{"index": index} | each for index, each in enumerate(parts)]
