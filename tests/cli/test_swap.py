"""``assistants-shim swap``: the diff, the change, and its undo."""

import sys
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from shim.cli import table
from shim.migrate.swap import swapper

OLD = "from openai import OpenAI\n\nclient = OpenAI()\n"


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(table.app(), ["swap", *arguments])


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("a.py").write_text(OLD)
    Path("left.py").write_text("patch('openai.OpenAI')\n")
    Path("odd.py").write_text("print 'openai'\n")
    return tmp_path


def test_without_options_only_a_diff_is_shown(project: Path) -> None:
    result = _run(".")
    assert result.exit_code == 0
    assert "-from openai import OpenAI\n+from shim import OpenAI\n" in result.output
    assert "left left.py:1: `patch('openai.OpenAI')` names the client in a string\n" in result.output
    assert "skipped odd.py: it is no Python that the parser understands\n" in result.output
    assert result.output.endswith("1 of 3 files would be changed: --write changes them.\n")
    assert Path("a.py").read_text() == OLD


def test_a_swap_and_its_undo(project: Path) -> None:
    assert _run(".", "--write").output.endswith("1 of 3 files were changed.\n")
    assert Path("a.py").read_text() == OLD.replace("openai", "shim", 1)
    assert _run(".", "--write").output.endswith("0 of 3 files were changed.\n")
    assert _run(".").output.endswith("3 files: nothing to change.\n")
    assert _run(".", "--undo").output.count("+from openai import OpenAI") == 1
    assert _run(".", "--undo", "--write").exit_code == 0
    assert Path("a.py").read_text() == OLD


def test_excluded_files_stay_unchanged(project: Path) -> None:
    assert _run(".", "--write", "--exclude", "a.*").exit_code == 0
    assert Path("a.py").read_text() == OLD


def test_files_that_cannot_be_written_are_named(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(change: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(swapper, "write", full)
    result = _run(".", "--write")
    assert result.exit_code == 1
    assert "a.py was not changed: [Errno 28] No space left on device" in result.output
    assert "0 of 3 files were changed." in result.output


def test_a_path_that_does_not_exist(project: Path) -> None:
    assert _run("nowhere").exit_code == 2


def test_the_missing_extra_is_named(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [each for each in sys.modules if each.startswith("shim.migrate.swap")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "libcst", None)
    monkeypatch.delattr("shim.migrate.swap")
    result = _run(".")
    assert result.exit_code == 2
    assert 'needs the extra "migrate"' in result.output
