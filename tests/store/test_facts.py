"""Facts about a store: whether it is encrypted, and with which key."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from shim.store import assistants, dialects, facts, files, schema, sealing, threads
from shim.store.errors import StoreFailed
from shim.store.sealing import Seal
from shim.store.tx import Tx
from tests.store.things import assistant, thread
from tests.stores import Files

fernet = pytest.importorskip("cryptography.fernet")
KEY, OTHER = (fernet.Fernet.generate_key().decode() for _ in range(2))


@pytest.fixture
def url(ready_files: Files, tmp_path: Path) -> str:
    """An empty store."""
    return ready_files.new(tmp_path, "own.db")


@contextmanager
def sealed(url: str, *keys: str, plain: bool = False) -> Iterator[Tx]:
    """A transaction of a process with these keys."""
    engine = dialects.make_engine(sa.make_url(url))
    sealing.use(engine, Seal(keys, plain) if keys else None)
    with engine.connect() as db, db.begin():
        dialects.begin(db, write=True)
        yield Tx(db, "")
    engine.dispose()


def check(url: str, *keys: str) -> bool:
    with sealed(url, *keys) as tx:
        return facts.check_seal(tx.db, "of mine")


def note(url: str, *keys: str, plain: bool = False) -> None:
    with sealed(url, *keys, plain=plain) as tx:
        facts.note_seal(tx)


def raw(url: str, statement: str) -> list[Any]:
    with sealed(url) as tx:
        return [row[0] for row in tx.db.exec_driver_sql(statement)]


def test_a_database_without_tables_is_not_encrypted() -> None:
    assert not check("sqlite://")


def test_a_store_without_the_fact_is_not_encrypted(url: str) -> None:
    assert (check(url), check(url, KEY)) == (False, False)
    note(url)
    assert raw(url, "SELECT count(*) FROM facts") == [0]


def test_an_encrypted_store_opens_only_with_its_key(url: str) -> None:
    note(url, KEY)
    (value,) = raw(url, "SELECT value FROM facts")
    assert facts.PLAINTEXT not in value
    assert check(url, KEY)
    assert check(url, OTHER, KEY), "an older key opens as well"
    with pytest.raises(StoreFailed, match=r"of mine is encrypted: set SHIM_ENCRYPTION_KEY .* Nothing was changed"):
        check(url)
    with pytest.raises(StoreFailed, match=r"encrypted with another key than .* Nothing was changed"):
        check(url, OTHER)


def test_a_sealed_fact_with_another_content_means_another_key(url: str) -> None:
    note(url, KEY)
    with sealed(url) as tx:
        tx.db.execute(schema.facts.update(), {"value": "not " + facts.PLAINTEXT})
    with pytest.raises(StoreFailed, match="another key"):
        check(url, KEY)


def test_the_key_is_changed_and_removed(url: str) -> None:
    note(url, KEY)
    note(url, OTHER, KEY)
    assert check(url, OTHER)
    assert raw(url, "SELECT count(*) FROM facts") == [1]
    note(url, OTHER, plain=True)
    assert not check(url)


def test_other_facts_are_unchanged(url: str) -> None:
    with sealed(url) as tx:
        tx.db.execute(schema.facts.insert(), {"tenant": "", "name": "other", "value": "x"})
    note(url, KEY)
    note(url)
    assert raw(url, "SELECT name FROM facts") == ["other"]


def test_tables_with_contents_are_named() -> None:
    found = {table.name for table in facts.sealed_tables()}
    assert {"assistants", "threads", "messages", "runs", "steps", "journal", "files", "imports"} <= found
    assert not {"facts", "tombstones", "rate_windows", "responses", "keys"} & found


def test_contents_are_sealed_again_in_batches(url: str) -> None:
    with sealed(url) as tx:
        for n in (1, 2, 3):
            assistants.insert(tx, assistant(n))
    table, places = schema.assistants, []
    after: int | None = 0
    with sealed(url, KEY) as tx:
        while after is not None:
            after, done = facts.seal_again(tx, table, after, 2)
            places.append(done)
    assert places == [2, 1, 0]
    assert all(body.startswith("gAAAAA") for body in raw(url, "SELECT body FROM assistants"))
    with sealed(url, KEY, plain=True) as tx:
        assert assistants.get(tx, "asst_2") == assistant(2)
        assert facts.seal_again(tx, table, 1, 2)[1] == 2, "those behind a place"
    bodies = raw(url, "SELECT body FROM assistants ORDER BY seq")
    assert [body.startswith("gAAAAA") for body in bodies] == [True, False, False]


def test_files_are_sealed_again_with_their_bodies(url: str) -> None:
    with sealed(url) as tx:
        threads.insert(tx, thread())
        files.save(tx, "thread_1", None, {"id": "cfile_1", "created_at": 1}, b"bytes")
    with sealed(url, KEY) as tx:
        facts.seal_again(tx, schema.files, 0, 9)
    assert raw(url, "SELECT content FROM files")[0].startswith(sealing.MARK)
    with sealed(url, KEY) as tx:
        assert (files.content(tx, "cfile_1"), files.get(tx, "cfile_1")) == (
            b"bytes",
            {"id": "cfile_1", "created_at": 1},
        )
