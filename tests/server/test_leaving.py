"""Runs continue after their readers have disconnected, and after the server that started them has stopped."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import openai
import pytest

from tests.recordings import ROOT
from tests.scenarios.doors.loopback import Gate, Loopback, Reply, Request
from tests.scenarios.doors.talking import until_ended
from tests.server.served import PATIENCE, served

Client = openai.OpenAI


def stalling(upstream: Loopback, gate: Gate) -> None:
    """Upstream sends only the beginning of every answer until the gate is open."""

    def answer(request: Request) -> Reply | None:
        if request.method != "POST":
            return None
        usual = upstream.usual(request)
        return Reply(usual.status, usual.headers, gate.through(list(usual.body)))

    upstream.answer = answer


def talking_to(url: str) -> Client:
    return Client(base_url=f"{url}/v1", api_key="test", max_retries=0)


def create_thread(client: Client, text: str) -> dict[str, str]:
    helper = client.beta.assistants.create(model="gpt-4o", instructions="Be brief.")
    thread = client.beta.threads.create(messages=[{"role": "user", "content": text}])
    return {"thread_id": thread.id, "assistant_id": helper.id}


def last_text(client: Client, thread_id: str) -> str:
    content: Any = client.beta.threads.messages.list(thread_id, limit=1).data[0].content
    return str(content[0].text.value)


@contextmanager
def streaming(url: str, where: dict[str, str], key: str = "Bearer test") -> Iterator[socket.socket]:
    """A stream that was read until the run is in progress."""
    body = json.dumps({"assistant_id": where["assistant_id"], "stream": True}).encode()
    headers = f"host: localhost\r\nauthorization: {key}\r\ncontent-length: {len(body)}"
    head = f"POST /v1/threads/{where['thread_id']}/runs HTTP/1.1\r\n{headers}"
    with socket.create_connection(("127.0.0.1", urlsplit(url).port), PATIENCE) as connection:
        connection.sendall(f"{head}\r\n\r\n".encode() + body)
        received = b""
        while b"event: thread.run.in_progress" not in received:
            received += connection.recv(65_536)
        yield connection


def begin_and_leave(url: str, where: dict[str, str]) -> None:
    """Read a stream until the run is in progress, and disconnect."""
    with streaming(url, where):
        """Leaving the block closes the connection."""


def test_a_run_continues_when_its_reader_disconnects(upstream: Loopback) -> None:
    gate, text = Gate(), secrets.token_hex(8)
    stalling(upstream, gate)
    with served(upstream=upstream.url) as url, talking_to(url) as client:
        where = create_thread(client, text)
        begin_and_leave(url, where)
        (run,) = client.beta.threads.runs.list(where["thread_id"]).data
        assert run.status == "in_progress"
        gate.open()
        assert until_ended(client.beta.threads, where["thread_id"], run.id)["status"] == "completed"
        assert text in last_text(client, where["thread_id"])


@contextmanager
def process(upstream: Loopback, log: Path | None = None) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command, as a user starts it, and the address that it prints; ``log`` receives its standard error."""
    line = [sys.executable, "-m", "shim", "serve", "--port", "0", "--upstream", upstream.url]
    with ExitStack() as stack:
        errors = None if log is None else stack.enter_context(log.open("wb"))
        it = stack.enter_context(
            subprocess.Popen(line, cwd=ROOT, env=dict(os.environ), stdout=subprocess.PIPE, stderr=errors, text=True)
        )
        try:
            assert it.stdout is not None
            yield it, it.stdout.readline().partition("/v1")[0]
        finally:
            it.kill()


@pytest.mark.slow
def test_a_server_that_is_asked_to_stop_ends_its_streams(
    upstream: Loopback, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The run could not end before the server stopped, so the next server continues it."""
    monkeypatch.setenv("SHIM_EXIT_GRACE", "0.3")
    monkeypatch.setenv("SHIM_LOG_LEVEL", "warning")
    gate, text, log = Gate(), secrets.token_hex(8), tmp_path / "stderr"
    stalling(upstream, gate)
    with process(upstream, log) as (stopped, url), talking_to(url) as client:
        where = create_thread(client, text)
        with streaming(url, where) as connection:
            gate.wait()
            stopped.send_signal(signal.SIGTERM)
            received = b"".join(iter(lambda: connection.recv(65_536), b""))
        assert stopped.wait(PATIENCE) == -signal.SIGTERM
    *_, last = received.decode().strip().split("event: ")
    assert last.startswith("error\n")
    assert "the server is shutting down" in last
    # The body is complete: HTTP ends a chunked body with these bytes.
    assert received.endswith(b"\r\n0\r\n\r\n")
    assert log.read_text() == ""
    gate.open()
    with served(upstream=upstream.url) as url, talking_to(url) as client:
        (run,) = client.beta.threads.runs.list(where["thread_id"]).data
        assert until_ended(client.beta.threads, where["thread_id"], run.id)["status"] == "completed"
        assert text in last_text(client, where["thread_id"])


@pytest.mark.slow
def test_a_server_that_is_killed_and_one_that_is_asked_to_stop(
    upstream: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHIM_EXIT_GRACE", "30")
    # The server is known to chain, so only the runs' own requests are counted.
    monkeypatch.setenv("SHIM_UPSTREAM_PROFILE", "sandbox")
    first, second = Gate(), Gate()
    texts = [secrets.token_hex(8), secrets.token_hex(8)]
    stalling(upstream, first)
    with process(upstream) as (killed, url), talking_to(url) as client:
        where = create_thread(client, texts[0])
        begin_and_leave(url, where)
        killed.send_signal(signal.SIGKILL)
        assert killed.wait(PATIENCE) == -signal.SIGKILL
    first.open()
    threads: Any
    with process(upstream) as (stopped, url), talking_to(url) as client:
        threads = client.beta.threads
        (run,) = threads.runs.list(where["thread_id"]).data
        assert run.status == "completed", "the answer was finished upstream, and fetched"
        assert texts[0] in last_text(client, where["thread_id"])
        threads.messages.create(where["thread_id"], role="user", content=texts[1])
        stalling(upstream, second)
        begun = threads.runs.create(**where)
        second.wait()
        stopped.send_signal(signal.SIGTERM)
        second.open()
        assert stopped.wait(PATIENCE) == -signal.SIGTERM
    with served(upstream=upstream.url) as url, talking_to(url) as client:
        runs = client.beta.threads.runs.list(where["thread_id"]).data
        assert (runs[0].id, runs[0].status) == (begun.id, "completed"), "it was given the time to finish"
        assert all(text in last_text(client, where["thread_id"]) for text in texts)
    _, body = upstream.bodies
    assert body["previous_response_id"]
    assert texts[0] not in str(body["input"])
