"""Servers that start worker processes, run as `python -m shim -m uvicorn`: each worker has the shim."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from shim.sdk import children
from tests.listening import free_port

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
APP = """
import json
import os

import openai

async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    async with openai.AsyncOpenAI() as client:
        thread = await client.beta.threads.create()
    body = json.dumps({"pid": os.getpid(), "object": thread.object}).encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})
"""
#: Starts its child like Django's reloader: https://github.com/django/django/blob/5.2/django/utils/autoreload.py
RELOADER = """
import os
import subprocess
import sys

import openai

if os.environ.get("RUN_MAIN") != "true":
    options = [f"-W{option}" for option in sys.warnoptions]
    again = [sys.executable, *options, *sys.argv]
    sys.exit(subprocess.run(again, env={**os.environ, "RUN_MAIN": "true"}, close_fds=False).returncode)
print(openai.OpenAI().beta.threads.create().object, sys.argv)
sys.exit(3)
"""
#: Seconds within which a server must start, on a machine with other load.
PATIENCE = 60.0


def _given() -> dict[str, str]:
    given = {name: value for name, value in os.environ.items() if name != children.MARK}
    return given | {"PYTHONPATH": str(ROOT), "SHIM_UPSTREAM": "sandbox"}


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[tuple[int, int]]:
    """The process that was started, and the port on which its workers answer."""
    port = free_port()
    arguments = ["-m", "shim", "-m", "uvicorn", "app:app", "--port", str(port), *options]
    with subprocess.Popen(
        [sys.executable, *arguments], cwd=folder, env=_given(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield process.pid, port
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE)


def reply_of(port: int) -> dict[str, Any]:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=PATIENCE) as answer:
                found: dict[str, Any] = json.load(answer)
                return found
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


@pytest.mark.parametrize("options", [("--workers", "2"), ("--reload",)], ids=["workers", "reload"])
def test_uvicorn(tmp_path: Path, options: tuple[str, ...]) -> None:
    (tmp_path / "app.py").write_text(APP)
    with serving(tmp_path, *options) as (parent, port):
        found = reply_of(port)
    assert found["object"] == "thread"
    assert found["pid"] != parent


def test_a_reloader_like_djangos(tmp_path: Path) -> None:
    (tmp_path / "manage.py").write_text(RELOADER)
    ran = subprocess.run(
        [sys.executable, "-m", "shim", "manage.py", "runserver"],
        cwd=tmp_path,
        env=_given(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (3, "thread ['manage.py', 'runserver']\n", "")
