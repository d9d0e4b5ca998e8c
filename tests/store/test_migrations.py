"""The revisions, run one after the other, make the tables of the schema."""

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from shim.store import assistants, dialects, schema, upgrade
from shim.store.database import database
from shim.store.errors import StoreFailed
from tests.store.things import assistant, python, said


def test_the_newest_revision_is_the_one_that_the_code_expects() -> None:
    assert ScriptDirectory.from_config(upgrade.configuration()).get_heads() == [schema.REVISION]


def test_the_revisions_make_the_schema(address: str) -> None:
    base = database(address)
    assert base.read(lambda tx: compare_metadata(MigrationContext.configure(tx.db), schema.metadata)) == []
    base.close()


def test_on_sqlite_even_to_the_letter(template: Path, tmp_path: Path) -> None:
    """What the comparison does not see: partial indexes, numbers given once, cascades."""
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'created.db'}")
    schema.metadata.create_all(engine)
    engine.dispose()
    assert described(tmp_path / "created.db") == described(template)


def described(path: Path) -> dict[str, list[str]]:
    """What each table and index consists of, the parts in alphabetical order."""
    with sqlite3.connect(path) as db:
        found = db.execute("SELECT name, sql FROM sqlite_master WHERE sql NOT NULL AND name NOT LIKE '%alembic%'")
        # A column that was added later stands on another's line, and in its own place.
        made = {
            name: sorted(part.strip(" ,\t") for part in sql.replace(", touched_at", "\ntouched_at").split("\n"))
            for name, sql in found
        }
    db.close()
    return made


def test_a_store_that_is_up_to_date_does_not_load_alembic(template: Path) -> None:
    code = """if True:
        import sys
        from shim.store import assistants
        from shim.store.database import database
        database(sys.argv[1]).write(assistants.get, "asst_1")
        print([name for name in sys.modules if name.split(".")[0] in ("alembic", "mako", "asyncpg", "psycopg")])
    """
    assert said(python(code, f"sqlite:///{template}")) == "[]"


@pytest.mark.parametrize("revision", ["9999", "a1b2c3"])
def test_a_newer_store_is_left_alone(template: Path, tmp_path: Path, revision: str) -> None:
    path = tmp_path / "shim.db"
    path.write_bytes(template.read_bytes())
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


def test_tables_of_somebody_else_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "forum.db"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE messages (text)")
    db.close()
    base = database(f"sqlite:///{path}")
    with pytest.raises(StoreFailed, match=r"did not make\. Give it a database of its own"):
        base.read(lambda tx: None)
    base.close()
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT name FROM sqlite_master").fetchall() == [("messages",)]
    db.close()


def test_a_table_can_be_rebuilt_without_losing_what_hangs_on_it(template: Path, tmp_path: Path) -> None:
    """Future revisions will; SQLite deletes by cascade when a table is dropped while foreign keys are on."""
    path = tmp_path / "shim.db"
    path.write_bytes(template.read_bytes())
    engine = dialects.make_engine(database(f"sqlite:///{path}").url)
    with dialects.alone(engine) as db:
        assert db.exec_driver_sql("PRAGMA foreign_keys").scalar() == 0
    with engine.connect() as db:
        assert db.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    engine.dispose()


def test_a_path_with_a_percent_sign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upgrade, "MIGRATIONS", tmp_path / "100%")
    assert upgrade.configuration().get_main_option("script_location") == str(tmp_path / "100%")


def test_half_an_upgrade_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = database(f"sqlite:///{tmp_path / 'half.db'}")

    def broken(*_: object) -> None:
        raise sa.exc.OperationalError("CREATE", {}, Exception("database or disk is full"))

    with monkeypatch.context() as patch:
        patch.setattr("alembic.operations.Operations.create_index", broken, raising=True)
        with pytest.raises(StoreFailed, match="no room left"):
            base.write(assistants.insert, assistant(1))
    base.write(assistants.insert, assistant(1))
    base.close()
