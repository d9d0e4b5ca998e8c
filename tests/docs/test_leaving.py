"""The page about leaving the old API: its programs run in the order of the page."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from shim.cli import table
from tests.docs.blocks import blocks


def test_one_thread_in_three_styles(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("agents")
    monkeypatch.setenv("SHIM_UPSTREAM", "sandbox")
    monkeypatch.setenv("SHIM_DATABASE_URL", f"sqlite:///{tmp_path / 'shim.db'}")
    names: dict[str, object] = {}
    first, second, third = blocks("docs/how-to/leaving.md")
    exec(first, names)
    exec(second, names)
    output = capsys.readouterr().out
    assert 'user What is my name?\nassistant You said "What is my name?".' in output
    assert 'assistant You said "What have I asked?"' in output
    assert 'You said "And now?". My instructions are "Be kind."' in output
    assert 'user said "What have I asked?"' in output.splitlines()[-1]
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(table.app(), ["export", "--to", "conversations"]).exit_code == 0
    exec(third, names)
    assert 'user said "And now?"' in capsys.readouterr().out
