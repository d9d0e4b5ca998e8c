"""A transaction that is lost before its commit is repeated, so the code in it must change only the store."""

from pathlib import Path
from typing import Any

from shim.store import journal
from shim.store.database import Database, database
from shim.store.tx import Tx
from tests.engine.scripted import Harness, answer, inputs
from tests.stores import Stores
from tests.translate.upstream_events import call, message, says


class Lost(Exception):
    """The connection is lost."""


class Twice:
    """A store that rolls back every write just before its commit, and repeats it."""

    def __init__(self, inner: Any) -> None:
        self.inner, self.lost = inner, 0
        self.tenant = inner.tenant

    async def read(self, work: Any, *args: Any) -> Any:
        return await self.inner.read(work, *args)

    async def write(self, work: Any, *args: Any) -> Any:
        def losing(tx: Tx) -> None:
            work(tx, *args)
            raise Lost

        try:
            await self.inner.write(losing)
        except Lost:
            self.lost += 1
        return await self.inner.write(work, *args)


def _life(harness: Harness) -> list[Any]:
    """The events and requests of a thread with a tool round, a deleted message, and a second run."""
    thread = harness.thread("One")
    emitted = harness.run(thread, answer(message(says("Wait.")), call()))
    run = next(data for name, data in emitted if name == "thread.run.requires_action")
    emitted += harness.submit(run, answer(message(says("Done.")), id="resp_2"), call_a="42")
    gone = harness.message(thread, "Never mind.")
    harness.delete(f"threads/{thread}/messages/{gone['id']}")
    emitted += harness.run(thread, answer(message(says("Bye.")), id="resp_3"), additional_messages=[])
    return [
        [name for name, _ in emitted],
        harness.messages(thread),
        [inputs(body) for body in harness.upstream.bodies],
        [body.get("previous_response_id") for body in harness.upstream.bodies],
        [each["status"] for each in harness.get(f"threads/{thread}/runs")["data"]],
        _journal(harness.base, thread),
    ]


def _journal(base: Database, thread: str) -> list[Any]:
    rows = base.read(journal.rows, thread)
    return [(row.direction, row.type, row.call_id, row.response_id) for row in rows]


def test_every_write_may_be_repeated(harness: Harness, stores: Stores, tmp_path: Path) -> None:
    url = stores.new(tmp_path, "other.db")
    other = Harness(database(url))
    twice = Twice(other.context.store)
    object.__setattr__(other.context, "store", twice)
    assert _life(other) == _life(harness)
    assert twice.lost > 10
    other.base.close()
    stores.drop(url)
