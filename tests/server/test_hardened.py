"""Malicious requests, and callers that send or read too slowly."""

import http.client
import json
import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import pytest

from shim.server.paths import climbs, target
from tests.scenarios.doors.loopback import Loopback, Reply, Request
from tests.server.sending import send
from tests.server.served import PATIENCE, served

SHORT = 0.3
CONNECTIONS = 5
#: Paths that lead out of the API's root when they are resolved; and below, paths that only resemble them.
CLIMBING = [
    "/v1/../../admin",
    "/v1/..",
    "/v1/./models",
    "/v1/models/../../admin",
    "/v1/%2e%2e/admin",
    "/v1/.%2E/admin",
    "/v1/%252e%252e/admin",
    "/v1/%25252e%25252e%2fadmin",
    "/v1/..%2fadmin",
    "/v1/a%2f..%2f..%2fadmin",
    "/v1/..%5cadmin",
    "/v1/..\\admin",
    "/v1/..;a=b/admin",
    "/v1/%2e%2e%3b/admin",
    "/v1/threads/../models",
    "/openai/deployments/../models",
    "/v1/%" + "25" * 30 + "2e%2e/admin",
]
STAYING = ["/v1/files/..a", "/v1/files/a..b", "/v1/files/...", "/v1/files/a%2fb", "/v1/models/gpt-4.1", "/v1/a%25b"]
#: Escapes of bytes that are not ASCII; some of them are UTF-8.
STAYING += [f"/v1/{name}" for name in ("%F0%9F%98%80", "%ff", "%25ff", "a%C3%A9.b", "\xff", "%c0%ae%c0%ae/a")]


@pytest.fixture(scope="module")
def server(loopback: Loopback, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    database = tmp_path_factory.mktemp("hardened") / "shim.db"
    chosen: dict[str, Any] = {"upstream": loopback.url, "database_url": f"sqlite:///{database}"}
    with served(**chosen, request_timeout=SHORT, max_connections=CONNECTIONS) as url:
        yield url


def raw(url: str, request: bytes, patience: float = PATIENCE) -> bytes:
    """The bytes that the server sends until it closes the connection."""
    parts = urlsplit(url)
    with socket.create_connection((str(parts.hostname), parts.port or 0), timeout=patience) as connection:
        connection.sendall(request)
        received = b""
        while chunk := connection.recv(65_536):
            received += chunk
        return received


@pytest.mark.parametrize("path", CLIMBING)
def test_no_path_leads_out_of_the_api(url: str, loopback: Loopback, path: str) -> None:
    assert climbs(path)
    got = send(f"{url}{path}")
    assert (got.status, got.error["code"]) == (404, "unknown_url")
    assert loopback.requests == []


@pytest.mark.parametrize("path", STAYING)
def test_dots_within_a_name_are_allowed(path: str) -> None:
    assert target(path) is not None


@pytest.mark.parametrize("method", ["TRACE", "PUT", "PATCH", "PROPFIND", "LINK"])
def test_a_method_that_the_api_does_not_have_is_not_passed_on(url: str, loopback: Loopback, method: str) -> None:
    got = send(f"{url}/v1/models", method)
    assert (got.status, got.error["type"]) == (405, "invalid_request_error")
    assert loopback.requests == []


def test_a_method_that_http_does_not_have_is_refused(url: str, loopback: Loopback) -> None:
    response = raw(url, b"X /v1/models HTTP/1.1\r\nhost: localhost\r\n\r\n")
    assert response.startswith(b"HTTP/1.1 400 ")
    assert loopback.requests == []


@pytest.mark.parametrize("name", ["one line", "many lines", "the path"])
def test_a_head_that_is_too_long_is_refused(url: str, loopback: Loopback, name: str) -> None:
    heads = {
        "one line": b"GET /v1/models HTTP/1.1\r\nx-long: " + b"x" * 200_000,
        "many lines": b"GET /v1/models HTTP/1.1\r\n" + b"x-short: y\r\n" * 20_000,
        "the path": b"GET /v1/models?" + b"x" * 200_000,
    }
    response = b"HTTP/1.1 431 "
    # A client that is still sending may lose the connection before it has read the refusal.
    with suppress(ConnectionError):
        response = raw(url, heads[name])
    assert response.startswith(b"HTTP/1.1 431 ")
    assert send(f"{url}/v1/assistants").status == 200


@pytest.mark.parametrize("target", ["/v1/models", "example.com:443"])
def test_connect_is_refused(url: str, loopback: Loopback, target: str) -> None:
    response = raw(url, f"CONNECT {target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n".encode())
    assert response.split()[1] in (b"400", b"404", b"405")
    assert loopback.requests == []


class TestCookies:
    """A cookie that upstream sets for one caller is never sent with requests of another."""

    def test_cookies_of_calls_that_are_passed_on(self, url: str, loopback: Loopback) -> None:
        loopback.answer = lambda request: Reply.json({}, set_cookie="sid=first; Path=/")
        assert send(f"{url}/v1/models").header("set-cookie") == "sid=first; Path=/"
        send(f"{url}/v1/models")
        send(f"{url}/v1/models", cookie="sid=mine")
        assert [request.header("cookie") for request in loopback.requests] == [None, None, "sid=mine"]

    def test_cookies_of_runs(self, url: str, loopback: Loopback) -> None:
        def answer(request: Request) -> Reply:
            usual = loopback.usual(request)
            return Reply(
                usual.status, (*usual.headers, ("set-cookie", f"sid={secrets.token_hex(4)}; Path=/")), usual.body
            )

        loopback.answer = answer
        made = send(f"{url}/v1/assistants", "POST", {"model": "gpt-4o"}, authorization="Bearer a").json
        body = {"assistant_id": made["id"], "thread": {"messages": [{"role": "user", "content": "Hello"}]}}
        for key in ("a", "b"):
            ran = send(f"{url}/v1/threads/runs", "POST", body | {"stream": True}, authorization=f"Bearer {key}")
            assert b"thread.run.completed" in ran.body
            send(f"{url}/v1/models", authorization=f"Bearer {key}")
        assert len(loopback.requests) == 4
        assert [request.header("cookie") for request in loopback.requests] == [None] * 4


@pytest.mark.parametrize("name", ["authorization", "api-key", "openai-project", "x-anything", "openai-organization"])
@pytest.mark.parametrize("path", ["/v1/models", "/v1/assistants", "/v1/threads/runs"])
def test_a_header_that_no_library_sends_is_refused(url: str, loopback: Loopback, name: str, path: str) -> None:
    head = (
        f"POST {path} HTTP/1.1\r\nhost: localhost\r\n{name}: Bearer ключ\r\ncontent-length: 0\r\nconnection: close\r\n"
    )
    response = raw(url, head.encode() + b"\r\n")
    assert response.startswith(b"HTTP/1.1 400 ")
    assert json.loads(response.partition(b"\r\n\r\n")[2])["error"]["code"] == "invalid_header"
    assert loopback.requests == []


@pytest.mark.parametrize("path", ["/v1/models", "/v1/assistants"])
def test_a_body_with_two_lengths_is_refused(url: str, loopback: Loopback, path: str) -> None:
    """Two servers in a row might each use a different one of the two lengths."""
    head = f"POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n"
    response = raw(url, head.encode() + b"0\r\n\r\n")
    assert response.startswith(b"HTTP/1.1 400 ")
    assert loopback.requests == []


@pytest.mark.parametrize("count", ["9" * 5_000, "9" * 40, str(2**63), str(2**31), "-1", "1e5", "", "1", "²", "٣"])
def test_no_value_of_the_retry_count_header_is_a_failure(url: str, count: str) -> None:
    """Digits that are not ASCII are refused, as they are in every header; Python's `int` takes some of them."""
    thread = send(f"{url}/v1/threads", "POST", {}).json["id"]
    body = json.dumps({"role": "user", "content": "Hello"})
    head = f"POST /v1/threads/{thread}/messages HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n"
    head += f"content-type: application/json\r\ncontent-length: {len(body)}\r\nx-stainless-retry-count: {count}\r\n"
    answer = raw(url, f"{head}\r\n{body}".encode())
    assert answer.startswith(b"HTTP/1.1 200 " if count.isascii() else b"HTTP/1.1 400 ")


HALVES = {
    "nothing": b"",
    "half a line": b"POST /v1/assi",
    "half a head": b"POST /v1/assistants HTTP/1.1\r\nhost: localhost\r\n",
    "half a body": b"POST /v1/assistants HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\n{",
    "half a chunk": b"POST /v1/assistants HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n9\r\n{",
    "half a body to pass on": b"POST /v1/files HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\n{",
}


@pytest.mark.parametrize("half", HALVES)
def test_an_incomplete_request_times_out(url: str, half: str) -> None:
    began = time.monotonic()
    response = raw(url, HALVES[half])
    assert time.monotonic() - began >= SHORT * 0.9
    assert response.split()[1:2] in ([], [b"408"])
    assert send(f"{url}/v1/assistants").status == 200


def test_a_head_that_arrives_very_slowly_times_out(url: str) -> None:
    parts = urlsplit(url)
    with socket.create_connection((str(parts.hostname), parts.port or 0), timeout=PATIENCE) as connection:
        began = time.monotonic()
        connection.sendall(b"GET /v1/assistants HTTP/1.1\r\n")
        connection.settimeout(SHORT / 10)
        while time.monotonic() - began < SHORT * 20:
            try:
                connection.sendall(b"x: y\r\n")
                if connection.recv(100) == b"":
                    break
            except TimeoutError:
                continue
            except OSError:
                break
        assert time.monotonic() - began < SHORT * 20


def test_a_connection_that_waits_for_its_next_request_stays_open(url: str) -> None:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)
    for _ in range(2):
        connection.request("GET", "/v1/assistants")
        answer = connection.getresponse()
        assert (answer.status, bool(answer.read())) == (200, True)
        time.sleep(SHORT * 1.5)
    connection.close()


def test_the_number_of_connections_is_limited(url: str) -> None:
    parts = urlsplit(url)
    held = [socket.create_connection((str(parts.hostname), parts.port or 0)) for _ in range(CONNECTIONS)]
    try:
        assert send(f"{url}/v1/assistants").status == 503
    finally:
        for each in held:
            each.close()
    deadline = time.monotonic() + PATIENCE
    while send(f"{url}/v1/assistants").status != 200:
        assert time.monotonic() < deadline
