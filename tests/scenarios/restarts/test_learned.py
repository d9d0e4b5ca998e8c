"""A process uses the findings about the server that an earlier process has stored."""

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from shim.assembly import wiring
from shim.store.address import resolve
from tests.scenarios.doors.colours import COLOURS, opened
from tests.scenarios.doors.loopback import Loopback, Reply, Request
from tests.server.sending import send
from tests.server.served import served

KEY = "sk-of-the-organisation-that-may-not-stream"
PROGRAM = """
import sys
from shim import OpenAI
with OpenAI(base_url=sys.argv[1], api_key=sys.argv[2], max_retries=0) as client:
    helper = client.beta.assistants.create(model="o3")
    thread = {"messages": [{"role": "user", "content": "Hello"}]}
    print(client.beta.threads.create_and_run_poll(assistant_id=helper.id, thread=thread).status)
"""


def refusing(request: Request) -> Reply | None:
    """Refuses streams of the organisation with this key."""
    if request.method != "POST" or request.header("authorization") != f"Bearer {KEY}" or not request.json.get("stream"):
        return None
    return Reply.error(400, "Your organization must be verified to stream this model.", "unsupported_value")


@pytest.fixture
def upstream() -> Iterator[Loopback]:
    with Loopback(refusing) as found:
        yield found


def streams(upstream: Loopback) -> list[bool]:
    """Whether each request for a response since the last call asked for a stream."""
    found = [bool(body.get("stream")) for body in upstream.bodies]
    upstream.requests.clear()
    return found


def run(client: Any) -> str:
    helper = client.beta.assistants.create(model="o3")
    thread: Any = {"messages": [{"role": "user", "content": "Hello"}]}
    status: str = client.beta.threads.create_and_run_poll(assistant_id=helper.id, thread=thread).status
    return status


def another_process() -> None:
    wiring._capabilities.clear()


def test_another_process_uses_what_was_learned(upstream: Loopback) -> None:
    """A real process, which has another hash seed."""
    with opened(COLOURS[0], base_url=upstream.url, api_key=KEY) as client:
        assert run(client) == "completed"
    assert streams(upstream) == [True, False]
    made = subprocess.run(
        [sys.executable, "-c", PROGRAM, upstream.url, KEY], capture_output=True, text=True, timeout=60, check=False
    )
    assert made.stdout == "completed\n", made.stderr
    assert streams(upstream) == [False]


def test_a_refusal_for_one_organisation_does_not_affect_another(upstream: Loopback) -> None:
    for key, seen in ((KEY, [True, False]), ("sk-another", [True]), (KEY, [False])):
        with opened(COLOURS[0], base_url=upstream.url, api_key=key) as client:
            assert run(client) == "completed"
        assert streams(upstream) == seen
        another_process()


@pytest.mark.parametrize("colour", COLOURS)
def test_a_new_client_uses_what_was_learned(colour: str, upstream: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    for seen in ([True, False], [False]):
        with opened(colour, base_url=upstream.url, api_key=KEY) as client:
            assert run(client) == "completed"
        assert streams(upstream) == seen
        another_process()
    monkeypatch.setenv("SHIM_LEARNED_DAYS", "0")
    with opened(colour, base_url=upstream.url, api_key=KEY) as client:
        assert [run(client), run(client)] == ["completed"] * 2
    assert streams(upstream) == [True, False, False], "nothing is taken over"


def test_a_new_server_uses_what_was_learned(upstream: Loopback) -> None:
    for seen in ([True, False], [False]):
        with served(upstream=upstream.url, auth="pass-through") as url:
            bearer = f"Bearer {KEY}"
            made = send(f"{url}/v1/assistants", "POST", {"model": "o3"}, authorization=bearer).json["id"]
            thread = {"messages": [{"role": "user", "content": "Hello"}]}
            body = {"assistant_id": made, "stream": True, "thread": thread}
            told = send(f"{url}/v1/threads/runs", "POST", body, authorization=bearer).body.decode()
            assert "event: thread.run.completed" in told
        assert streams(upstream) == seen
        another_process()
    assert KEY not in "".join(everything())
    assert upstream.host not in "".join(everything())


def everything() -> list[str]:
    """The rows of the table, as text."""
    engine = sa.create_engine(resolve(os.environ["SHIM_DATABASE_URL"]), poolclass=sa.NullPool)
    with engine.connect() as db:
        found = [str(row) for row in db.execute(sa.text("SELECT * FROM learned"))]
    engine.dispose()
    assert found
    return found


def test_a_store_that_cannot_save_what_was_learned(upstream: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    """For example, because the table has been dropped."""
    with opened(COLOURS[0], base_url=upstream.url, api_key=KEY) as client:
        client.beta.threads.create()
        engine = sa.create_engine(resolve(os.environ["SHIM_DATABASE_URL"]), poolclass=sa.NullPool)
        with engine.begin() as db:
            db.execute(sa.text("DROP TABLE learned"))
        engine.dispose()
        assert [run(client), run(client)] == ["completed"] * 2
    assert streams(upstream) == [True, False, False]
