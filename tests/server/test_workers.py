"""Several processes with one address: all of them answer, one that ends is replaced, all stop together."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.recordings import ROOT
from tests.server.processes import answers, children, running, state
from tests.server.sending import send
from tests.server.served import PATIENCE, until
from tests.server.test_operations import numbers


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks into /proc")
def test_two_workers() -> None:
    with running("--upstream", "sandbox", "--workers", "2") as (it, url):
        until(lambda: len(children(it.pid)) == 2 and answers(url))
        made = send(f"{url}/v1/assistants", "POST", {"model": "gpt-4o"}).json["id"]
        run = {"assistant_id": made, "stream": True, "thread": {"messages": [{"role": "user", "content": "Hello"}]}}
        assert b"thread.run.completed" in send(f"{url}/v1/threads/runs", "POST", run).body
        until(lambda: numbers(url).get(("shim_runs_total", "completed")) == 1)
        first, second = children(it.pid)
        os.kill(first, signal.SIGKILL)
        until(lambda: len(children(it.pid)) == 2 and first not in children(it.pid))
        assert second in children(it.pid)
        until(lambda: answers(url))
        assert send(f"{url}/v1/assistants/{made}").status == 200
        assert numbers(url)["shim_runs_total", "completed"] == 1, "what the dead one had counted is not lost"
        assert megabytes(it.pid) < 40, "the supervisor does not load the SDK"
        last = children(it.pid)
        it.send_signal(signal.SIGTERM)
        assert it.wait(PATIENCE) == 0
        assert not any(Path(f"/proc/{each}").exists() for each in last)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks into /proc")
def test_workers_stop_when_their_supervisor_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with running("--upstream", "sandbox", "--workers", "2") as (it, url):
        until(lambda: len(children(it.pid)) == 2 and answers(url))
        workers = children(it.pid)
        assert len(list(tmp_path.glob("shim-metrics-*"))) == 1
        it.kill()
        try:
            until(lambda: all(state(each) in ("Z", None) for each in workers))
        finally:
            for each in workers:
                with suppress(ProcessLookupError):
                    os.kill(each, signal.SIGKILL)
        assert not answers(url), "the address is free for the next server"
    assert list(tmp_path.glob("shim-metrics-*")) == []


@pytest.mark.slow
def test_a_signal_to_stop_that_comes_before_the_workers() -> None:
    with running("--upstream", "sandbox", "--workers", "2") as (it, url):
        it.send_signal(signal.SIGTERM)
        assert it.wait(PATIENCE) == 0
        assert not answers(url)


def megabytes(pid: int) -> float:
    """The memory of a process; shared pages are divided among the processes that share them."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


@pytest.mark.slow
def test_an_address_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        line = [sys.executable, "-m", "shim", "serve", "--upstream", "sandbox", "--workers", "2", "--port", port]
        finished = subprocess.run(line, check=False, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE)
    assert finished.returncode == 3
    assert f"cannot listen on 127.0.0.1:{port}" in finished.stderr
    assert "Traceback" not in finished.stderr
