"""Upgrades of the tables: created if missing, unchanged if up to date, and refused if they belong to
another program.
"""

import logging
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from shim.store import assistants, dialects, schema, upgrade
from shim.store.database import database
from shim.store.errors import StoreFailed
from tests.store.things import assistant, output_of, python
from tests.stores import Files


def test_the_newest_revision_is_the_one_that_the_code_expects() -> None:
    assert ScriptDirectory.from_config(upgrade.configuration()).get_heads() == [schema.REVISION]


def test_a_store_that_is_up_to_date_does_not_load_alembic(ready_files: Files, tmp_path: Path) -> None:
    code = """if True:
        import sys
        from shim.store import assistants
        from shim.store.database import database
        database(sys.argv[1]).write(assistants.get, "asst_1")
        print([name for name in sys.modules if name.split(".")[0] in ("alembic", "mako", "asyncpg", "psycopg")])
    """
    assert output_of(python(code, ready_files.new(tmp_path, "new.db"))) == "[]"


@pytest.mark.parametrize("revision", ["9999", "a1b2c3"])
def test_a_newer_store_is_unchanged(ready_files: Files, tmp_path: Path, revision: str) -> None:
    path = Path(ready_files.new(tmp_path).removeprefix("sqlite:///"))
    with sqlite3.connect(path) as db:
        db.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    db.close()
    before = path.read_bytes()
    base = database(f"sqlite:///{path}")
    for _ in range(2):
        with pytest.raises(StoreFailed, match=rf"at revision {revision}.*Nothing was changed. Upgrade assistants-shim"):
            base.read(lambda tx: None)
    base.close()
    assert path.read_bytes() == before


def test_tables_of_another_program_are_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "forum.db"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE messages (text)")
    db.close()
    base = database(f"sqlite:///{path}")
    with pytest.raises(StoreFailed, match=r"belong to another program\. Give it a database of its own"):
        base.read(lambda tx: None)
    base.close()
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT name FROM sqlite_master").fetchall() == [("messages",)]
    db.close()


def test_a_path_with_a_percent_sign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upgrade, "MIGRATIONS", tmp_path / "100%")
    assert upgrade.configuration().get_main_option("script_location") == str(tmp_path / "100%")


def test_an_upgrade_that_fails_leaves_no_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = database(f"sqlite:///{tmp_path / 'half.db'}")

    def broken(*_: object) -> None:
        raise sa.exc.OperationalError("CREATE", {}, Exception("database or disk is full"))

    with monkeypatch.context() as patch:
        patch.setattr("alembic.operations.Operations.create_index", broken, raising=True)
        with pytest.raises(StoreFailed, match="no room left"):
            base.write(assistants.insert, assistant(1))
    base.write(assistants.insert, assistant(1))
    base.close()


def test_the_revision_is_none_if_there_is_no_store(address: str) -> None:
    base = database(address)
    engine = dialects.make_engine(base.url)
    base.raw = True
    if dialects.is_sqlite(base.url):
        Path(str(base.url.database)).parent.mkdir()
    with engine.connect() as db:
        assert upgrade.revision(db) is None
    base.prepare()
    with engine.connect() as db:
        assert upgrade.revision(db) == schema.REVISION
    engine.dispose()
    base.close()


def test_a_new_store_is_logged_once_and_the_librarys_steps_are_not(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    engine = dialects.make_engine(sa.make_url(f"sqlite:///{tmp_path / 'new.db'}"))
    before = logging.getLogger("alembic").level
    with caplog.at_level(logging.INFO):
        for _ in range(2):
            upgrade.bring_up_to_date(engine, "of mine")
    assert caplog.messages == ["a new store was created: of mine"]
    assert logging.getLogger("alembic").level == before
    engine.dispose()


def test_one_of_two_concurrent_processes_creates_the_tables(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    engines = [dialects.make_engine(sa.make_url(f"sqlite:///{tmp_path / 'new.db'}")) for _ in range(2)]
    with caplog.at_level(logging.INFO, "shim"), ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda engine: upgrade.bring_up_to_date(engine, "of mine"), engines))
    assert caplog.messages == ["a new store was created: of mine"]
    for engine in engines:
        engine.dispose()
