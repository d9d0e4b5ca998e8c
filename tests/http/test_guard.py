"""Calls upstream go only to the origin for which the client was set up, unless the user's own HTTP client follows a
redirect; and the size of an answer is limited.
"""

import gzip
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import openai
import openai._base_client as sdk
import pytest

from tests.scenarios.doors.colours import COLOURS, opened
from tests.scenarios.doors.loopback import Loopback, Reply, Request
from tests.server.sending import send
from tests.server.served import served
from tests.server.test_leaving import talking_to

HTTP: Any = vars(sdk).get("httpx2") or vars(sdk)["httpx"]
STATUSES = (301, 302, 303, 307, 308)
QUESTION: Any = {"messages": [{"role": "user", "content": "Hello"}]}


@pytest.fixture
def near() -> Iterator[Loopback]:
    with Loopback() as found:
        yield found


@pytest.fixture
def far() -> Iterator[Loopback]:
    with Loopback() as found:
        yield found


def redirecting(near: Loopback, status: int, to: str) -> None:
    """Redirect every call of the Responses API to ``to``; requests below ``/there`` are answered here."""

    def answer(request: Request) -> Reply | None:
        if request.path.startswith("/there/"):
            return near.usual(replace(request, path=request.path.removeprefix("/there")))
        return Reply(status, (("location", f"{to}{request.path}"),)) if request.path == "/v1/responses" else None

    near.answer = answer


def run(client: Any, streamed: bool) -> Any:
    """The finished run."""
    helper = client.beta.assistants.create(model="gpt-4o")
    parameters = {"assistant_id": helper.id, "thread": QUESTION}
    if not streamed:
        return client.beta.threads.create_and_run_poll(**parameters)
    return list(client.beta.threads.create_and_run(**parameters, stream=True))[-1].data


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("streamed", [True, False])
@pytest.mark.parametrize("colour", COLOURS)
def test_another_origin_gets_nothing(near: Loopback, far: Loopback, colour: str, streamed: bool, status: int) -> None:
    redirecting(near, status, f"http://{far.host}")
    with opened(colour, base_url=near.url, max_retries=2) as client:
        ended = run(client, streamed)
    assert ended.status == "failed"
    assert f"redirects to another origin, http://{far.host}, and such" in ended.last_error.message
    assert far.requests == []
    assert len(near.bodies) == 1


@pytest.mark.parametrize("way", ["direct", "library"])
def test_an_answer_that_is_not_streamed_is_read_once(near: Loopback, way: str) -> None:
    """Through the server, with an upstream that does not stream."""

    def answer(request: Request) -> Reply | None:
        if request.path != "/v1/responses" or not request.json.get("stream"):
            return None
        return Reply.error(400, "Your organization must be verified to stream this model.")

    near.answer = answer
    with served(upstream=near.url, upstream_http=way) as url, talking_to(url) as client:
        assert run(client, streamed=True).status == "completed"


@pytest.mark.parametrize("colour", COLOURS)
def test_a_redirect_to_the_same_origin_is_followed(near: Loopback, colour: str) -> None:
    redirecting(near, 307, "/there")
    with opened(colour, base_url=near.url) as client:
        assert run(client, True).status == "completed"


@pytest.mark.parametrize("kind", [HTTP.Client, openai.DefaultHttpxClient])
def test_the_users_own_http_client_follows_redirects(near: Loopback, far: Loopback, kind: Any) -> None:
    """The HTTP library does not send the key to another origin."""
    redirecting(near, 307, f"http://{far.host}")
    client = opened(COLOURS[0], base_url=near.url, http_client=kind(follow_redirects=True))
    with client as opener, pytest.raises(openai.AuthenticationError):
        run(opener, True)
    (request,) = far.requests
    assert (request.path, request.header("authorization")) == ("/v1/responses", None)


def test_the_server_follows_no_redirect(near: Loopback, far: Loopback, tmp_path: Any) -> None:
    redirecting(near, 307, f"http://{far.host}")
    with served(upstream=near.url, database_url=f"sqlite:///{tmp_path / 'shim.db'}") as url:
        made = send(f"{url}/v1/assistants", "POST", {"model": "gpt-4o"}).json
        body = {"assistant_id": made["id"], "thread": QUESTION, "stream": True}
        ran = send(f"{url}/v1/threads/runs", "POST", body, authorization="Bearer mine")
    assert b"redirects to another origin" in ran.body
    assert far.requests == []


@pytest.mark.parametrize("status", [200, 400, 500])
@pytest.mark.parametrize("kind", ["application/json", "text/html", "text/event-stream"])
@pytest.mark.parametrize("streamed", [True, False])
@pytest.mark.parametrize("colour", COLOURS)
def test_an_answer_above_the_size_limit_is_not_read(
    near: Loopback, colour: str, streamed: bool, kind: str, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit is for the decompressed size: a megabyte of zeros is compressed to a thousand bytes."""
    monkeypatch.setenv("SHIM_MAX_EVENT_BYTES", "100000")
    packed = gzip.compress(b'{"id":"' + bytes(1_000_000))
    headers = (("content-type", kind), ("content-encoding", "gzip"), ("x-should-retry", "false"))
    near.answer = lambda request: Reply(status, headers, (packed,)) if request.path == "/v1/responses" else None
    with opened(colour, base_url=near.url) as client:
        ended = run(client, streamed)
    assert ended.status == "failed"
    assert "larger than 100000 bytes" in ended.last_error.message
