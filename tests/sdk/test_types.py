"""Type checkers and editors see the same types in this package as in `openai`."""

import ast
import subprocess
import sys
from pathlib import Path

import jedi
import openai
import pytest
from mypy import api

import shim
from shim.sdk import names

pytestmark = pytest.mark.slow
HERE = Path(__file__).parent
PROGRAMS = [HERE / "typed" / f"{name}.py" for name in ("sync", "awaited", "azure")]
MISSPELT = HERE / "typed" / "misspelt.py"


def mistakes() -> set[int]:
    """The lines of the program in which everything except imports is wrong."""
    body = ast.parse(MISSPELT.read_text()).body
    return {node.lineno for node in body[1:] if not isinstance(node, ast.Import | ast.ImportFrom)}


def test_mypy_in_strict_mode() -> None:
    given = ["--strict", "--config-file=", "--cache-dir=/dev/null", "--no-error-summary", "--no-pretty"]
    output, failed, _ = api.run([*given, *map(str, [*PROGRAMS, MISSPELT])])
    assert failed == ""
    errors = [line.split(":") for line in output.splitlines() if ": error:" in line]
    assert {Path(error[0]).name for error in errors} == {MISSPELT.name}, output
    assert {int(error[1]) for error in errors} == mistakes()


def test_basedpyright() -> None:
    options = ["-m", "basedpyright", "--level", "error", "--pythonpath", sys.executable]
    ran = subprocess.run(
        [sys.executable, *options, *map(str, [*PROGRAMS, MISSPELT])], capture_output=True, text=True, check=False
    )
    errors = [line.strip().split(":") for line in ran.stdout.splitlines() if " - error:" in line]
    assert {Path(error[0]).name for error in errors} == {MISSPELT.name}, ran.stdout
    assert {int(error[1]) for error in errors} == mistakes()


@pytest.mark.parametrize(
    "program",
    [
        "from {0} import OpenAI\nclient = OpenAI()\nclient.beta.threads.",
        "from {0} import AsyncAzureOpenAI\nclient = AsyncAzureOpenAI()\nclient.beta.threads.runs.",
        "import {0}\n{0}.beta.assistants.",
        "import {0}\n{0}.files.",
    ],
)
def test_an_editor_completes(program: str) -> None:
    ours, theirs = (
        {each.name for each in jedi.Script(program.format(package)).complete()} for package in ("shim", "openai")
    )
    assert ours == theirs
    assert {"create"} <= ours


def _public(body: list[ast.stmt]) -> set[str]:
    """The names that a module declares for type checkers."""
    found: set[str] = set()
    for node in body:
        if isinstance(node, ast.ImportFrom):
            found |= {each.asname or each.name for each in node.names}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
        elif isinstance(node, ast.If):
            found |= _public([*node.body, *node.orelse])
    return {name for name in found if not name.startswith("_")}


def test_no_public_name_is_missing() -> None:
    given = ast.parse(Path(openai.__file__).read_text()).body
    wanted = _public(given) - {"annotations", "override", "*"}
    own = {"AsyncAzureOpenAI", "AsyncClient", "AsyncOpenAI", "AzureOpenAI", "Client", "OpenAI"}
    public = _public(ast.parse(Path(names.__file__).read_text()).body)
    assert public == wanted - own
    assert own <= set(shim.__all__)
