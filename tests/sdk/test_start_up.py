"""The modules that an import and a first client load. Modules are counted, as times depend on the machine."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: Modules that an import of the package must not load.
LATER = (
    *("alembic", "click", "mako", "platformdirs", "pydantic_settings", "rich", "sqlalchemy", "starlette", "typer"),
    *("uvicorn", "cryptography", "psycopg", "quicktok"),
    *(f"shim.{room}" for room in ("assembly", "cli", "engine", "http", "runtime", "sandbox", "server", "settings")),
    *(f"shim.{room}" for room in ("store", "translate", "upstream", "wire")),
)
#: Modules that are not loaded either by a program that has created and used a client, on a store that is up to date.
NEVER = (
    *("alembic", "click", "mako", "rich", "starlette", "typer", "uvicorn", "cryptography", "psycopg"),
    *("sqlalchemy.orm", "shim.cli", "shim.sandbox", "shim.server"),
)
#: The package's own modules that its import loads.
FEW = 12


def loaded(program: str, **more: str) -> set[str]:
    """The modules that a process has loaded at the end of the program."""
    code = f"{program}\nimport json, sys; print(json.dumps(sorted(sys.modules)))"
    given = os.environ | {"PYTHONPATH": str(ROOT)} | more
    ran = subprocess.run([sys.executable, "-c", code], env=given, capture_output=True, text=True, check=True)
    return set(json.loads(ran.stdout))


def test_an_import_loads_what_it_needs() -> None:
    ours = loaded("import shim")
    assert sorted(ours & set(LATER)) == []
    assert len([name for name in ours if name.partition(".")[0] == "shim"]) <= FEW
    # All other modules are the SDK's, except for a few of the standard library.
    assert len(ours - loaded("import openai")) <= FEW + 8


def test_a_first_call_loads_what_it_needs() -> None:
    program = "import shim\nwith shim.OpenAI(api_key='key') as client: client.beta.threads.create()"
    assert sorted(loaded(program) & set(NEVER)) == []


@pytest.mark.parametrize("made", ["shim.AsyncOpenAI(api_key='key')", "shim.beta.threads", "shim.install()"])
def test_the_engine_is_loaded_with_the_first_client(made: str) -> None:
    """And not later, so that no call waits for an import."""
    found = loaded(f"import shim\nshim.api_key = 'key'\n{made}")
    assert ("shim.engine" in found) is (made != "shim.install()")
