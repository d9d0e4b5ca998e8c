"""Shared by the frameworks' scripts: the old API through the shim, offline, and a count of the upstream calls.

A framework that made no call, because it caught an error or took another path, must not pass.
"""

import atexit
import os
import tempfile
from typing import Any

# Set before any module is imported that makes a client.
os.environ["SHIM_UPSTREAM"] = "sandbox"
os.environ["OPENAI_API_KEY"] = "offline"
_folder = tempfile.TemporaryDirectory()
atexit.register(_folder.cleanup)
os.environ["SHIM_DATABASE_URL"] = f"sqlite:///{_folder.name}/shim.db"

import shim  # noqa: E402
from shim.http import offline  # noqa: E402

shim.install()


def bodies() -> list[dict[str, Any]]:
    """The bodies of all requests for responses so far, oldest first."""
    return [each.body for each in offline.sandbox().requests if each.path.endswith("/responses")]


def check(framework: str, version: str, rounds: int) -> None:
    """Print the result; exits with 1 if there were fewer upstream calls than the script's conversations need."""
    called = len(bodies())
    outputs = sum(item.get("type") == "function_call_output" for body in bodies() for item in body["input"])
    print(f"{framework} {version} with openai {shim.VERSION}: {called} calls upstream, {outputs} tool outputs")
    if called < rounds or not outputs:
        raise SystemExit(f"{framework} called upstream {called} times, {rounds} were expected")
