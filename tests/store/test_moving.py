"""Moving everything from one database to another, of either kind, or nothing."""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from shim.store import (
    assistants,
    files,
    imports,
    journal,
    keys,
    learned,
    messages,
    moving,
    outbox,
    rate_windows,
    requests,
    responses,
    runs,
    schema,
    steps,
    threads,
    upstream_objects,
)
from shim.store.database import Database, database
from shim.store.errors import StoreFailed
from shim.store.keys import Key
from shim.store.learned import Learned
from shim.store.tx import Tx
from shim.wire import encoding
from tests.store.things import assistant, ids, message, python, run, step, thread
from tests.stores import POSTGRES, empty

Json = dict[str, Any]
#: Values that databases, drivers and encodings treat differently.
ODD = ("\0", "\\u0000", "\ud83d", "\ude00", "😀", "'; --", "%s %(a)s :b", "\r\n", "", "é" * 3000, "\x1f")
NUMBERS = (0.1 + 0.2, 1e-320, 1.7976931348623157e308, -0.0, 2**53 + 1, 10**400)
PAIRS = ["sqlite to sqlite", *(["sqlite to postgresql", "postgresql to sqlite"] if POSTGRES else [])]


@pytest.fixture(params=PAIRS)
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Database, Database]]:
    """A source and a target without any table."""
    with ExitStack() as stack:
        made = []
        for number, kind in enumerate(request.param.split(" to ")):
            folder = tmp_path / str(number)
            made.append(database(stack.enter_context(empty(kind, folder))))
            stack.callback(made[-1].close)
        yield made[0], made[1]


def fill(tx: Tx) -> None:
    """Add rows with unusual values to every table; the last row of each table is deleted again."""
    texts = {"texts": list(ODD), "numbers": list(NUMBERS), "deep": {"er": [[[None]]]}}
    assistants.insert(tx, assistant(1) | texts, "import of May")
    for n in (1, 2):
        threads.insert(tx, thread(n) | {"metadata": texts})
        threads.set_head(tx, f"thread_{n}", "resp_1", 3)
        runs.insert(tx, run(n, n, "requires_action") | texts, {"tip": ODD[0]}, "me", 1_700_000_000.1 + n / 3)
        for number, text in enumerate(ODD):
            messages.insert(tx, message(100 * n + number, n, n, text))
            item = {"type": "function_call_output", "call_id": f"call_{number}", "output": text}
            journal.append(tx, f"thread_{n}", "in", item, run_id=f"run_{n}")
        steps.save(tx, step(n, n, n) | texts)
        responses.insert(tx, f"resp_{n}", f"thread_{n}", f"run_{n}", None, 2**40)
        responses.finish(tx, f"resp_{n}", "completed", {"total_tokens": 1} if n == 1 else None)
        content = bytes(range(256)) * 1000 * n
        files.save(tx, f"thread_{n}", None, {"id": f"cfile_{n}", "created_at": 1, **texts}, content)
        noted = {"mark": "é", "attempt": n, "created_at": 1e9 + 1 / n, "kind": "run", "made": "run_1", "digest": None}
        requests.insert(tx, {**noted, "thread_id": f"thread_{n}"})
    outbox.add(tx, "thread_2", 2**40)
    tx.db.execute(schema.facts.insert(), {"tenant": tx.tenant, "name": "é", "value": ODD[4]})
    imports.begin(tx, "imp_1", 2**40, list(ODD))
    keys.add(tx, Key("key_1", tx.tenant, "é", "issued", "a'b%", 2**40, 1 if tx.tenant else None), f"of {tx.tenant}")
    rate_windows.count(tx, 1e9 + 1 / 3, 60)
    learned.note(tx, [Learned("é", "a'b%", ODD[4], 2**40 + len(tx.tenant))], 0)
    upstream_objects.note(tx, "files", "file-1", 2**40)
    threads.add_tombstone(tx, "thread_2", 2**40)
    threads.delete(tx, "thread_2")


def rows(tx: Tx) -> dict[str, list[tuple[Any, ...]]]:
    tables = schema.metadata.sorted_tables
    return {
        table.name: [tuple(row) for row in tx.db.execute(sa.select(table).order_by(table.c.seq))] for table in tables
    }


def test_everything_is_moved(pair: tuple[Database, Database]) -> None:
    source, target = pair
    for tenant in ("", "other"):
        source.of(tenant).write(fill)
    before = source.read(rows)
    assert all(before.values()), "every table has something in it"
    progress: list[tuple[str, int, int]] = []
    moved = moving.move(source, target, lambda *each: progress.append(each))
    assert target.read(rows) == before == source.read(rows)
    assert {name: found.rows for name, found in moved.items()} == {name: len(each) for name, each in before.items()}
    assert {name: (done, total) for name, done, total in progress} == {
        name: (2 * len(each), 2 * len(each)) for name, each in before.items()
    }
    found = target.of("other").read(messages.page, "thread_1", 100, "asc")
    assert [each["content"][0]["text"]["value"] for each in found.data] == [encoding.well_formed(text) for text in ODD]
    again = target.read(files.content, "cfile_1")
    assert again == bytes(range(256)) * 1000


def test_new_rows_sort_after_all_earlier_ones(pair: tuple[Database, Database]) -> None:
    """Also after rows that were deleted before the move: a chain's head may cover their numbers."""
    source, target = pair
    source.write(fill)
    moving.move(source, target)

    def go_on(tx: Tx) -> int:
        return journal.append(tx, "thread_1", "in", {"content": "new"})

    assert target.write(go_on) == source.write(go_on) == 2 * len(ODD) + 1
    target.write(messages.insert, message(999))
    assert ids(target.read(messages.page, "thread_1", 1, "desc").data) == ["msg_999"]
    target.write(threads.insert, thread(2))
    assert target.read(rows)["threads"][-1][0] == 3


def test_an_empty_store(pair: tuple[Database, Database]) -> None:
    source, target = pair
    source.prepare()
    assert {found.rows for found in moving.move(source, target).values()} == {0}
    target.write(threads.insert, thread())
    assert target.read(threads.get, "thread_1") == thread()


def test_a_target_that_is_not_empty_is_refused(pair: tuple[Database, Database]) -> None:
    source, target = pair
    source.write(fill)
    target.write(assistants.insert, assistant(7))
    before = target.read(rows)
    with pytest.raises(StoreFailed, match=r"is not empty: it has assistants\. Nothing was changed"):
        moving.move(source, target)
    assert target.read(rows) == before


@pytest.mark.parametrize("table", ["assistants", "messages", "responses"])
def test_an_interrupted_move_leaves_no_rows(pair: tuple[Database, Database], table: str) -> None:
    source, target = pair
    source.write(fill)
    before = source.read(rows)

    def report(name: str, done: int, total: int) -> None:
        if name == table and done > total / 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        moving.move(source, target, report)
    assert not any(target.read(rows).values())
    moving.move(source, target)
    assert target.read(rows) == before


def test_the_source_is_locked_for_writing(pair: tuple[Database, Database]) -> None:
    source, target = pair
    source.write(fill)
    others: list[object] = []

    def report(name: str, done: int, total: int) -> None:
        if name == "messages" and not others:
            others.append(python(WRITE, source.url.render_as_string(hide_password=False)))
            assert others[0].stdout.readline() == "begun\n"  # type: ignore[attr-defined]

    moved = moving.move(source, target, report)
    others[0].communicate(timeout=60)  # type: ignore[attr-defined]
    assert moved["threads"].rows == len(target.read(rows)["threads"]) == 1
    assert source.read(threads.get, "thread_9") is not None


WRITE = """if True:
    import sys
    from shim.store import threads
    from shim.store.database import database
    base = database(sys.argv[1])
    print("begun", flush=True)
    base.write(threads.insert, {"id": "thread_9", "created_at": 1})
    base.close()
"""

MOVE = """if True:
    import os, signal, sys
    from shim.store import moving
    from shim.store.database import database

    def report(name, done, total):
        if name == "messages":
            os.kill(os.getpid(), signal.SIGKILL)

    moving.move(database(sys.argv[1]), database(sys.argv[2]), report)
"""


def test_a_killed_process_leaves_no_rows(pair: tuple[Database, Database]) -> None:
    source, target = pair
    source.write(fill)
    process = python(MOVE, *(each.url.render_as_string(hide_password=False) for each in pair))
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert not any(target.read(rows).values())
    assert moving.move(source, target)["messages"].rows == len(ODD)


def test_rows_that_changed_during_the_move_are_refused(tmp_path: Path) -> None:
    source, target = (database(f"sqlite:///{tmp_path / name}") for name in ("one.db", "two.db"))
    source.write(fill)
    spoil = "UPDATE messages SET body = replace(body, 'thread', 'thr\u0435ad') WHERE seq = new.seq"
    trigger = f"CREATE TRIGGER spoil AFTER INSERT ON messages BEGIN {spoil}; END"
    target.write(lambda tx: tx.db.exec_driver_sql(trigger) and None)
    with pytest.raises(StoreFailed, match="The table messages arrived as"):
        moving.move(source, target)
    assert not any(target.read(rows).values())
    source.close()
    target.close()


def test_a_missing_source_and_a_target_that_is_the_source(tmp_path: Path) -> None:
    here, gone = (database(f"sqlite:///{tmp_path / name}") for name in ("here.db", "gone.db"))
    here.prepare()
    with pytest.raises(StoreFailed, match=r"gone\.db does not exist"):
        moving.move(gone, here)
    assert not os.path.exists(tmp_path / "gone.db")
    with pytest.raises(StoreFailed, match="to where it is"):
        moving.move(here, here)
    here.close()
