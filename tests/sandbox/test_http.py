"""The sandbox over HTTP: the same bytes, real chunks, and connections that are really cut."""

import asyncio
import http.client
import json
from collections.abc import Iterator
from threading import Thread
from urllib.parse import urlsplit

import pytest

from shim.sandbox import Sandbox
from shim.sandbox.http import running
from shim.wire.sse import Reader
from tests.sandbox.drive import NOON, Client

HEADERS = {"Authorization": "Bearer sk-test", "Content-Type": "application/json"}


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with running(Sandbox(clock=lambda: NOON, pace=0.001)) as url:
        yield url


def post(base: str, body: dict) -> http.client.HTTPResponse:
    return send("POST", base, "/responses", json.dumps(body))


def get(base: str, path: str) -> http.client.HTTPResponse:
    with send("GET", base, path) as response:
        response.read()
        return response


def send(method: str, base: str, path: str, body: str | None = None) -> http.client.HTTPResponse:
    """One request on its own connection, which is closed at the end of the body."""
    parts = urlsplit(base)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    connection.request(method, f"{parts.path}{path}", body, {**HEADERS, "Connection": "close"})
    return connection.getresponse()


def response_to(base: str, text: str) -> dict:
    """A response that is not streamed."""
    with post(base, {"model": "gpt-4o", "input": text}) as response:
        assert response.status == 200
        return json.loads(response.read())


def test_answers_over_http_and_in_process_are_the_same():
    bodies = [{"model": "gpt-4o", "input": "essay-5", "stream": stream} for stream in (False, True)]
    with running(Sandbox(clock=lambda: NOON)) as url:
        over_http = []
        for body in bodies:
            with post(url, body) as response:
                over_http.append(response.read())
    client = Client()
    assert over_http == [client.bytes(client.request("POST", "/responses", body)) for body in bodies]


def test_headers_and_errors_are_sent(base: str):
    with post(base, {"model": "no-such-model", "input": "x"}) as response:
        assert response.status == 400
        assert response.getheader("x-request-id", "").startswith("req_")
        assert json.loads(response.read())["error"]["code"] == "model_not_found"


def test_a_cut_connection_leaves_an_incomplete_body(base: str):
    with post(base, {"model": "gpt-4o", "input": "connection-cut essay-6", "stream": True}) as response:
        assert response.status == 200
        with pytest.raises(http.client.IncompleteRead) as caught:
            response.read()
    events = Reader().feed(caught.value.partial)
    assert events[-1]["type"] == "response.output_text.delta"


def test_a_stream_may_end_without_a_final_event(base: str):
    with post(base, {"model": "gpt-4o", "input": "stop-short essay-6", "stream": True}) as response:
        events = Reader().feed(response.read())
    assert events[-1]["type"] == "response.output_text.delta"


def test_one_event_per_chunk_unless_more_are_set(base: str):
    body = {"model": "gpt-4o", "input": "essay-20", "stream": True}
    with running(Sandbox(burst=7)) as other:
        for url, burst in ((base, 1), (other, 7)):
            with post(url, body | {"background": True}) as response:
                assert response.getheader("transfer-encoding") == "chunked"
                sizes = [len(Reader().feed(chunk)) for chunk in _chunks(response)]
            assert sizes[:-1] == [burst] * (len(sizes) - 1)


def _chunks(response: http.client.HTTPResponse) -> Iterator[bytes]:
    """The body in the chunks in which it was sent."""
    raw = response.fp
    while size := int(raw.readline(), 16):
        yield raw.read(size)
        raw.readline()


def test_slow_output_continues_while_others_are_served(base: str):
    with post(base, {"model": "gpt-4o", "input": "slowly essay-20", "stream": True}) as slow:
        assert response_to(base, "hi")["status"] == "completed"
        assert b"response.completed" in slow.read()


def test_nothing_is_stored_for_a_client_that_disconnects(base: str):
    response = post(base, {"model": "gpt-4o", "input": "essay-20000", "stream": True})
    response_id = json.loads(response.fp.read(2000).split(b'"id":')[1].split(b",")[0])
    response.close()
    assert response_id.startswith("resp_")
    assert get(base, f"/responses/{response_id}").status == 404


def test_many_threads_at_once(base: str):
    found: list[str] = []

    def work() -> None:
        found.extend(response_to(base, "hi")["id"] for _ in range(5))

    threads = [Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 30


async def test_the_server_runs_beside_an_event_loop():
    with running() as url:
        assert (await asyncio.to_thread(response_to, url, "hi"))["status"] == "completed"
