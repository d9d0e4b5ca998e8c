"""``assistants-shim serve`` in processes."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tests.recordings import ROOT
from tests.server.sending import send


@contextmanager
def running(
    *more: str, env: Mapping[str, str] | None = None, log: IO[bytes] | None = None
) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """Yields the process, and ``http://127.0.0.1:PORT``; the process and its workers are killed at the end.

    ``env``: additional variables. ``log``: the file for its log; by default the log goes to standard error.
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
    """The child processes of a process that still run."""
    found = Path(f"/proc/{pid}/task/{pid}/children")
    alive = [int(each) for each in found.read_text().split()] if found.exists() else []
    return [each for each in alive if state(each) not in ("Z", None)]


def state(pid: int) -> str | None:
    """The state of a process as reported by the kernel; None if the process does not exist."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return None


def answers(url: str) -> bool:
    """Whether a server answers at the address."""
    try:
        return send(f"{url}/healthz").status == 200
    except OSError:
        return False
