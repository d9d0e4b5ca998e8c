"""gunicorn, preloaded, three workers, of threads and of uvicorn: parallel conversations, and a worker killed during
one.
"""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any
from urllib.request import urlopen

import stage
from conversations import WAYS

#: Kinds of workers, and the application that each serves.
KINDS = {"gthread": "gunicorn_app:wsgi", "uvicorn_worker.UvicornWorker": "gunicorn_app:asgi"}
TALKS = 12


@contextmanager
def served(kind: str) -> Iterator[str]:
    """The URL of a server with workers of that kind."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--preload", "-w", "3", "-k", kind, "--threads", "4", "-b", f"127.0.0.1:{port}", "--log-level", "error"]
    options += ["--graceful-timeout", "5", "--no-control-socket"]
    process = subprocess.Popen([sys.executable, "-m", "gunicorn", *options, KINDS[kind]], cwd=stage.HERE)
    try:
        stage.until("gunicorn listens", lambda: process.poll() is not None or _listens(port))
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        assert process.wait(stage.PATIENCE) == 0, process.returncode


def _listens(port: int) -> bool:
    with socket.socket() as there:
        return there.connect_ex(("127.0.0.1", port)) == 0


def fetch(url: str, **given: str) -> Any:
    query = "&".join(f"{name}={value}" for name, value in given.items())
    with urlopen(f"{url}?{query}", timeout=stage.PATIENCE) as answer:
        return json.load(answer)


def crowd(url: str) -> dict[str, list[str]]:
    """Parallel conversations, each in its own thread; returns the tools' outputs by thread."""
    given = [{"way": WAYS[n % 2], "output": stage.secret()} for n in range(TALKS)]
    with ThreadPoolExecutor(TALKS) as pool:
        results = list(pool.map(lambda each: fetch(url, **each), given))
    assert all(each["status"] == "completed" for each in results), results
    return {each["thread"]: [how["output"]] for how, each in zip(given, results, strict=True)}


def killed(url: str, client: Any, thread: str) -> tuple[int, str]:
    """A worker is killed during an answer; returns its process id, and the status with which the run ended."""
    with urlopen(f"{url}?essay={thread}", timeout=stage.PATIENCE) as answer:
        pid = int(answer.readline())
        os.kill(pid, signal.SIGKILL)
    return pid, stage.settled(client, thread)


def main(kind: str) -> None:
    with stage.stage() as (sandbox, _), served(kind) as url:
        client = stage.client()
        threads = crowd(url)
        thread = next(iter(threads))
        pid, ended = killed(url, client, thread)
        # This thread, and all the others, are continued in any of the workers.
        for each, outputs in threads.items():
            outputs.append(stage.secret())
            result = fetch(url, way="stream", output=outputs[-1], thread=each)
            assert result["status"] == "completed", result
            assert result["pid"] != pid
        for each, outputs in threads.items():
            stage.check_thread(client, each, outputs)
        end = f"a worker was killed, its run {ended}"
        stage.report(f"gunicorn {version('gunicorn')} ({kind})", sandbox, len(threads), end)


for kind in sys.argv[1:] or KINDS:
    main(kind)
