"""The tutorial from a broken application to native code: every step, and the output shown on the page."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from typer.testing import CliRunner

from shim.cli import table
from shim.sandbox.http import running
from tests.docs.blocks import ROOT
from tests.server.served import PATIENCE

SANDBOX: Final = "http://127.0.0.1:8788/v1"
PAGE: Final = (ROOT / "docs/tutorial/from-dead-to-native.md").read_text()
#: The paragraph before a block, its language, and the block.
STEP: Final = re.compile(r"([^\n]*(?:\n[^\n]+)*)\n\n```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE: Final = re.compile(r"`([\w.]+\.(?:py|yaml))`")
#: A shell function that stands in for an installed `python`.
INSTALLED: Final = 'python() { "$PYTHON" "$@"; }\n'


class Terminal:
    """A shell in a folder, with its variables. The project's own commands run in this process, as starting a process
    takes seconds.
    """

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        monkeypatch.chdir(folder)
        monkeypatch.setenv("PYTHON", sys.executable)
        monkeypatch.setenv("PYTHONPATH", str(ROOT))

    def run(self, program: str) -> str:
        """The output of the lines, errors included."""
        return "".join(map(self._line, program.splitlines()))

    def _line(self, line: str) -> str:
        if exported := re.fullmatch(r"export (\w+)=(\S+)", line):
            self._monkeypatch.setenv(*exported.groups())
            return ""
        if line.startswith("assistants-shim "):
            return CliRunner().invoke(table.app(), shlex.split(line)[1:]).output
        command = ["bash", "-c", f"{INSTALLED}{line} 2>&1"]
        return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False).stdout


def _sees(output: str, promised: str) -> None:
    """Checks that each line shown on the page is in the output, in order; a line that ends with three dots is compared
    up to the dots.
    """
    lines = iter([line.rstrip() for line in output.splitlines()])
    for line in promised.splitlines():
        wanted = line.rstrip()
        begins = wanted.endswith("...")
        found = any(each.startswith(wanted[:-3].rstrip()) if begins else each == wanted for each in lines)
        assert found, f"{wanted!r} is not in\n{output}"


@pytest.mark.timeout(400)
@pytest.mark.skipif(not shutil.which("bash"), reason="no bash")
def test_every_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    terminal = Terminal(folder, monkeypatch)
    done, output = [], ""
    with running() as url:
        for before, language, block in STEP.findall(PAGE.replace(SANDBOX, url)):
            if language in ("python", "yaml"):
                (folder / FILE.findall(before)[-1]).write_text(block)
            elif language == "":
                _sees(output, block)
            elif not block.startswith(("python3 -m venv", "assistants-shim sandbox")):
                output = terminal.run(block)
            if block.startswith("assistants-shim threads show"):
                assert len(re.findall(r"^(?:user|assistant)  20", output, re.MULTILINE)) == 6
                assert len(re.findall(r"^run_\w+ completed", output, re.MULTILINE)) == 2
            done.append(language)
    assert len(done) == PAGE.count("\n```") // 2
    assert {path.name for path in folder.glob("*.py")} == {"desk.py"}
    assert "shim" not in re.sub(r'""".*?"""', "", (folder / "desk.py").read_text())
