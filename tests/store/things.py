"""Objects as on the wire, with only the fields that the store needs."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from shim.store.database import AsyncStore, SyncStore

Json = dict[str, Any]
Any_Store = SyncStore | AsyncStore
ROOT = Path(__file__).parents[2]


def assistant(n: int) -> Json:
    return {"id": f"asst_{n}", "object": "assistant", "created_at": 1_700_000_000, "name": None}


def thread(n: int = 1) -> Json:
    return {"id": f"thread_{n}", "object": "thread", "created_at": 1_700_000_000, "metadata": {}}


def message(n: int, thread: int = 1, run: int | None = None, text: str = "hello") -> Json:
    return {
        "id": f"msg_{n}",
        "object": "thread.message",
        "created_at": 1_700_000_000,
        "thread_id": f"thread_{thread}",
        "run_id": None if run is None else f"run_{run}",
        "content": [{"type": "text", "text": {"value": text, "annotations": []}}],
    }


def run(n: int, thread: int = 1, status: str = "queued") -> Json:
    return {
        "id": f"run_{n}",
        "object": "thread.run",
        "created_at": 1_700_000_000,
        "thread_id": f"thread_{thread}",
        "assistant_id": "asst_1",
        "status": status,
        "expires_at": 1_700_000_600,
        "metadata": {},
    }


def step(n: int, run: int = 1, thread: int = 1) -> Json:
    return {
        "id": f"step_{n}",
        "object": "thread.run.step",
        "created_at": 1_700_000_000,
        "thread_id": f"thread_{thread}",
        "run_id": f"run_{run}",
        "status": "in_progress",
    }


def ids(objects: list[Json]) -> list[str]:
    return [each["id"] for each in objects]


def python(code: str, *args: str) -> "subprocess.Popen[str]":
    """A process that runs ``code`` with ``args`` in ``sys.argv[1:]``."""
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", code, *args],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def output_of(process: "subprocess.Popen[str]") -> str:
    """The output of the process, after it has ended successfully."""
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return out.strip()
