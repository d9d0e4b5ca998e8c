"""Runs in upstream's background mode: a broken stream is resumed over HTTP with ``starting_after``."""

import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from shim.store import runs
from shim.store.database import database
from shim.store.tx import Tx
from tests.scenarios.doors.colours import COLOURS, opened
from tests.scenarios.doors.loopback import Gate, Loopback
from tests.scenarios.doors.talking import until_ended


@pytest.fixture(autouse=True)
def _always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIM_BACKGROUND", "always")


@pytest.fixture
def upstream() -> Iterator[Loopback]:
    with Loopback() as found:
        yield found


def begin(client: Any, text: str) -> dict[str, str]:
    helper = client.beta.assistants.create(model="gpt-4o")
    thread = client.beta.threads.create(messages=[{"role": "user", "content": text}])
    return {"thread_id": thread.id, "assistant_id": helper.id}


def resumed(upstream: Loopback) -> list[dict[str, list[str]]]:
    streams = [urlsplit(request.path).query for request in upstream.requests if request.method == "GET"]
    return [parse_qs(query) for query in streams if "stream=true" in query]


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("control_word", ["connection-cut", "stop-short"])
def test_a_broken_stream_is_resumed_without_a_gap(control_word: str, colour: str, upstream: Loopback) -> None:
    with opened(colour, base_url=upstream.url, max_retries=0) as client:
        where = begin(client, f"{control_word} essay-20")
        with client.beta.threads.runs.stream(**where) as stream:
            names = [event.event for event in stream]
            text = stream.get_final_messages()[0].content[0].text.value
        assert names[-1] == "thread.run.completed"
        assert len(text.split()) == 20
        stored = client.beta.threads.messages.list(where["thread_id"]).data[0]
        assert stored.content[0].text.value == text
    (query,) = resumed(upstream)
    assert int(query["starting_after"][0]) > 2
    (body,) = upstream.bodies
    assert (body["background"], body["stream"]) == (True, True)


def test_the_stream_of_a_dead_process_is_resumed(upstream: Loopback) -> None:
    """The next reader of the run fetches the same response; upstream gets no second request for a response."""
    gate = Gate()
    with opened("sync", base_url=upstream.url, max_retries=0) as client:
        where = begin(client, "essay-20")
        upstream.answer = upstream.gated(gate)
        stream = client.beta.threads.runs.create(**where, stream=True)
        # The id of the response has been stored by then.
        run = next(event.data for event in stream if event.event == "thread.run.in_progress")
        dead(where["thread_id"], run.id)
        upstream.answer = lambda request: None
        assert until_ended(client.beta.threads, where["thread_id"], run.id)["status"] == "completed"
        gate.open()
    assert len(upstream.bodies) == 1
    assert any(request.method == "GET" and "/responses/" in request.path for request in upstream.requests)


def dead(thread_id: str, run_id: str) -> None:
    """Change the owner of the run to a process that no longer exists."""

    def work(tx: Tx) -> bool:
        row = runs.get(tx, thread_id, run_id)
        assert row is not None
        return runs.take_over(tx, run_id, row.owner, "here 1 never", 0.0)

    assert database(os.environ["SHIM_DATABASE_URL"]).write(work)
