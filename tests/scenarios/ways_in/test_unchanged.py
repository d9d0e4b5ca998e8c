"""An unchanged program, run in a process of its own: `assistants-shim run` and `python -m shim`."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from shim.cli import program, table
from tests.scenarios.ways_in.conversation import server

ROOT = Path(__file__).parents[3]
PROGRAM = """
import json
import sys
import openai
from beside import QUESTION

def talk(client):
    helper = client.beta.assistants.create(model="gpt-4o")
    thread = {"messages": [{"role": "user", "content": QUESTION}]}
    run = client.beta.threads.create_and_run_poll(assistant_id=helper.id, thread=thread)
    return client.beta.threads.messages.list(run.thread_id).data[0].content[0].text.value

if __name__ == "__main__":
    report = {"argv": sys.argv, "answers": [talk(openai), talk(openai.OpenAI())]}
    print(json.dumps(report))
    sys.exit(int(sys.argv[-1]))
"""
WAYS = {
    "run": ["-c", "from shim.cli import main; main()", "run", "app.py"],
    "run -m": ["-c", "from shim.cli import main; main()", "run", "-m", "app"],
    "-m shim": ["-m", "shim", "app.py"],
    "-m shim -m": ["-m", "shim", "-m", "app"],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(PROGRAM)
    (tmp_path / "beside.py").write_text("QUESTION = 'Is anybody there?'\n")
    return tmp_path


def start(folder: Path, words: list[str], **more: str) -> Any:
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    environment = os.environ | {"PYTHONPATH": path, "OPENAI_API_KEY": "key"} | more
    # The programs leave their clients open, as is usual; Python's warning about that at exit is not tested.
    loud = ["-W", "error", "-W", "ignore::ResourceWarning"]
    return subprocess.run(
        [sys.executable, *loud, *words], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("way", WAYS)
def test_an_unchanged_program_runs(folder: Path, way: str) -> None:
    with server() as upstream:
        left = start(folder, [*WAYS[way], "--loud", "-x", "7"], OPENAI_BASE_URL=upstream.url)
    assert left.returncode == 7, left.stderr
    assert left.stderr == ""
    printed = json.loads(left.stdout)
    assert printed["argv"][1:] == ["--loud", "-x", "7"]
    assert Path(printed["argv"][0]).name == "app.py"
    assert [answer.startswith("You said") for answer in printed["answers"]] == [True, True]
    assert len(upstream.bodies) == 2


def test_a_program_that_fails_shows_its_own_traceback(folder: Path) -> None:
    (folder / "app.py").write_text("raise KeyError('its own')")
    left = start(folder, WAYS["-m shim"])
    assert left.returncode == 1
    assert left.stderr.endswith("KeyError: 'its own'\n")


def test_a_program_file_that_does_not_exist() -> None:
    shown = CliRunner().invoke(table.app(), ["run", "nothing.py"])
    assert shown.exit_code == 2
    assert "nothing.py" in shown.output


@pytest.mark.parametrize("words", [[], ["demo"], ["--help"], ["-m"], ["missing.py"], ["--version", "app.py"]])
def test_commands_are_not_taken_for_programs(words: list[str]) -> None:
    assert not program.starts_program(words)
