"""An import that is repeated, interrupted, made after another one, or undone."""

import json
from pathlib import Path
from typing import Any

import pytest

from shim.migrate import Importer, Report
from shim.migrate.imports import undo, writer
from shim.settings import current_settings
from shim.store import assistants, imports, messages, rows, runs, schema, threads
from shim.store.database import Database, database
from shim.store.errors import StoreFailed
from shim.store.tx import Tx
from tests.scenarios.imports import exported

Json = dict[str, Any]


def base() -> Database:
    chosen = current_settings()
    return database(chosen.database_url, keys=chosen.keys)


def everything() -> dict[str, list[Any]]:
    """All rows of the store, without their sequence numbers and without the times of imports."""

    def read(tx: Tx) -> dict[str, list[Any]]:
        return {
            table.name: [tuple(row[1:]) for row in tx.db.execute(table.select().order_by(table.c.seq))]
            for table in schema.metadata.sorted_tables
        }

    return base().read(read)


def row(thread: int, number: int, text: str = "Hi") -> Json:
    role = ("user", "assistant")[number % 2]
    return {"thread_id": f"thread_{thread:08}", "message_id": f"msg_{thread}x{number}", "role": role, "text": text}


def brought(path: Path, values: list[Json], **options: Any) -> Report:
    path.write_text("".join(json.dumps(value) + "\n" for value in values))
    with Importer(**options) as importer:
        importer.read(path)
    return importer.report


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "all.jsonl"


def test_importing_the_same_file_again_adds_nothing(path: Path) -> None:
    first = brought(path, exported.everything())
    before = everything()
    again = brought(path, exported.everything())
    assert everything() == before
    assert (again.batch, again.added, again.already_stored) == (None, {}, first.added)


def test_a_dry_run_reports_the_same_and_writes_nothing(path: Path) -> None:
    before = everything()
    tried = brought(path, exported.everything(), dry_run=True)
    assert everything() == before
    real = brought(path, exported.everything())
    assert (tried.batch, tried.added, tried.problems) == (None, real.added, real.problems)


def test_a_dry_run_creates_no_store(path: Path, tmp_path: Path) -> None:
    place = tmp_path / "none" / "shim.db"
    report = brought(path, exported.everything(), dry_run=True, database_url=f"sqlite:///{place}")
    assert report.added["threads"] == 1
    assert not place.parent.exists()


def test_an_interrupted_import_is_continued_under_its_id(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = [row(thread, number) for thread in range(6) for number in range(3)]
    monkeypatch.setattr(writer, "BATCH_SIZE", 2)
    seen = []

    def stop(what: str, done: int, total: int) -> None:
        if what == "writing":
            seen.append((done, total))
            if done == 4:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        brought(path, values, progress=stop)
    assert seen == [(2, 6), (4, 6)]
    [unfinished] = base().read(imports.listing)
    assert unfinished.finished_at is None
    assert len(everything()["threads"]) == 4
    report = brought(path, values)
    assert (report.batch, report.resumed) == (unfinished.batch, True)
    assert (report.already_stored["threads"], report.added["threads"]) == (4, 2)
    assert len(everything()["messages"]) == 18
    assert undo.undo(base(), unfinished.batch).threads == 6
    left = everything()
    assert [name for name in ("threads", "messages", "journal", "imports") if left[name]] == []


def test_a_transaction_that_fails_leaves_no_incomplete_thread(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> int:
        raise RuntimeError("in the middle")

    monkeypatch.setattr(writer.Writer, "_files", broken)
    before = everything()
    with pytest.raises(RuntimeError):
        brought(path, exported.everything())
    assert everything()["threads"] == before["threads"] == everything()["messages"] == []


def test_a_later_export_with_more_objects_replaces_the_earlier_one(path: Path) -> None:
    first = brought(path, [row(1, 0, "one"), row(1, 2, "three")])
    second = brought(path, [row(1, 0, "one"), row(1, 1, "two"), row(1, 2, "three")])
    assert (second.replaced, second.refused) == ({"threads": 1}, 0)
    found = base().read(messages.page, "thread_00000001", 10, "asc").data
    assert [one["content"][0]["text"]["value"] for one in found] == ["one", "two", "three"]
    assert first.batch is not None
    assert undo.undo(base(), first.batch).threads == 0


def use(thread_id: str) -> None:
    """Write to a thread, as every use of a thread does."""
    base().write(threads.lock, thread_id, 2_000_000_000)


def test_a_thread_that_was_used_since_the_import_is_unchanged(path: Path) -> None:
    brought(path, [row(1, 0)])
    use("thread_00000001")
    before = everything()["messages"]
    report = brought(path, [row(1, 0), row(1, 1)])
    assert report.problems["differs"] == 1
    assert everything()["messages"] == before


def test_a_thread_with_an_id_of_another_thread_is_refused_as_a_whole(path: Path) -> None:
    brought(path, [row(1, 0)])
    report = brought(path, [row(1, 0) | {"thread_id": "thread_00000002"}, row(2, 1)])
    assert report.problems["taken"] == 1
    assert "msg_1x0 is in thread_00000001" in report.examples["taken"][0].detail
    assert base().read(threads.get, "thread_00000002") is None


@pytest.mark.parametrize("backwards", [False, True])
def test_if_a_run_was_exported_twice_the_ended_one_is_imported(path: Path, backwards: bool) -> None:
    given = [exported.run(status="in_progress"), exported.run()]
    report = brought(path, [exported.thread(), *given[:: -1 if backwards else 1]])
    assert (report.problems["duplicate"], report.refused) == (1, 0)
    found = base().read(runs.get, exported.THREAD, exported.RUN)
    assert found is not None
    assert found.body["status"] == "completed"


def test_a_thread_that_was_deleted_here_is_not_imported_again(path: Path) -> None:
    brought(path, [row(1, 0), row(2, 0)])

    def delete(tx: Tx) -> None:
        threads.add_tombstone(tx, "thread_00000001", 5)
        threads.delete(tx, "thread_00000001")

    base().write(delete)
    report = brought(path, [row(1, 0), row(2, 0)])
    assert (report.problems["deleted"], report.already_stored["threads"], report.added) == (1, 1, {})


def test_an_import_that_was_undone_can_be_repeated(path: Path) -> None:
    first = brought(path, [row(1, 0)])
    assert first.batch is not None
    undo.undo(base(), first.batch, force=True)
    assert brought(path, [row(1, 0)]).added["threads"] == 1


def test_an_assistant_that_was_changed_since_the_import_is_not_removed(path: Path) -> None:
    brought(path, [exported.assistant()])
    base().write(assistants.save, exported.assistant() | {"name": "Changed"})
    report = brought(path, [exported.assistant()])
    assert report.problems == {"exists": 1}
    found = base().read(assistants.get, exported.ASSISTANT)
    assert found is not None
    assert found["name"] == "Changed"


def test_undo_removes_the_imported_objects_and_nothing_else(path: Path, tmp_path: Path) -> None:
    brought(tmp_path / "other.jsonl", [row(9, 0)])
    before = everything()
    report = brought(path, exported.everything())
    assert report.batch is not None
    undone = undo.undo(base(), report.batch)
    assert (undone.threads, undone.assistants, undone.changed) == (1, 1, [])
    assert everything() == before
    with pytest.raises(StoreFailed, match="no import"):
        undo.undo(base(), report.batch)


def test_undo_does_not_remove_used_objects_unless_forced(path: Path) -> None:
    report = brought(path, [*exported.everything(), row(1, 0), row(2, 0)])
    assert report.batch is not None
    use("thread_00000001")
    use(exported.THREAD)
    undone = undo.undo(base(), report.batch)
    assert (undone.threads, undone.assistants) == (1, 0)
    assert sorted(undone.changed) == sorted(["thread_00000001", exported.THREAD])
    forced = undo.undo(base(), report.batch, force=True)
    assert (forced.threads, forced.assistants, forced.changed) == (2, 1, [])
    assert everything()["imports"] == []


def test_tenants_do_not_see_each_others_imports(path: Path) -> None:
    brought(path, [row(1, 0)])
    report = brought(path, [row(1, 0)], tenant="other")
    assert report.added["threads"] == 1
    assert base().of("other").read(imports.listing)[0].batch == report.batch
    assert report.batch is not None
    undo.undo(base(), report.batch, tenant="other")
    assert base().read(threads.get, "thread_00000001") is not None


def test_the_order_is_that_of_the_conversation_for_any_order_of_the_input(path: Path) -> None:
    """The API's lists begin with the newest message; within one second the order of the list decides."""
    given_rows = [row(1, number, str(number)) | {"created_at": 100 + number // 4} for number in range(8)]
    for number, given in enumerate((given_rows, given_rows[::-1])):
        brought(path, given, tenant=str(number))
        found = base().of(str(number)).read(messages.page, "thread_00000001", 10, "asc").data
        assert [one["content"][0]["text"]["value"] for one in found] == list("01234567")


def test_imported_threads_are_not_erased_as_old(path: Path) -> None:
    """A thread with a creation date years ago is not erased immediately by the limit for unused threads."""
    brought(path, exported.everything())
    assert base().read(threads.unused, exported.BEGAN + 86_400, 10) == []


def test_a_program_imports_its_own_messages() -> None:
    with Importer() as importer:
        importer.add({"role": "user", "content": "Hi", "id": 5, "created_at": 100}, thread_id="customer 7")
        importer.add({"role": "assistant", "content": "Hello", "id": 6, "created_at": 101}, thread_id="customer 7")
        importer.add({"id": "customer 7", "metadata": {"plan": "gold"}}, kind="thread")
        importer.file("file-abcd", exported.PNG)
    report = importer.report
    thread_id = report.ids["customer 7"]
    assert report.added == {"threads": 1, "messages": 2}
    assert report.problems["orphan_file"] == 1
    found = base().read(threads.get, thread_id)
    assert found is not None
    assert found["metadata"] == {"imported_id": "customer 7", "plan": "gold"}


def test_an_exception_in_the_program_imports_nothing() -> None:
    def program() -> None:
        with Importer() as importer:
            importer.add(row(1, 0))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        program()
    assert everything()["threads"] == []


def test_a_run_can_be_read_by_the_engine(path: Path) -> None:
    brought(path, exported.everything())
    found = base().read(runs.get, exported.THREAD, exported.RUN)
    assert found is not None
    assert (found.owner, found.memory["background"]) == (None, None)
    assert rows.dump(found.body)
