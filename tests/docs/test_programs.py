"""The programs of the other pages run unchanged."""

import re
import subprocess
import sys
from pathlib import Path

from cassettes.scenarios import SCENARIOS
from tests.docs.blocks import ROOT, blocks


def _environment(tmp_path: Path) -> dict[str, str]:
    database = f"sqlite:///{tmp_path / 'shim.db'}"
    return {"SHIM_UPSTREAM": "sandbox", "SHIM_DATABASE_URL": database, "PYTHONPATH": str(ROOT), "PATH": ""}


def _run(arguments: list[str], tmp_path: Path) -> subprocess.CompletedProcess[str]:
    environment = _environment(tmp_path)
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, env=environment, cwd=tmp_path, check=False
    )


def test_the_tutorials_output_is_that_of_the_page(tmp_path: Path) -> None:
    page = (ROOT / "docs/tutorial/first-run.md").read_text()
    (promised,) = re.findall(r"You see\n\n```\n(.*?)```", page, re.DOTALL)
    (program,) = blocks("docs/tutorial/first-run.md")
    (tmp_path / "first.py").write_text(program)
    ran = _run(["first.py"], tmp_path)
    assert ran.stderr == ""
    expected = promised.splitlines()
    printed = ran.stdout.splitlines()
    assert printed[:-1] == expected[:-1]
    assert printed[-1].startswith(expected[-1].removesuffix("..."))


def test_the_readme_runs(tmp_path: Path) -> None:
    (program,) = blocks("README.md")
    ran = _run(["-c", program], tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "What is a shim?" in ran.stdout


def test_the_offline_tests_pass(tmp_path: Path) -> None:
    (program,) = blocks("docs/how-to/test-offline.md")
    (tmp_path / "test_offline.py").write_text(program)
    ran = _run(["-m", "pytest", "-q", "-p", "no:cacheprovider", "test_offline.py"], tmp_path)
    assert "4 passed" in ran.stdout, ran.stdout + ran.stderr


def test_the_counts_on_the_page_about_cassettes_are_right() -> None:
    page = (ROOT / "docs/how-to/re-record-cassettes.md").read_text()
    assert "eighteen conversations" in page
    assert len(SCENARIOS) == 18


def test_assistants_and_threads_keep_their_ids(tmp_path: Path) -> None:
    for page in ("bring-your-assistants", "old-thread-ids"):
        (program,) = blocks(f"docs/how-to/{page}.md")
        ran = _run(["-c", program], tmp_path)
        assert (ran.returncode, ran.stderr) == (0, "")
        assert ran.stdout.strip() in program


def test_the_declared_assistant_is_valid(tmp_path: Path) -> None:
    (declared,) = blocks("docs/how-to/bring-your-assistants.md", "yaml")
    (tmp_path / "assistants.yaml").write_text(declared)
    (tmp_path / "support.md").write_text("Be kind.\n")
    ran = _run(["-m", "shim", "check", "assistants.yaml", "--offline"], tmp_path)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "0 errors, 0 warnings" in ran.stdout
