"""`run` is transparent: a program's output, exceptions and exit codes are the same as with plain Python."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from shim.sdk import children

ROOT = Path(__file__).parents[2]
#: Programs that use features which a runner could break.
PROGRAMS = {
    "exit code": "import sys; sys.exit(7)",
    "exit text": "import sys; sys.exit('that is all')",
    "no exit code": "import sys; sys.exit()",
    "exception": "def deep():\n    raise KeyError('its own')\ndeep()",
    "chained": "try:\n    1 / 0\nexcept ZeroDivisionError as first:\n    raise ValueError('second') from first",
    "group": "raise ExceptionGroup('two', [ValueError(1), KeyError(2)])",
    "end of input": "input()",
    "interrupt": "raise KeyboardInterrupt",
    "signal": "import os, signal\nos.kill(os.getpid(), signal.SIGTERM)",
    "broken pipe": "raise BrokenPipeError(32, 'Broken pipe')",
    "validation": "import pydantic\nclass M(pydantic.BaseModel):\n    number: int\nM(number='x')",
    "api error": "import openai\nraise openai.OpenAIError('its own')",
    "syntax": "def f(:\n    pass",
    "hook": "import sys\ndef hook(kind, error, trace):\n    print(kind, trace.tb_frame.f_code.co_filename)\n"
    "sys.excepthook = hook\nraise ValueError",
    "broken hook": "import sys\nsys.excepthook = lambda *all: 1 / 0\nraise ValueError('first')",
}
#: One program for all that does not end it, as a process takes longer than all of this; its encoding is not UTF-8.
SEEN = "seen"
PROGRAMS[SEEN] = """# -*- coding: latin-1 -*-
print(sorted((k, v) for k, v in globals().items() if k not in ("__builtins__", "__loader__")))
print(type(__loader__), __loader__.name, __annotations__)
import atexit, pickle, sys, threading
print(sys.argv, sys.path[0], sys.path.count(sys.path[0]))
class A: pass
print(ascii("\xe9"), pickle.loads(pickle.dumps(A)) is A)
thread = threading.Thread(target=lambda: 1 / 0)
thread.start()
thread.join()
atexit.register(lambda: print(sys.modules["__main__"].x))
x = 5
"""
RUN = ["-c", "import sys; sys.argv[0] = 'assistants-shim'; from shim.cli import main; main()", "run"]
WAYS = {"run": RUN, "-m shim": ["-m", "shim"]}


def started(folder: Path, arguments: list[str]) -> tuple[int, str, str]:
    given = {name: value for name, value in os.environ.items() if name != children.MARK} | {"PYTHONPATH": str(ROOT)}
    left: Any = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=given, capture_output=True, text=True, check=False, input=""
    )
    # Memory addresses differ in every run.
    return left.returncode, re.sub(" at 0x[0-9a-f]+", "", left.stdout), left.stderr


def without_the_runner(errors: str) -> str:
    """Remove the runner's own frames: the interpreter prints every frame when a hook fails."""
    lines = [line for line in errors.splitlines() if not re.search(r"shim/|frozen runpy|<string>|^    ", line)]
    return "\n".join(lines)


@pytest.mark.parametrize("way, module", [("run", False), ("-m shim", True)], ids=["file", "module"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_the_result_is_the_same_as_with_plain_python(tmp_path: Path, name: str, way: str, module: bool) -> None:
    encoding = "latin-1" if name == SEEN else "utf-8"
    (tmp_path / "app.py").write_text(PROGRAMS[name], encoding=encoding)
    arguments = ["-m", "app", "-m", "--help"] if module else ["app.py", "-m", "--help"]
    alone, ours = started(tmp_path, arguments), started(tmp_path, [*WAYS[way], *arguments])
    if name == "broken hook":
        alone, ours = ((code, output, without_the_runner(errors)) for code, output, errors in (alone, ours))
    assert ours == alone


@pytest.mark.parametrize("name", ["missing", "app.missing", "folder"])
def test_a_module_that_cannot_be_run(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    alone, ours = started(tmp_path, ["-m", name]), started(tmp_path, [*RUN, "-m", name])
    assert ours == alone


def test_a_file_of_any_name(tmp_path: Path) -> None:
    (tmp_path / "app").write_text("print('here')")
    assert started(tmp_path, [*RUN, "app"]) == (0, "here\n", "")


def test_an_interrupt_ends_the_process_as_one(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("raise KeyboardInterrupt")
    code, _, _ = started(tmp_path, [*RUN, "app.py"])
    assert code == -signal.SIGINT


@pytest.mark.parametrize("name", ["typer", "rich"])
def test_run_needs_no_extra(tmp_path: Path, name: str) -> None:
    (tmp_path / "app.py").write_text("print('here')")
    program = f"import sys; sys.modules[{name!r}] = None; from shim.cli import main; main()"
    assert started(tmp_path, ["-c", program, "run", "app.py"]) == (0, "here\n", "")
