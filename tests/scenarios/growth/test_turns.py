"""A turn of a long thread costs as much as a turn of a short one: upstream, in the store, and in the shim."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa

from shim import OpenAI
from shim.runtime import heartbeat
from shim.store.database import Database, database
from tests.scenarios.growth.long import SAYING, fill
from tests.scenarios.growth.sink import Sink

LONG = 2000
#: Number of virtual-machine instructions of SQLite after which its progress handler is called.
STEP = 20


@dataclass
class Work:
    """``rows``: how many were fetched; ``instructions``: how many SQLite executed, which includes the search for the
    rows.
    """

    statements: int = 0
    rows: int = 0
    instructions: int = 0


@contextmanager
def counted(base: Database) -> Iterator[Work]:
    """Counts the work of a database within the block."""
    work, engine = Work(), base._engine

    def step() -> int:
        work.instructions += STEP
        return 0

    def row(_cursor: Any, found: Any) -> Any:
        work.rows += 1
        return found

    def statement(*_: Any) -> None:
        work.statements += 1

    def watch(connection: sqlite3.Connection, *_: Any) -> None:
        connection.set_progress_handler(step, STEP)
        connection.row_factory = row

    base.close()
    sa.event.listen(engine, "connect", watch)
    sa.event.listen(engine, "before_cursor_execute", statement)
    yield work
    sa.event.remove(engine, "connect", watch)
    sa.event.remove(engine, "before_cursor_execute", statement)
    base.close()


def turn(client: OpenAI, thread: str, assistant: str, how: dict[str, Any]) -> None:
    """A usual turn of an application: add a message, run, read the new messages."""
    client.beta.threads.messages.create(thread, role="user", content=SAYING)
    if how.get("polled"):
        run = client.beta.threads.runs.create_and_poll(thread_id=thread, assistant_id=assistant)
        assert run.status == "completed"
    else:
        events = client.beta.threads.runs.create(thread_id=thread, assistant_id=assistant, stream=True, **how)
        assert [event.event for event in events][-1] == "thread.run.completed"
    assert len(client.beta.threads.messages.list(thread, limit=2).data) == 2


WAYS: dict[str, dict[str, Any]] = {
    "streamed": {},
    "last messages": {"truncation_strategy": {"type": "last_messages", "last_messages": 8}},
}


@pytest.mark.parametrize("how", WAYS.values(), ids=WAYS)
def test_the_cost_of_a_turn_does_not_grow(how: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    # The heartbeat reads the store at intervals, and this turn may take longer than one interval.
    monkeypatch.setattr(heartbeat, "CHECK_INTERVAL", 3600.0)
    with Sink() as sink, OpenAI(api_key="test", base_url=sink.url) as client:
        base = database(os.environ["SHIM_DATABASE_URL"])
        helper = client.beta.assistants.create(model="gpt-4o", instructions="Be brief.").id
        done: list[Work] = []
        for length in (10, LONG):
            thread = client.beta.threads.create().id
            fill(base, thread, helper, length)
            with counted(base) as work:
                turn(client, thread, helper, how)
            done.append(work)
        short, long = done
    assert sink.sizes[0] == sink.sizes[1]
    assert long.statements == short.statements < 60
    assert long.rows == short.rows < 60
    # The index may be deeper, but no list is scanned.
    assert long.instructions <= short.instructions * 1.1
    assert {len(body["input"]) for body in sink.bodies} == {8 if how else 1}
    assert [body.get("previous_response_id") is None for body in sink.bodies] == [bool(how)] * 2
