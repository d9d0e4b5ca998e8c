"""Shared by the scripts: a server that answers, a new database, and the checks of every thread at the end."""

import os
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openai

from shim import OpenAI
from shim.sandbox import Sandbox
from shim.sandbox.http import running

Json = dict[str, Any]
HERE = Path(__file__).parent
ROOT = HERE.parents[3]
PATIENCE = 60.0


@contextmanager
def stage() -> Iterator[tuple[Sandbox, Path]]:
    """Set the environment of this process and of its children."""
    sandbox = Sandbox()
    with tempfile.TemporaryDirectory() as name, running(sandbox) as url:
        os.environ |= {
            "OPENAI_API_KEY": "offline",
            "OPENAI_BASE_URL": url,
            "SHIM_UPSTREAM_PROFILE": "sandbox",
            "SHIM_BACKGROUND": "never",
            "SHIM_DATABASE_URL": os.environ.get("SHIM_TEST_POSTGRES") or f"sqlite:///{name}/shim.db",
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(HERE)]),
        }
        yield sandbox, Path(name)


def secret() -> str:
    return secrets.token_hex(12)


def until(what: str, true: Callable[[], Any]) -> Any:
    """Wait until the condition is true; returns its value."""
    deadline = time.monotonic() + PATIENCE
    while not (found := true()):
        if time.monotonic() > deadline:
            raise SystemExit(f"waited in vain until {what}")
        time.sleep(0.05)
    return found


def check_thread(client: Any, thread: str, outputs: list[str]) -> None:
    """Each question has one answer with the tool's output, in order; every run has ended."""
    runs = list(client.beta.threads.runs.list(thread, order="asc"))
    assert {run.status for run in runs} <= {"completed", "failed"}, [run.status for run in runs]
    messages = list(client.beta.threads.messages.list(thread, order="asc"))
    assert {message.status for message in messages} <= {"completed", "incomplete"}, messages
    places = [place for place, each in enumerate(messages) if _text(each) == "get_time"]
    answers = [_text(messages[place + 1]) for place in places]
    assert len(answers) == len(outputs), (len(answers), outputs)
    for output, answer in zip(outputs, answers, strict=True):
        assert output in answer, (output, answer)


def _text(message: Any) -> str:
    return "".join(part.text.value for part in message.content)


def settled(client: Any, thread: str) -> str:
    """The status with which the thread's last run ended, read in this process; the run's own process was killed."""
    ends = ("completed", "failed")
    last = lambda: client.beta.threads.runs.list(thread, limit=1).data[0]  # noqa: E731
    return str(until("the lost run is over", lambda: (run := last()).status in ends and run).status)


def report(name: str, sandbox: Sandbox, threads: int, end: str) -> None:
    called = sum(each.path.endswith("/responses") for each in sandbox.requests)
    if called < 2 * threads:
        raise SystemExit(f"{name}: upstream was called {called} times for {threads} threads")
    who = f"{name} with openai {openai.__version__} on Python {sys.version.split()[0]}"
    print(f"{who}: {threads} threads whole, {called} calls upstream; {end}", flush=True)


def client() -> Any:
    return OpenAI()
