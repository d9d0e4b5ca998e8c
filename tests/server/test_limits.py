"""Requests above a limit are refused with the API's error texts and `Retry-After`; other tenants are not affected."""

import http.client
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from shim.server.keyring import Keyring
from shim.settings import current_settings
from shim.store.database import database
from tests.scenarios.doors.loopback import Gate, Loopback, Request
from tests.scenarios.doors.talking import until_ended
from tests.server.sending import Response, send
from tests.server.served import PATIENCE, served, until
from tests.server.test_leaving import stalling, streaming, talking_to


@pytest.fixture(autouse=True)
def _the_servers_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "the-servers-own-key")


@contextmanager
def keyed(upstream: Loopback, **chosen: Any) -> Iterator[tuple[str, dict[str, str]]]:
    """A server with two tenants."""
    ring = Keyring(database(current_settings().database_url))
    keys = {who: f"Bearer {ring.issue(who, 1).secret}" for who in ("ann", "bob")}
    with served(True, upstream=upstream.url, auth="keys", **chosen) as url:
        yield url, keys


def refused(answer: Response, status: int, words: str) -> None:
    assert (answer.status, answer.error["code"]) == (status, "rate_limit_exceeded" if status == 429 else None)
    assert words in answer.error["message"]
    assert int(answer.header("retry-after") or 0) >= 1


@pytest.mark.parametrize("storage", ["memory", "store"])
def test_requests_per_minute(upstream: Loopback, storage: str) -> None:
    with keyed(upstream, requests_per_minute=4, rate_storage=storage) as (url, keys):
        path = f"{url}/v1/assistants"
        answers = [send(path, authorization=keys["ann"]) for _ in range(6)]
        assert [each.status for each in answers] == [200] * 4 + [429] * 2
        refused(answers[-1], 429, "Rate limit reached on requests per min (RPM): Limit 4. Please try again in ")
        assert answers[-1].error["type"] == "requests"
        assert 1 <= int(answers[-1].header("retry-after") or 0) <= 60
        assert send(path, authorization=keys["bob"]).status == 200
        assert send(path).status == 401, "without a key nobody is counted"


def test_concurrent_streams_and_runs(upstream: Loopback) -> None:
    gate = Gate()
    stalling(upstream, gate)
    with keyed(upstream, max_tenant_streams=2, max_tenant_runs=3) as (url, keys), ExitStack() as held:
        where = {who: made(url, key) for who, key in keys.items()}
        for _ in range(2):
            held.enter_context(streaming(url, begin(url, keys["ann"], where["ann"]), keys["ann"]))
        body = {"assistant_id": where["ann"], "thread": {"messages": [{"role": "user", "content": "Hello"}]}}
        path = f"{url}/v1/threads/runs"
        refused(send(path, "POST", body, authorization=keys["ann"]), 429, "streams at one time: Limit 2")
        refused(send(f"{url}/v1/models", authorization=keys["ann"]), 429, "streams at one time: Limit 2")
        assert send(f"{url}/ui/threads", authorization=keys["ann"]).status == 200, "a page shows what is busy"
        assert send(f"{url}/v1/assistants", authorization=keys["ann"]).status == 200, "what is short goes on"
        with streaming(url, begin(url, keys["bob"], where["bob"]), keys["bob"]):
            """The limit of one tenant does not affect another."""
        held.close()
        until(lambda: send(f"{url}/v1/models", authorization=keys["ann"]).status == 200)
        assert send(path, "POST", body, authorization=keys["ann"]).status == 200
        refused(send(path, "POST", body, authorization=keys["ann"]), 429, "runs at one time: Limit 3")
        gate.open()
        until(lambda: send(path, "POST", body, authorization=keys["ann"]).status == 200)


def made(url: str, key: str) -> str:
    return str(send(f"{url}/v1/assistants", "POST", {"model": "gpt-4o"}, authorization=key).json["id"])


def begin(url: str, key: str, helper: str) -> dict[str, str]:
    body = {"messages": [{"role": "user", "content": "Hello"}]}
    thread = send(f"{url}/v1/threads", "POST", body, authorization=key).json["id"]
    return {"thread_id": thread, "assistant_id": helper}


def test_the_limit_of_all_tenants_together(upstream: Loopback) -> None:
    """The limit also applies if callers are not identified."""
    gate = Gate()
    stalling(upstream, gate)
    with served(upstream=upstream.url, max_streams=1, max_tenant_streams=1, max_runs=2) as url:
        helper = made(url, "Bearer test")
        with streaming(url, begin(url, "Bearer test", helper)):
            got = send(f"{url}/v1/models", authorization="Bearer test")
            refused(got, 503, "currently overloaded")
        until(lambda: send(f"{url}/v1/models", authorization="Bearer test").status == 200)
        body = {"assistant_id": helper}
        second = begin(url, "Bearer test", helper)["thread_id"]
        assert send(f"{url}/v1/threads/{second}/runs", "POST", body, authorization="Bearer test").status == 200
        third = begin(url, "Bearer test", helper)["thread_id"]
        refused(send(f"{url}/v1/threads/{third}/runs", "POST", body, authorization="Bearer test"), 503, "overloaded")
        assert send(f"{url}/v1/threads/{third}/runs", authorization="Bearer test").json["data"] == []
        gate.open()
        with talking_to(url) as client:
            (run,) = client.beta.threads.runs.list(second).data
            assert until_ended(client.beta.threads, second, run.id)["status"] == "completed"


#: Calls whose answer may take long: the path, and the body.
LONG = {
    "passed on": ("responses", {"model": "gpt-4o", "input": "x"}),
    "a run": ("threads/runs", {"thread": {"messages": [{"role": "user", "content": "Hello"}]}, "stream": True}),
}


@pytest.mark.parametrize("auth", ["open", "keys"])
@pytest.mark.parametrize("what", LONG)
def test_a_caller_who_leaves_before_the_answer_does_not_count(upstream: Loopback, what: str, auth: str) -> None:
    """Upstream has the request, and does not answer.  A run goes on, and counts as one."""
    silent, asked = threading.Event(), []

    def answer(request: Request) -> None:
        if request.path.endswith("/responses"):
            asked.append(request)
            silent.wait(PATIENCE)

    upstream.answer = answer
    limits = {"max_streams": 2, "max_tenant_streams": 2, "max_runs": 2, "max_tenant_runs": 2, "circuit_failures": 0}
    serving = keyed(upstream, **limits) if auth == "keys" else served(upstream=upstream.url, **limits)
    with serving as found:
        url, key = (found[0], found[1]["ann"]) if isinstance(found, tuple) else (found, "Bearer test")
        path, body = LONG[what]
        body = body | ({"assistant_id": made(url, key)} if what == "a run" else {})
        connections = [begun(url, path, body, key) for _ in range(2)]
        until(lambda: len(asked) == 2)
        status = 429 if auth == "keys" else 503
        assert send(f"{url}/v1/models", authorization=key).status == status
        for each in connections:
            each.close()
        until(lambda: send(f"{url}/v1/models", authorization=key).status == 200)
        another = lambda: send(f"{url}/v1/{path}", "POST", body | {"stream": False}, authorization=key).status  # noqa: E731
        if what == "a run":
            assert another() == status
        silent.set()
        until(lambda: another() == 200)


def begun(url: str, path: str, body: Any, key: str) -> http.client.HTTPConnection:
    """A request whose answer is not awaited."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)
    headers = {"authorization": key, "content-type": "application/json"}
    connection.request("POST", f"/v1/{path}", json.dumps(body), headers)
    return connection


@pytest.mark.parametrize("chunked", [False, True])
def test_calls_that_are_passed_on_are_limited(upstream: Loopback, chunked: bool) -> None:
    with served(upstream=upstream.url, max_upload_bytes=1000) as url:
        assert (
            send(f"{url}/v1/vector_stores", "POST", {"name": "x" * 500}, chunked, authorization="Bearer a").status
            == 200
        )
        upstream.requests.clear()
        got = send(f"{url}/v1/vector_stores", "POST", {"name": "x" * 5000}, chunked, authorization="Bearer a")
        assert (got.status, got.error["message"]) == (
            413,
            "The request body is too large: at most 1000 bytes are accepted.",
        )
        assert upstream.requests == []


def test_the_size_of_a_head_is_limited(upstream: Loopback) -> None:
    with served(upstream=upstream.url, max_header_bytes=4000) as url:
        assert send(f"{url}/v1/assistants", x_long="x" * 3000).status == 200
        assert send(f"{url}/v1/assistants", x_long="x" * 9000).status == 431


def test_only_calls_of_the_list_are_passed_on(upstream: Loopback) -> None:
    with served(upstream=upstream.url, pass_on="GET models*, POST embeddings, files*") as url:
        allowed = [
            ("GET", "models"),
            ("GET", "models/x"),
            ("POST", "embeddings"),
            ("GET", "files/a"),
            ("DELETE", "files/a"),
        ]
        for method, path in allowed:
            send(f"{url}/v1/{path}", method, authorization="Bearer a")
        assert [(each.method, each.path) for each in upstream.requests] == [
            (how, f"/v1/{path}") for how, path in allowed
        ]
        for method, path in (("DELETE", "models/x"), ("GET", "embeddings"), ("POST", "responses"), ("GET", "")):
            got = send(f"{url}/v1/{path}", method, authorization="Bearer a")
            assert (got.status, got.error["code"]) == (404, "not_passed_on")
        assert len(upstream.requests) == len(allowed)
        assert send(f"{url}/v1/assistants").status == 200


def test_no_call_is_passed_on_with_an_empty_list(upstream: Loopback) -> None:
    with served(upstream=upstream.url, pass_on="") as url:
        assert send(f"{url}/v1/models").status == 404
        assert upstream.requests == []


def test_https(upstream: Loopback, tmp_path: Path) -> None:
    """With certificate files; the printed address is the address of the server."""
    import http.client

    from shim.server.run import Tls
    from tests.server.certificate import certificate

    files = certificate(tmp_path)
    with served(upstream=upstream.url, tls=Tls(*map(str, files))) as url:
        trust = ssl.create_default_context(cafile=str(files[0]))
        connection = http.client.HTTPSConnection(
            "127.0.0.1", int(url.rpartition(":")[2]), context=trust, timeout=PATIENCE
        )
        connection.request("GET", "/v1/assistants")
        answer = connection.getresponse()
        assert (answer.status, json.loads(answer.read())["object"]) == (200, "list")
        connection.close()
