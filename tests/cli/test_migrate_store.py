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
    base.write(threads.insert, "", thread())
    base.close()
    return f"sqlite:///{tmp_path / 'from.db'}"


def test_it_moves_and_says_what(url: str, tmp_path: Path) -> None:
    there = f"sqlite:///{tmp_path / 'to.db'}"
    said = CliRunner().invoke(table.app(), ["migrate-store", url, there])
    assert said.exit_code == 0, said.output
    assert "Everything is there. From now on: SHIM_DATABASE_URL=sqlite" in said.output
    rows = {line.split()[1]: line.split()[3] for line in said.output.splitlines() if line.startswith("│")}
    assert rows == {**dict.fromkeys(schema.metadata.tables, "0"), "threads": "1"}
    base = database(there)
    assert base.read(threads.get, "", "thread_1") == thread()
    base.close()


def test_it_says_in_one_sentence_why_not(url: str, tmp_path: Path) -> None:
    for given, why in (
        ((url, url), "cannot be moved to where it is"),
        ((f"sqlite:///{tmp_path}/none.db", url), "none.db is not there"),
        ((url, "mysql://u:secret@h/d"), "cannot use a database of the kind"),
    ):
        said = CliRunner().invoke(table.app(), ["migrate-store", *given])
        assert said.exit_code == 1
        assert why in said.stderr
        assert "secret" not in said.output
        assert "Traceback" not in said.output
