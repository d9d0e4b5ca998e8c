"""``assistants-shim serve`` in processes of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tests.recordings import ROOT
from tests.server.speaking import ask


@contextmanager
def running(
    *more: str, env: Mapping[str, str] | None = None, log: IO[bytes] | None = None
) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """Yields the process, and ``http://127.0.0.1:PORT``; it and its workers are killed at the end.

    ``env``: variables beside those of this process.  ``log``: where its log goes, else to the standard error.
    """
    line = [sys.executable, "-m", "shim", "serve", "--port", "0", *more]
    around = dict(os.environ) | dict(env or {})
    with subprocess.Popen(line, cwd=ROOT, env=around, stdout=subprocess.PIPE, stderr=log, text=True) as it:
        try:
            assert it.stdout is not None
            yield it, it.stdout.readline().partition("/v1")[0]
        finally:
            for child in children(it.pid):
                os.kill(child, signal.SIGKILL)
            it.kill()


def children(pid: int) -> list[int]:
    """The processes that a process has begun and that still run."""
    found = Path(f"/proc/{pid}/task/{pid}/children")
    alive = [int(each) for each in found.read_text().split()] if found.exists() else []
    return [each for each in alive if state(each) not in ("Z", None)]


def state(pid: int) -> str | None:
    """The state of a process as the kernel names it; None if it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return None


def answers(url: str) -> bool:
    """Whether somebody answers there."""
    try:
        return ask(f"{url}/healthz").status == 200
    except OSError:
        return False
