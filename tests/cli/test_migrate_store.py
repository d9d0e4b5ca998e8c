"""``assistants-shim migrate-store``."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from shim.cli import table
from shim.store import schema, threads
from shim.store.database import database
from tests.store.things import thread


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A store with one thread."""
    base = database(f"sqlite:///{tmp_path / 'from.db'}")
    base.write(threads.insert, thread())
    base.close()
    return f"sqlite:///{tmp_path / 'from.db'}"


def test_a_move_prints_what_was_moved(url: str, tmp_path: Path) -> None:
    there = f"sqlite:///{tmp_path / 'to.db'}"
    result = CliRunner().invoke(table.app(), ["migrate-store", url, there])
    assert result.exit_code == 0, result.output
    assert "Everything was copied. From now on: SHIM_DATABASE_URL=sqlite" in result.output
    rows = {line.split()[1]: line.split()[3] for line in result.output.splitlines() if line.startswith("│")}
    assert rows == {**dict.fromkeys(schema.metadata.tables, "0"), "threads": "1"}
    base = database(there)
    assert base.read(threads.get, "thread_1") == thread()
    base.close()


def test_errors_are_one_sentence(url: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(table.app(), ["migrate-store", url, url])
    assert result.exit_code == 1
    assert "cannot be moved to where it is" in result.stderr
    assert "Traceback" not in result.output


#: Addresses, and a part of the error for each.
WRONG = {
    "mysql://u:secret@h/d": "cannot use a database",
    "postgresql://u:secret@h:port/d": "cannot be read",
    "sqlite://": "cannot live in memory",
    "sqlite:////dev/null/shim.db": "/dev/null/shim.db",
}


@pytest.mark.parametrize("place", ["SRC", "DST"])
@pytest.mark.parametrize("wrong", WRONG)
def test_the_invalid_argument_is_named(url: str, place: str, wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "1000")
    arguments = [wrong, url] if place == "SRC" else [url, wrong]
    result = CliRunner().invoke(table.app(), ["migrate-store", *arguments])
    assert result.exit_code == 2
    assert f"Invalid value for {place}" in result.stderr
    assert WRONG[wrong] in result.stderr
    assert "SHIM_DATABASE_URL" not in result.stderr
    assert "secret" not in result.output


def test_a_missing_source_creates_no_target(tmp_path: Path) -> None:
    arguments = [f"sqlite:///{tmp_path}/none.db", f"sqlite:///{tmp_path}/to.db"]
    result = CliRunner().invoke(table.app(), ["migrate-store", *arguments])
    assert result.exit_code == 2
    assert "SRC" in result.stderr
    assert list(tmp_path.glob("*.db")) == [] or not (tmp_path / "to.db").exists()
