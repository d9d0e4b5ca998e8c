"""Generated requests, and bytes that are not HTTP requests, cause no server error, on either store."""

import json
import socket
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from shim.engine.api.routes import ROUTES
from tests.scenarios.hostile.conftest import Target, alive, assistant, thread, waiting
from tests.scenarios.hostile.description import STRANGE, described
from tests.server.sending import send
from tests.server.served import PATIENCE

pytestmark = pytest.mark.slow

#: The same requests in each test run.  Failing examples are not minimised: the message shows the failing request.
FUZZING = settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
#: Requests that the model accepts, and requests that it refuses.
MODES = {"allowed": GenerationMode.POSITIVE, "wrong": GenerationMode.NEGATIVE}
#: Requests that change or delete an object: each one gets an object of its own.
CHANGING: dict[tuple[str, str], Callable[[str], dict[str, str]]] = {
    ("POST", "assistants/{assistant_id}"): assistant,
    ("POST", "threads/{thread_id}/runs"): thread,
    ("POST", "threads/{thread_id}/runs/{run_id}/cancel"): waiting,
    ("POST", "threads/{thread_id}/runs/{run_id}/submit_tool_outputs"): waiting,
    ("DELETE", "assistants/{assistant_id}"): assistant,
    ("DELETE", "threads/{thread_id}"): thread,
    ("DELETE", "threads/{thread_id}/messages/{message_id}"): thread,
}
#: Routes for objects that do not exist here, and the route whose call ids cannot be generated.
NEVER, CALLED = ("files/", "vector_stores/"), "submit_tool_outputs"
#: Each path parameter, by route.
IDS = [(method, path, part[1:-1]) for method, path in ROUTES for part in path.split("/") if part.startswith("{")]


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    with requests.Session() as found:
        found.trust_env = False
        yield found


@pytest.fixture(scope="module")
def routes(target: Target) -> Any:
    return schemathesis.openapi.from_dict(described(target.known))


def answered(status: int, body: bytes) -> None:
    """No server error, and each error has the API's error body."""
    assert status < 500, body[:500]
    if status >= 400:
        assert set(json.loads(body)["error"]) == {"message", "type", "param", "code"}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("method,path", ROUTES, ids=[f"{method} {path}" for method, path in ROUTES])
def test_no_request_causes_a_server_error(
    target: Target, session: requests.Session, routes: Any, method: str, path: str, mode: str
) -> None:
    operation = routes[f"/v1/{path}"][method]
    sent = []

    @FUZZING
    @given(case=operation.as_strategy(generation_mode=MODES[mode]))
    def sends(case: Any) -> None:
        if mode == "allowed" and (method, path) in CHANGING:
            made = CHANGING[method, path](target.url)
            case.path_parameters.update({name: made[name] for name in case.path_parameters})
        got = case.call(base_url=target.url, session=session, timeout=PATIENCE, allow_redirects=False)
        sent.append(got.status_code)
        answered(got.status_code, got.content)

    sends()
    # Some of the valid requests succeed.
    assert 200 in sent or mode == "wrong" or path.startswith(NEVER) or path.endswith(CALLED)
    alive(target)


@pytest.mark.parametrize("id", STRANGE, ids=[ascii(each)[:20] for each in STRANGE])
def test_no_id_causes_a_server_error(target: Target, id: str) -> None:
    """Each strange id in each path parameter, in each cursor, and in each body that contains an id."""
    quoted = "".join(f"%{byte:02X}" for byte in id.encode())
    for method, path, odd in IDS:
        there = {name: target.known.get(name, "cfile_1") for _, where, name in IDS if where == path} | {odd: quoted}
        got = send(f"{target.url}/v1/{path.format(**there)}", method, {} if method == "POST" else None)
        assert 400 <= got.status < 500, (method, path, odd)
        answered(got.status, got.body)
    thread = f"{target.url}/v1/threads/{target.known['thread_id']}"
    for name in ("after", "before", "run_id"):
        got = send(f"{thread}/messages?{name}={quoted}")
        answered(got.status, got.body)
    got = send(f"{thread}/runs", "POST", {"assistant_id": id})
    assert 400 <= got.status < 500
    searching = {"tool_resources": {"file_search": {"vector_store_ids": [id]}}}
    attached = [{"file_id": id, "tools": [{"type": "file_search"}]}]
    made = send(f"{target.url}/v1/threads", "POST", searching)
    answered(made.status, made.body)
    there = made.json.get("id", target.known["thread_id"])
    message = {"role": "user", "content": "Hi", "attachments": attached}
    got = send(f"{target.url}/v1/threads/{there}/messages", "POST", message)
    assert 400 <= got.status < 500
    answered(got.status, got.body)
    alive(target)


HOST = b"host: localhost\r\n"
#: Bytes that are invalid or unusual in HTTP.
MALFORMED = {
    "no line": b"\r\n\r\n",
    "no version": b"GET /v1/threads\r\n\r\n",
    "version 9": b"GET /v1/threads HTTP/9.9\r\n" + HOST + b"\r\n",
    "no host": b"GET /v1/assistants HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /v1/assistants HTTP/1.1\r\n" + HOST + HOST + b"\r\n",
    "odd host": b"GET /nowhere HTTP/1.1\r\nhost: [\r\n\r\n",
    "a tls hello": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
    "http 2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "zeros": bytes(1000),
    "a long line": b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n",
    "a long header": b"GET /v1/assistants HTTP/1.1\r\n" + HOST + b"x: " + b"a" * 200_000 + b"\r\n\r\n",
    "many headers": b"GET /v1/assistants HTTP/1.1\r\n" + HOST + b"x: y\r\n" * 5_000 + b"\r\n",
    "a bad header": b"GET /v1/assistants HTTP/1.1\r\n" + HOST + b"x\x00y: z\r\n\r\n",
    "a folded header": b"GET /v1/assistants HTTP/1.1\r\n" + HOST + b"x: y\r\n z\r\n\r\n",
    "a negative length": b"POST /v1/threads HTTP/1.1\r\n" + HOST + b"content-length: -1\r\n\r\n",
    "a huge length": b"POST /v1/threads HTTP/1.1\r\n" + HOST + b"content-length: " + b"9" * 19 + b"\r\n\r\n",
    "a longer length": b"POST /v1/threads HTTP/1.1\r\n" + HOST + b"content-length: " + b"9" * 500 + b"\r\n\r\n",
    "two lengths": b"POST /v1/threads HTTP/1.1\r\n" + HOST + b"content-length: 1\r\ncontent-length: 2\r\n\r\nab",
    "a bad chunk": b"POST /v1/threads HTTP/1.1\r\n" + HOST + b"transfer-encoding: chunked\r\n\r\nzz\r\n\r\n",
    "an odd coding": b"POST /v1/threads HTTP/1.1\r\n" + HOST + b"transfer-encoding: gzip\r\n\r\n",
    "both": b"POST /v1/threads HTTP/1.1\r\n"
    + HOST
    + b"content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "an upgrade": b"GET /v1/assistants HTTP/1.1\r\n" + HOST + b"connection: upgrade\r\nupgrade: websocket\r\n\r\n",
    "an absolute target": b"GET http://example.com/v1/threads HTTP/1.1\r\n" + HOST + b"\r\n",
    "a star": b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n",
    "a bad escape": b"GET /v1/threads/%zz%f HTTP/1.1\r\n" + HOST + b"\r\n",
    "no utf-8": b"GET /v1/threads/%ff%fe HTTP/1.1\r\n" + HOST + b"\r\n",
    "an odd query": b"GET /v1/assistants?limit=%00&after=%ff&&&=& HTTP/1.1\r\n" + HOST + b"\r\n",
    "no json": b"POST /v1/threads HTTP/1.1\r\n" + HOST + b"content-length: 3\r\n\r\n\xff\xfe\x00",
    "deep json": b"POST /v1/threads HTTP/1.1\r\n" + HOST + b"content-length: 90000\r\n\r\n" + b"[" * 90_000,
    "a long key": b"POST /v1/threads HTTP/1.1\r\n" + HOST + b"idempotency-key: " + b"k" * 50_000 + b"\r\n\r\n",
    "pipelined": (b"GET /v1/assistants HTTP/1.1\r\n" + HOST + b"\r\n") * 20,
}


@pytest.mark.parametrize("name", MALFORMED)
def test_no_bytes_cause_a_server_error(target: Target, name: str) -> None:
    parts = urlsplit(target.url)
    with socket.create_connection((str(parts.hostname), parts.port or 0), timeout=PATIENCE) as connection:
        heard = b""
        try:
            connection.sendall(MALFORMED[name])
            connection.shutdown(socket.SHUT_WR)
            while chunk := connection.recv(65_536):
                heard += chunk
        except TimeoutError:
            pytest.fail("the caller was left waiting")
        except OSError:
            # The server may close the connection without reading the whole of a refused request.
            pass
    statuses = [line.split()[1] for line in heard.split(b"\r\n") if line.startswith(b"HTTP/1.")]
    assert all(status < b"500" for status in statuses), heard[:500]
    alive(target)
