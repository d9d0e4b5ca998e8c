"""Imports: the objects of each, whether they were used since, and the state after an undo."""

from typing import Any

import pytest

from shim.store import assistants, imports, messages, outbox, responses, runs, schema, threads
from shim.store.database import Database
from shim.store.imports import Import, StoredThread
from shim.store.tx import Tx
from tests.store.things import assistant, ids, message, run, thread

NOW = 1_700_000_000
SOURCES = ["export.json"]


def bring(tx: Tx, batch: str, *numbers: int, finished: bool = True) -> None:
    """Import some threads, each with a message, and an assistant for each."""
    imports.begin(tx, batch, NOW, SOURCES)
    for n in numbers:
        values = {"tenant": tx.tenant, "id": f"thread_{n}", "created_at": 1, "body": "{}", "batch": batch}
        imports.add(tx, schema.threads, [values | {"touched_at": imports.untouched(NOW)}])
        assistants.insert(tx, assistant(n), batch)
        messages.insert(tx, message(n, n))
    if finished:
        imports.finish(tx, batch, NOW + 5, {"threads": len(numbers)})


@pytest.fixture
def brought(base: Database) -> Database:
    """Two imported threads, and one that was created here."""
    base.write(bring, "one", 1, 2)
    base.write(threads.insert, thread(3))
    return base


def known(base: Database, *ids: str) -> dict[str, StoredThread]:
    return base.read(imports.known, list(ids))


def test_imports_are_listed_in_order_with_their_descriptions(brought: Database) -> None:
    brought.write(bring, "two", finished=False)
    brought.of("other").write(bring, "theirs")
    assert brought.read(imports.listing) == [
        Import("one", NOW, NOW + 5, SOURCES, {"threads": 2}),
        Import("two", NOW, None, SOURCES, {}),
    ]


def test_the_last_import_of_the_same_sources_may_be_continued(base: Database) -> None:
    assert base.read(imports.interrupted, SOURCES) is None
    base.write(bring, "one", finished=False)
    found = base.read(imports.interrupted, SOURCES)
    assert found is not None
    assert found.batch == "one"
    assert base.read(imports.interrupted, ["other.json"]) is None
    base.write(bring, "two")
    assert base.read(imports.interrupted, SOURCES) is None, "the newest came to its end"


def test_threads_are_listed_with_their_import(brought: Database) -> None:
    assert known(brought, "thread_1", "thread_3", "thread_9") == {
        "thread_1": StoredThread("thread_1", "one", False),
        "thread_3": StoredThread("thread_3", None, True),
    }
    assert brought.of("other").read(imports.known, ["thread_1"]) == {}
    assert known(brought) == {}


USES: dict[str, Any] = {
    "a write": lambda tx: threads.lock(tx, "thread_1", NOW),
    "a run's answer": lambda tx: threads.set_head(tx, "thread_1", "resp_1", 1),
}


@pytest.mark.parametrize("use", USES)
def test_a_thread_counts_as_used_after_a_write(brought: Database, use: str) -> None:
    brought.write(USES[use])
    found = known(brought, "thread_1", "thread_2")
    assert (found["thread_1"].used, found["thread_2"].used) == (True, False)


def test_the_rows_of_a_thread_and_the_owner_of_an_id(brought: Database) -> None:
    assert brought.read(imports.of_thread, schema.messages, "thread_1") == {"msg_1"}
    assert brought.of("other").read(imports.of_thread, schema.messages, "thread_1") == set()
    taken = brought.read(imports.taken, schema.messages, ["msg_1", "msg_2", "msg_9"])
    assert taken == {"msg_1": "thread_1", "msg_2": "thread_2"}
    assert brought.read(imports.taken, schema.messages, []) == {}
    assert brought.of("other").read(imports.taken, schema.messages, ["msg_1"]) == {}


def test_rows_are_added_in_order(base: Database) -> None:
    base.write(bring, "one", 3, 1, 2)
    assert ids(base.read(assistants.page, 9, "asc").data) == ["asst_3", "asst_1", "asst_2"]
    base.write(imports.add, schema.threads, [])


def test_the_threads_of_an_import_are_read_in_batches(brought: Database) -> None:
    found: list[StoredThread] = []
    after = 0
    while batch := brought.read(imports.threads_of, "one", after, 1):
        assert len(batch) == 1
        after = batch[-1][0]
        found += [each for _, each in batch]
    assert found == [StoredThread("thread_1", "one", False), StoredThread("thread_2", "one", False)]
    assert brought.of("other").read(imports.threads_of, "one", 0, 9) == []


@pytest.mark.parametrize("delete_upstream", [True, False])
def test_threads_are_removed_with_all_their_objects(brought: Database, delete_upstream: bool) -> None:
    brought.write(runs.insert, run(1, 1, "completed"), {}, None, None)
    brought.write(responses.insert, "resp_1", "thread_1", "run_1", None, NOW)
    assert brought.write(imports.remove_threads, ["thread_1", "thread_9"], NOW, delete_upstream) == 1
    assert brought.read(threads.get, "thread_1") is None
    assert brought.read(imports.of_thread, schema.messages, "thread_1") == set()
    assert brought.read(threads.get, "thread_2") is not None
    assert [each.response_id for each in brought.read(outbox.batch, 0, 9)] == (["resp_1"] if delete_upstream else [])


@pytest.mark.parametrize("force, gone", [(False, 1), (True, 2)])
def test_assistants_that_runs_use_are_not_removed_unless_forced(brought: Database, force: bool, gone: int) -> None:
    brought.write(runs.insert, run(1, 3, "completed"), {}, None, None)
    assert brought.write(imports.remove_assistants, "one", force) == gone
    left = ids(brought.read(assistants.page, 9, "asc").data)
    assert left == ([] if force else ["asst_1"])


def test_an_import_is_deleted_when_none_of_its_objects_is_left(brought: Database) -> None:
    assert not brought.write(imports.close, "one")
    brought.write(imports.remove_threads, ["thread_1", "thread_2"], NOW, False)
    assert not brought.write(imports.close, "one"), "its assistants are there"
    brought.write(imports.remove_assistants, "one", True)
    assert brought.write(imports.close, "one")
    assert (brought.read(imports.listing), brought.write(imports.close, "one")) == ([], False)
