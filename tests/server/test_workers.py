"""Several processes on one address: all answer, one that ends is replaced, all stop together."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.recordings import ROOT
from tests.server.served import PATIENCE, until
from tests.server.speaking import ask
from tests.server.test_operations import numbers


@contextmanager
def running(*more: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    line = [sys.executable, "-m", "shim", "serve", "--port", "0", "--upstream", "sandbox", *more]
    with subprocess.Popen(line, cwd=ROOT, env=dict(os.environ), stdout=subprocess.PIPE, text=True) as it:
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
    return [each for each in alive if Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()[0] != "Z"]


def answers(url: str) -> bool:
    try:
        return ask(f"{url}/healthz").status == 200
    except OSError:
        return False


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks into /proc")
def test_two_workers() -> None:
    with running("--workers", "2") as (it, url):
        until(lambda: len(children(it.pid)) == 2 and answers(url))
        made = ask(f"{url}/v1/assistants", "POST", {"model": "gpt-4o"}).json["id"]
        run = {"assistant_id": made, "stream": True, "thread": {"messages": [{"role": "user", "content": "Hello"}]}}
        assert b"thread.run.completed" in ask(f"{url}/v1/threads/runs", "POST", run).body
        until(lambda: numbers(url).get(("shim_runs_total", "completed")) == 1)
        first, second = children(it.pid)
        os.kill(first, signal.SIGKILL)
        until(lambda: len(children(it.pid)) == 2 and first not in children(it.pid))
        assert second in children(it.pid)
        until(lambda: answers(url))
        assert ask(f"{url}/v1/assistants/{made}").status == 200
        assert numbers(url)["shim_runs_total", "completed"] == 1, "what the dead one had counted is not lost"
        last = children(it.pid)
        it.send_signal(signal.SIGTERM)
        assert it.wait(PATIENCE) == 0
        assert not any(Path(f"/proc/{each}").exists() for each in last)


@pytest.mark.slow
def test_an_address_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        line = [sys.executable, "-m", "shim", "serve", "--upstream", "sandbox", "--workers", "2", "--port", port]
        told = subprocess.run(line, check=False, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE)
    assert told.returncode == 3
    assert f"cannot listen on 127.0.0.1:{port}" in told.stderr
    assert "Traceback" not in told.stderr
