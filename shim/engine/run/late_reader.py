"""A run as one hears of it who comes late: from the store, where somebody else writes it down.

For a stream that is asked for again after its first answer was lost.  What is past is told at once and what comes as it
is committed: the same objects in the same order, each text as one delta.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from shim.engine.context import Context
from shim.engine.protocol import DONE, Emitted, Events
from shim.engine.run import refresh
from shim.store import messages, runs
from shim.store import steps as step_rows
from shim.store.tx import Tx
from shim.wire import objects
from shim.wire.types import Json

#: Seconds between two looks.
PAUSE: Final = 0.1
#: What a run has when it is made, whatever it has become since.
NEW: Final[Json] = {
    "status": "queued",
    "started_at": None,
    "cancelled_at": None,
    "failed_at": None,
    "completed_at": None,
    "required_action": None,
    "last_error": None,
    "incomplete_details": None,
    "usage": None,
}
BEGUN: Final[Json] = {"status": "in_progress", "completed_at": None, "usage": None, "last_error": None}
#: A message that is being written.
BLANK: Final[Json] = {
    "status": "in_progress",
    "completed_at": None,
    "incomplete_at": None,
    "incomplete_details": None,
    "content": [],
}


@dataclass(slots=True)
class Watch:
    """``calls``: tell what came after these were answered, or everything.  ``told``: what has been told, by id."""

    world: Context
    thread_id: str
    run_id: str
    calls: frozenset[str] = frozenset()
    told: set[tuple[str, str]] = field(default_factory=set)
    ended: bool = False

    async def events(self, first: list[Emitted]) -> Events:
        """All that the run says, from its first word or from the answered calls on, to its end or its next question."""
        batch = first
        while True:
            await refresh.thread(self.world, self.thread_id)
            batch = batch + await self.world.store.read(_news, self)
            if batch:
                yield batch
            if self.ended:
                break
            batch = []
            await self.world.wait(PAUSE)
        yield [DONE]

    def once(self, id: str, name: str, *events: Emitted) -> Iterator[Emitted]:
        if (id, name) not in self.told:
            self.told.add((id, name))
            yield from events


def _news(tx: Tx, watch: Watch) -> list[Emitted]:
    row = runs.get(tx, watch.thread_id, watch.run_id)
    if row is None:
        watch.ended = True
        return []
    run = objects.as_streamed(row.body)
    found = [objects.step_shown(step, row.memory["contents"]) for step in step_rows.of_run(tx, run["id"])]
    emitted = list(_opening(watch, run, found))
    if run["status"] != "queued" or len(found) > _start(watch, found):
        begun = queued(watch.world, run, again=True) | {"status": "in_progress"}
        emitted += watch.once(run["id"], "began", ("thread.run.in_progress", begun))
    watch.ended = run["status"] not in refresh.DRIVEN
    for step in found[_start(watch, found) :]:
        written = step["step_details"].get("message_creation")
        message = messages.get(tx, watch.thread_id, written["message_id"]) if written else None
        emitted += _of_step(watch, step, message)
    return [*emitted, *([(f"thread.run.{run['status']}", run)] if watch.ended else [])]


def _opening(watch: Watch, run: Json, found: list[Json]) -> Iterator[Emitted]:
    new = queued(watch.world, run, bool(watch.calls))
    first: Emitted = ("thread.run.created", new)
    if watch.calls:
        first = ("thread.run.step.completed", found[_start(watch, found) - 1])
    yield from watch.once(run["id"], "opened", first, ("thread.run.queued", new))


def queued(world: Context, run: Json, again: bool) -> Json:
    """The run as it was when it was made, or, ``again``, when it got the outputs that it had asked for."""
    kept = ("started_at",) if again else ()
    blank = {name: value for name, value in NEW.items() if name not in kept}
    return run | blank | {"expires_at": run["created_at"] + world.run_lifetime}


def _start(watch: Watch, found: list[Json]) -> int:
    """How many steps lie before what is to be told: all up to the answered one."""
    if not watch.calls:
        return 0
    mine = (n for n, step in enumerate(found, 1) if watch.calls & {call["id"] for call in _calls(step)})
    return next(mine, 0)


def _calls(step: Json) -> list[Json]:
    found: list[Json] = step["step_details"].get("tool_calls") or []
    return found


def _of_step(watch: Watch, step: Json, message: Json | None) -> Iterator[Emitted]:
    """A step: begun, told, ended, as far as it is."""
    id, details = step["id"], step["step_details"]
    empty = details if message is not None else {"type": details["type"], "tool_calls": []}
    begun = step | BEGUN | {"step_details": empty}
    yield from watch.once(id, "began", ("thread.run.step.created", begun), ("thread.run.step.in_progress", begun))
    if message is not None:
        yield from _of_message(watch, message)
    ended = step["status"] != "in_progress"
    if (calls := _calls(step)) and (ended or watch.ended):
        listed = [{"index": index} | call for index, call in enumerate(calls)]
        delta = {"step_details": {"type": details["type"], "tool_calls": listed}}
        told = {"id": id, "object": "thread.run.step.delta", "delta": delta}
        yield from watch.once(id, "calls", ("thread.run.step.delta", told))
    if ended:
        yield from watch.once(id, "ended", (f"thread.run.step.{step['status']}", step))


def _of_message(watch: Watch, message: Json) -> Iterator[Emitted]:
    id, begun = message["id"], message | BLANK
    yield from watch.once(id, "began", ("thread.message.created", begun), ("thread.message.in_progress", begun))
    if message["status"] == "in_progress":
        return
    ended = (f"thread.message.{message['status']}", message)
    if not message["content"]:
        yield from watch.once(id, "ended", ended)
        return
    parts = [{"index": index} | part for index, part in enumerate(message["content"])]
    delta = {"id": id, "object": "thread.message.delta", "delta": {"content": parts}}
    yield from watch.once(id, "ended", ("thread.message.delta", delta), ended)
