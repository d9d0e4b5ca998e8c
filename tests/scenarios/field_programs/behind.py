"""What the frameworks' scripts share: the old API alive, offline, and a count of the calls that came upstream.

A framework that never called, because it caught an error or took another way, must not pass.
"""

import atexit
import os
import tempfile
from typing import Any

# Before anything is imported that builds a client.
os.environ["SHIM_UPSTREAM"] = "sandbox"
os.environ["OPENAI_API_KEY"] = "offline"
_folder = tempfile.TemporaryDirectory()
atexit.register(_folder.cleanup)
os.environ["SHIM_DATABASE_URL"] = f"sqlite:///{_folder.name}/shim.db"

import shim  # noqa: E402
from shim.http import offline  # noqa: E402

shim.install()


def bodies() -> list[dict[str, Any]]:
    """What upstream has been asked to answer so far, oldest first."""
    return [each.body for each in offline.sandbox().requests if each.path.endswith("/responses")]


def check(framework: str, version: str, rounds: int) -> None:
    """Say how it went; exits with 1 if upstream was called less often than the script's conversations need."""
    called = len(bodies())
    outputs = sum(item.get("type") == "function_call_output" for body in bodies() for item in body["input"])
    print(f"{framework} {version} with openai {shim.VERSION}: {called} calls upstream, {outputs} tool outputs")
    if called < rounds or not outputs:
        raise SystemExit(f"{framework} called upstream {called} times, {rounds} were expected")
