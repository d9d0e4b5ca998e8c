"""Without a setting, threads are stored in a file in the user's folder, which no other user may read."""

import stat
from pathlib import Path

import pytest

from tests.scenarios.doors.test_programs import run_program

PROGRAM = """
import os
os.umask({umask})
from shim import OpenAI
thread = OpenAI(api_key="test").beta.threads.create(metadata={{"of": "mine"}})
print('{{"id": "%s"}}' % thread.id)
"""


@pytest.mark.parametrize("umask", [0o000, pytest.param(0o077, marks=pytest.mark.slow)])
def test_the_users_own_file(umask: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHIM_DATABASE_URL")
    known = run_program("-c", PROGRAM.format(umask=umask), XDG_DATA_HOME=str(tmp_path / "data"))
    assert str(known["id"]).startswith("thread_")
    folder = tmp_path / "data" / "assistants-shim"
    assert "shim.db" in {path.name for path in folder.iterdir()}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["assistants-shim"]


@pytest.mark.slow
def test_no_file_is_written_before_the_first_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHIM_DATABASE_URL")
    program = 'from shim import OpenAI; OpenAI(api_key="test"); print("[]")'
    assert run_program("-c", program, XDG_DATA_HOME=str(tmp_path / "data")) == []
    assert not (tmp_path / "data").exists()
