"""The page about importing: its commands run in a shell, its program runs unchanged."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import openai
import pytest

from shim.migrate.imports.shapes import SHAPES
from tests.docs.blocks import ROOT, blocks
from tests.scenarios.imports import exported
from tests.server.served import PATIENCE, served

PAGE = "docs/how-to/import-your-threads.md"


def run(program: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """A shell in which the command is the module of this project, and nothing is installed."""
    functions = f"assistants-shim() {{ '{sys.executable}' -m shim \"$@\"; }}\npip() {{ :; }}\nset -e\n"
    known = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    store = {"SHIM_DATABASE_URL": f"sqlite:///{folder / 'shim.db'}"}
    command = ["bash", "-c", functions + program]
    return subprocess.run(
        command, cwd=folder, env=known | store | more, capture_output=True, text=True, timeout=PATIENCE, check=False
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    if not shutil.which("bash"):
        pytest.skip("no bash")
    (tmp_path / "export").mkdir()
    lines = "".join(json.dumps(value) + "\n" for value in exported.everything())
    (tmp_path / "export" / "all.jsonl").write_text(lines)
    (tmp_path / "chats.csv").write_text("session,who,said,at\ns1,user,Hello,2025-05-01\ns1,assistant,Hi,2025-05-02\n")
    return tmp_path


def test_every_command_works(folder: Path) -> None:
    importing, back, columns, live = blocks(PAGE, "sh")
    ran = run(importing, folder)
    assert (ran.returncode, ran.stdout.count("would be added")) == (0, 1), ran.stderr
    batch = next(line.split()[1] for line in ran.stdout.splitlines() if line.startswith("batch "))
    ran = run(back, folder, batch=batch)
    assert (ran.returncode, ran.stdout.splitlines()[-1]) == (0, "removed 1 threads and 1 assistants"), ran.stderr
    ran = run(columns, folder)
    assert (ran.returncode, "│ messages │ 2" in ran.stdout) == (0, True), ran.stderr
    with served(upstream="sandbox", database_url=f"sqlite:///{folder / 'old.db'}") as url:
        with openai.OpenAI(base_url=f"{url}/v1", api_key="old") as client:
            thread = client.beta.threads.create(messages=[{"role": "user", "content": "Hello"}]).id
        (folder / "ids.txt").write_text(f"{thread}\n")
        ran = run(live, folder, url=f"{url}/v1", OLD_KEY="old")
    assert (ran.returncode, "│ threads  │ 1" in ran.stdout) == (0, True), ran.stderr


def test_the_program_runs(tmp_path: Path) -> None:
    (program,) = blocks(PAGE)
    known = {"PYTHONPATH": str(ROOT), "PATH": "", "SHIM_DATABASE_URL": f"sqlite:///{tmp_path / 'shim.db'}"}
    ran = subprocess.run(
        [sys.executable, "-c", program], env=known, capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert ran.stderr == ""
    assert ran.stdout.startswith("Counter({'messages': 2, 'threads': 1})\nthread_")


def test_every_shape_has_a_row() -> None:
    rows = [line for line in (ROOT / PAGE).read_text().splitlines() if line.startswith("| ") and "`" in line]
    assert len(rows) >= len(SHAPES)
