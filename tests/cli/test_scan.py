"""``assistants-shim scan``: its output, files and exit codes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from shim.cli import table

WORKS = "from openai import OpenAI\nOpenAI().beta.threads.create()\n"
REMARK = "import openai\nopenai.beta.threads.create()  # [odd] markup\n"
HUMAN = "client.beta.assistants.create(model='m', file_ids=['[f]'])\n"


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(table.app(), ["scan", *arguments])


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in {"works.py": WORKS, "remark.py": REMARK, "human.py": HUMAN, "odd.py": "\0"}.items():
        Path(name).write_text(text)
    return tmp_path


#: Arguments, and the exit code.
EXITS: dict[tuple[str, ...], int] = {
    (".",): 1,
    ("works.py",): 0,
    ("remark.py",): 0,
    ("works.py", "--fail-on", "works"): 1,
    ("works.py", "--fail-on", "remark"): 0,
    ("remark.py", "--fail-on", "remark"): 1,
    (".", "--fail-on", "never"): 0,
    (".", "--exclude", "human.*"): 0,
    ("nowhere.py",): 2,
    (".", "--format", "xml"): 2,
}


@pytest.mark.parametrize("arguments", EXITS)
def test_exit_codes_are_for_ci(project: Path, arguments: tuple[str, ...]) -> None:
    assert _run(*arguments).exit_code == EXITS[arguments]


def test_the_table(project: Path) -> None:
    shown = _run(".").output
    assert "human.py\n" in shown
    assert "v1-file-ids" in shown
    assert "docs/reference/coverage.md#methods" in shown
    assert "skipped odd.py: it is binary" in shown
    assert "works.py\n" not in shown
    assert shown.endswith("files: 3, needs a human: 1, works with a remark: 1, works as is: 2\n")
    assert "works.py\n" in _run(".", "--all").output


def test_files_are_written(project: Path) -> None:
    for form in ("table", "json", "sarif", "markdown"):
        result = _run(".", "--format", form, "-o", f"out.{form}", "--jobs", "1")
        assert (result.exit_code, result.output) == (1, "")
    assert len(json.loads(Path("out.json").read_text())["findings"]) == 4
    assert json.loads(Path("out.sarif").read_text())["version"] == "2.1.0"
    assert "needs a human: 1" in Path("out.markdown").read_text()
    assert "needs a human: 1" in Path("out.table").read_text()
    assert json.loads(_run("works.py", "--format", "json").output)["counts"]["works"] == 1


def test_ignored_findings_are_counted(project: Path) -> None:
    Path("human.py").write_text(HUMAN.strip() + "  # shim: ignore\n")
    assert (
        _run("human.py").output
        == "files: 1, needs a human: 0, works with a remark: 0, works as is: 0; ignored by comments: 2\n"
    )


def test_a_scan_loads_neither_the_store_nor_its_library() -> None:
    code = "import sys; from shim.cli import table; table.app(['scan']); print('sqlalchemy' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout == "False\n"
