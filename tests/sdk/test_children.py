"""Python processes that a program starts have the shim as well, or a warning reports that they do not."""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import shim
from shim.sdk import children

ROOT = Path(__file__).parents[2]
#: Prints whether the shim is installed in the process that runs this program.
ASK = "import openai, sys; print('shim.sdk.install' in sys.modules)"
CHILD = f"{ASK}; print(openai.OpenAI().beta.threads.create().object)"


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SHIM_UPSTREAM", "sandbox")
    monkeypatch.setenv("PYTHONPATH", "")
    monkeypatch.setitem(children._state, "warned", False)
    shim.install()
    yield
    shim.uninstall()


def run(program: str, *options: str, **more: Any) -> Any:
    return subprocess.run(
        [sys.executable, *options, "-c", program], capture_output=True, text=True, check=False, **more
    )


def test_a_process_of_the_same_python(tmp_path: Path) -> None:
    """In any working folder, and in the child's own children."""
    ran = run(f"import subprocess, sys; subprocess.run([sys.executable, '-c', {CHILD!r}])", cwd=tmp_path)
    assert (ran.stdout, ran.stderr) == ("True\nthread\n", "")


def test_a_process_that_does_not_use_openai_does_not_load_the_shim() -> None:
    ran = run("import sys; print([name for name in sys.modules if name.partition('.')[0] in ('openai', 'shim')])")
    assert (ran.stdout, ran.stderr) == ("[]\n", "")


def test_an_existing_sitecustomize_still_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.theirs = __file__")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([os.environ["PYTHONPATH"], str(tmp_path)]))
    ran = run(f"import sys; print(sys.theirs, sys.modules['sitecustomize'].__file__); {ASK}")
    theirs = str(tmp_path / "sitecustomize.py")
    assert (ran.stdout, ran.stderr) == (f"{theirs} {theirs}\nTrue\n", "")


def test_after_uninstall_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    shim.uninstall()
    assert children.MARK not in os.environ
    assert children.STARTUP not in os.environ.get("PYTHONPATH", "")
    assert run(ASK).stdout == "False\n"
    # The folder alone has no effect.
    monkeypatch.setenv("PYTHONPATH", children.STARTUP)
    assert run(ASK).stdout == "False\n"


def test_a_python_that_cannot_load_the_shim_prints_a_warning(tmp_path: Path) -> None:
    (tmp_path / "shim").mkdir()
    (tmp_path / "shim" / "__init__.py").write_text("raise ImportError('broken')")
    path = os.pathsep.join([children.STARTUP, str(tmp_path)])
    ran = run("import openai; print(1)", env=os.environ | {"PYTHONPATH": path}, cwd=tmp_path)
    assert ran.stdout == "1\n"
    assert "the shim could not be installed" in ran.stderr
    assert "broken" in ran.stderr


def test_the_warning_is_given_once(caplog: pytest.LogCaptureFixture) -> None:
    shim.uninstall()
    with caplog.at_level(logging.INFO, "shim"):
        shim.install()
        shim.install()
    assert caplog.messages == ["the shim is installed in Python processes that this program starts, too"]


@pytest.mark.parametrize("options, more", [(["-I"], {}), (["-Es"], {}), ([], {"env": {"PATH": os.environ["PATH"]}})])
def test_a_process_that_cannot_get_the_shim_causes_a_warning(
    caplog: pytest.LogCaptureFixture, options: list[str], more: dict[str, Any]
) -> None:
    for _ in range(2):
        run("pass", *options, **more)
    (warning,) = caplog.messages
    assert "the shim cannot be installed in a process" in warning
    assert sys.executable in warning


def test_other_programs_cause_no_warning(caplog: pytest.LogCaptureFixture) -> None:
    subprocess.run(["true"], check=True, env={})
    subprocess.run("true", shell=True, check=True, env={})
    run("pass", "-W", "error", "-X", "utf8", "-u")
    assert caplog.messages == []


OPTIONS = {
    "-c I": False,
    "-m pip -I": False,
    "app.py -I": False,
    "-I app.py": True,
    "-bE app.py": True,
    "-W E app.py": False,
    "-WE app.py": False,
    "-X dev -S app.py": True,
    "-uc I": False,
    "--check-hash-based-pycs always": False,
    "- -I": False,
    "": False,
}


@pytest.mark.parametrize("line", OPTIONS)
def test_options_that_ignore_the_environment(line: str) -> None:
    assert children.is_out_of_reach(["python", *line.split()], None) is OPTIONS[line]


NAMES = {"python": True, "/usr/bin/python3.11": True, "PyPy3": True, "/bin/sh": False, sys.executable: True}


@pytest.mark.parametrize("name", NAMES)
def test_names_of_python_interpreters_are_recognised(name: str) -> None:
    assert children.is_python(name) is NAMES[name]


SPAWNED = """
import multiprocessing

def talk(_):
    import openai
    return openai.OpenAI().beta.threads.create().object

if __name__ == "__main__":
    for method in ("spawn", "forkserver"):
        with multiprocessing.get_context(method).Pool(1) as pool:
            print(pool.map(talk, [0])[0])
"""


@pytest.mark.parametrize("arguments", [["-m", "shim", "app.py"], ["app.py"]])
def test_multiprocessing(tmp_path: Path, arguments: list[str]) -> None:
    """With `run`, and with `install` in the program."""
    (tmp_path / "app.py").write_text(("" if "shim" in arguments else "import shim; shim.install()\n") + SPAWNED)
    clean = {name: value for name, value in os.environ.items() if name != children.MARK}
    ran = subprocess.run(
        [sys.executable, *arguments],
        env=clean | {"PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.stdout, ran.stderr) == ("thread\nthread\n", "")
