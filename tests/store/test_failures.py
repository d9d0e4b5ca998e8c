"""Every failure of a database becomes a `StoreFailed` with an explanation."""

import builtins
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from shim.store import assistants, failures
from shim.store.address import resolve
from shim.store.database import Database, database
from shim.store.errors import StoreFailed
from tests.store.things import assistant
from tests.stores import Files


@pytest.fixture
def path(ready_files: Files, tmp_path: Path) -> Path:
    """The file of an empty store."""
    return Path(ready_files.new(tmp_path).removeprefix("sqlite:///"))


def failing(base: Database, work: Callable[..., Any], *args: Any) -> str:
    with pytest.raises(StoreFailed) as caught:
        base.write(work, *args)
    base.close()
    assert isinstance(caught.value.__cause__, Exception)
    return str(caught.value)


def test_a_file_of_another_kind(path: Path) -> None:
    path.write_bytes(b"a letter to a friend\n" * 100)
    message = failing(database(f"sqlite:///{path}"), lambda tx: None)
    assert (
        message
        == f"The store {path} is not an SQLite database. Set SHIM_DATABASE_URL to another file, or move this one away."
    )


def test_a_damaged_file(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    assert "is damaged" in failing(database(f"sqlite:///{path}"), assistants.insert, assistant(1))


def test_a_full_disk(path: Path) -> None:
    base = database(f"sqlite:///{path}")
    base.read(lambda tx: tx.db.exec_driver_sql("PRAGMA max_page_count=1").scalar())
    message = failing(base, assistants.insert, {**assistant(1), "name": "x" * 100_000})
    assert "has no room left on its disk" in message
    assert base.read(assistants.get, "asst_1") is None
    base.close()


def test_a_lock_that_is_never_released(path: Path) -> None:
    base = database(f"sqlite:///{path}")
    base.read(lambda tx: tx.db.exec_driver_sql("PRAGMA busy_timeout=1").scalar())
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert "was locked by another program for too long" in failing(base, lambda tx: None)
    other.execute("ROLLBACK")
    other.close()
    assert base.write(lambda tx: 1) == 1
    base.close()


def test_a_read_only_file(path: Path) -> None:
    base = database(f"sqlite:///file:{path}?mode=ro&uri=true")
    assert base.read(assistants.get, "asst_1") is None
    assert "cannot be written" in failing(base, assistants.insert, assistant(1))


def test_a_folder_that_cannot_be_created(path: Path) -> None:
    assert str(path) in failing(database(f"sqlite:///{path}/sub/shim.db"), lambda tx: None)


def test_a_folder_in_place_of_the_file(tmp_path: Path) -> None:
    assert "cannot be opened" in failing(database(f"sqlite:///{tmp_path}"), lambda tx: None)


def test_a_store_works_again_after_the_cause_of_its_failure_is_removed(path: Path) -> None:
    good = path.read_bytes()
    path.write_bytes(b"a letter to a friend\n" * 100)
    base = database(f"sqlite:///{path}")
    failing(base, lambda tx: None)
    path.write_bytes(good)
    base.write(assistants.insert, assistant(1))
    base.close()


def test_values_are_not_shown(path: Path) -> None:
    base = database(f"sqlite:///{path}")
    base.write(assistants.insert, assistant(1))
    with pytest.raises(StoreFailed) as caught:
        base.write(assistants.insert, {**assistant(1), "name": "confidential"})
    assert "confidential" not in f"{caught.value} {caught.value.__cause__}"
    base.close()


def test_a_driver_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.split(".")[0] == "psycopg":
            raise ModuleNotFoundError("No module named 'psycopg'", name="psycopg")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(StoreFailed, match=r"needs the package 'psycopg': pip install 'assistants-shim\[postgres\]'"):
        database("postgresql://me:secret@nowhere/shim")


@pytest.mark.parametrize("url", ["postgresql://me:s3cret@h/d", "postgresql://me@h/d?password=s3cret"])
def test_no_message_contains_a_password(url: str) -> None:
    problem = sa.exc.OperationalError("SELECT 1", {}, Exception("cannot log in as me with s3cret at h"))
    message = str(failures.explain(problem, resolve(url)))
    assert message == "The store postgresql://h/d failed: cannot log in as me with *** at h"


#: Messages of servers, and the shim's message for each.
MESSAGES = {
    'connection failed: FATAL:  password authentication failed for user "me"': "refused the user name or the password",
    'connection failed: FATAL:  no pg_hba.conf entry for host "10.0.0.1", user "me"': "refused the user name",
    "failed to resolve host 'nowhere': [Errno -3] Temporary failure in name resolution": "cannot be resolved",
    "FATAL:  sorry, too many clients already": "has no connection left",
    "FATAL:  the database system is starting up": "does not answer",
    'could not extend file "base/1/2": No space left on device': "has no room left on its disk",
    "cannot execute INSERT in a read-only transaction": "cannot be written: it is read-only",
    'relation "runs" does not exist\nLINE 1: SELECT secret FROM runs': "has no such database, user or table",
    "something new\nLINE 1: SELECT secret FROM runs": "failed: something new",
}


@pytest.mark.parametrize("original", MESSAGES)
def test_messages_of_servers_are_replaced_by_the_shims_own(original: str) -> None:
    shown = str(
        failures.explain(sa.exc.OperationalError("SELECT 1", {}, Exception(original)), resolve("postgresql://h/d"))
    )
    assert shown.startswith("The store postgresql://h/d ")
    assert MESSAGES[original] in shown
    assert "SELECT" not in shown
