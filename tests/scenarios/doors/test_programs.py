"""Programs for the official SDK, with one word changed: they are files of their own, and are run as scripts."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from shim.sandbox import Sandbox
from shim.sandbox.http import running
from tests.recordings import ROOT
from tests.scenarios.doors.talking import secret

PROGRAMS = Path(__file__).parent / "programs"


def swapped(name: str) -> str:
    """The program with ``openai`` replaced by ``shim``, in its import only."""
    source, count = re.subn(r"^from openai import", "from shim import", (PROGRAMS / name).read_text(), flags=re.M)
    assert count == 1
    return source


def run_program(*command: str, **environment: str) -> dict[str, object]:
    """The JSON that the program printed.  Any warning is an error."""
    known = os.environ | environment
    line = [sys.executable, "-W", "error", *command]
    done = subprocess.run(line, check=False, cwd=ROOT, env=known, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    found: dict[str, object] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", ["blocking.py", "asynchronous.py"])
def test_a_program_for_the_sdk_runs_with_its_import_replaced(name: str) -> None:
    secrets = [secret() for _ in range(4)]
    sandbox = Sandbox()
    with running(sandbox) as url:
        known = run_program(
            "-c",
            swapped(name),
            OPENAI_BASE_URL=url,
            OPENAI_API_KEY="test",
            SECRETS=json.dumps(secrets),
            SHIM_UPSTREAM_PROFILE="sandbox",
        )
    texts = [known.pop("handled"), *(known.pop(key)[-1] for key in ("polled", "events", "retrieved"))]  # type: ignore[index]
    assert all(hidden in str(text) for hidden, text in zip(secrets, texts, strict=True))
    assert known == {
        "assistant": ["Keeper", "keeps", True],
        "assistants": ["Keeper"],
        "message": "get_secret",
        "created": "queued",
        "submitted": "queued",
        "step": "completed",
        "cancelled": ["requires_action", "cancelling", "cancelled"],
        "runs": 4,
        "deleted": [True, True, True],
        "gone": 404,
    }
    assert {each.path for each in sandbox.requests} == {"/v1/responses"}
