"""Calls of other APIs are passed on unchanged: bytes, headers and statuses, in both directions, as they arrive."""

import gzip
import http.client
import json
import logging
import random
import secrets
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import openai
import pytest

from tests.scenarios.doors.loopback import Gate, Loopback, Reply, Request
from tests.server.sending import send
from tests.server.served import PATIENCE, served, until

#: Headers that belong to the connection with the server or to its route, and are not passed on.
NOT_ON = {
    "connection": "keep-alive, x-named",
    "keep-alive": "timeout=5",
    "te": "trailers",
    "x-named": "only here",
    "proxy-authorization": "Basic x",
    "x-forwarded-for": "10.1.1.1",
    "origin": "http://localhost",
    "sec-fetch-mode": "cors",
}


@pytest.fixture(scope="module")
def server(loopback: Loopback, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    database = tmp_path_factory.mktemp("passage") / "shim.db"
    with served(upstream=loopback.url, database_url=f"sqlite:///{database}") as url:
        yield url


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_path_headers_and_body_are_passed_on(url: str, loopback: Loopback, method: str) -> None:
    value, body = secrets.token_hex(8), random.randbytes(5_000)
    reply = Reply(
        207, (("content-type", "x/y"), ("x-word", value), ("set-cookie", "a=1"), ("set-cookie", "b=2")), (body,)
    )
    loopback.answer = lambda request: reply
    sent = None if method in ("GET", "DELETE") else body[::-1]
    got = send(f"{url}/v1/any/where%2Fa%20b?q={value}&q=2&empty", method, sent, x_mine=value, content_type="x/z")
    (request,) = loopback.requests
    assert (request.method, request.path, request.body) == (
        method,
        f"/v1/any/where%2Fa%20b?q={value}&q=2&empty",
        sent or b"",
    )
    assert (request.header("x-mine"), request.header("content-type")) == (value, "x/z")
    assert request.header("host") == loopback.host
    assert (got.status, got.body, got.header("x-word")) == (207, body, value)
    assert [value for name, value in got.headers if name == "set-cookie"] == ["a=1", "b=2"]


def test_headers_of_the_connection_are_not_passed_on(url: str, loopback: Loopback) -> None:
    gone = (("connection", "x-theirs"), ("x-theirs", "1"), ("keep-alive", "timeout=9"), ("x-stays", "1"))
    loopback.answer = lambda request: Reply(200, gone, (b"{}",))
    got = send(f"{url}/v1/models", **{name.replace("-", "_"): value for name, value in NOT_ON.items()}, x_on="1")
    (request,) = loopback.requests
    there = {name.lower(): value for name, value in request.headers}
    assert {name: there[name] for name in NOT_ON if name in there and there[name] == NOT_ON[name]} == {}
    assert there["x-on"] == "1"
    assert got.header("x-stays") == "1"
    assert [name for name in ("x-theirs", "keep-alive") if got.header(name)] == []


def test_a_caller_without_compression_gets_an_uncompressed_answer(url: str, loopback: Loopback) -> None:
    send(f"{url}/v1/models")
    send(f"{url}/v1/models", accept_encoding="gzip")
    assert [request.header("accept-encoding") for request in loopback.requests] == ["identity", "gzip"]


def test_compressed_bytes_are_passed_on_unchanged(url: str, loopback: Loopback) -> None:
    packed = gzip.compress(secrets.token_bytes(400))
    loopback.answer = lambda request: Reply(200, (("content-encoding", "gzip"),), (packed,))
    got = send(f"{url}/v1/models", accept_encoding="gzip")
    assert (got.header("content-encoding"), got.body) == ("gzip", packed)


def test_a_redirect_is_passed_on_to_the_caller(url: str, loopback: Loopback) -> None:
    loopback.answer = lambda request: Reply(302, (("location", "http://127.0.0.1:9/x"),))
    got = send(f"{url}/v1/files/file-1/content")
    assert (got.status, got.header("location"), len(loopback.requests)) == (302, "http://127.0.0.1:9/x", 1)


def test_a_download_is_passed_on_while_it_is_sent(url: str, loopback: Loopback) -> None:
    gate = Gate(1)
    loopback.answer = lambda request: Reply(200, (), gate.through([b"first", b"last"]))
    with urlopen(f"{url}/v1/files/file-1/content", timeout=PATIENCE) as answer:
        assert answer.read(5) == b"first"
        assert not gate.opened.is_set()
        gate.open()
        assert answer.read() == b"last"


def test_an_upload_is_passed_on_while_it_is_received(tmp_path: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        behind = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        seen, rest = threading.Event(), threading.Event()
        received: list[bytes] = []

        def listen() -> None:
            connection, _ = listener.accept()
            with connection:
                _receive_until(connection, received, b"first")
                seen.set()
                rest.wait(PATIENCE)
                _receive_until(connection, received, b"0\r\n\r\n")
                connection.sendall(b"HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\n{}")

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()

        def body() -> Iterator[bytes]:
            yield b"first"
            assert seen.wait(PATIENCE), "nothing arrived before the end of the upload"
            rest.set()
            yield b"last"

        with served(upstream=behind, database_url=f"sqlite:///{tmp_path / 'shim.db'}") as url:
            got = _post(f"{url}/v1/files", body())
        thread.join(PATIENCE)
    assert got == 201
    assert b"transfer-encoding: chunked" in b"".join(received).lower()


def _receive_until(connection: socket.socket, received: list[bytes], end: bytes) -> None:
    while end not in b"".join(received):
        received.append(connection.recv(65_536))
        assert received[-1], "the upload broke off"


def _post(url: str, body: Iterator[bytes]) -> int:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=PATIENCE)
    connection.request("POST", parts.path, body, encode_chunked=True)
    status = connection.getresponse().status
    connection.close()
    return status


def test_a_truncated_answer_is_truncated_for_the_caller(
    url: str, loopback: Loopback, caplog: pytest.LogCaptureFixture
) -> None:
    def body() -> Iterator[bytes]:
        yield b"some"
        raise ConnectionResetError("cut")

    loopback.answer = lambda request: Reply(200, (), body())
    with (
        urlopen(f"{url}/v1/files/file-1/content", timeout=PATIENCE) as answer,
        pytest.raises(http.client.IncompleteRead),
    ):
        answer.read()
    until(lambda: "upstream broke off its answer" in caplog.text)
    assert not [each for each in caplog.records if each.exc_info or each.levelno >= logging.ERROR]


def test_an_upstream_that_cannot_be_reached(tmp_path: Any) -> None:
    with served(upstream="http://127.0.0.1:9/v1", database_url=f"sqlite:///{tmp_path / 'shim.db'}") as url:
        response = send(f"{url}/v1/models")
        assert (response.status, response.error["type"]) == (502, "server_error")
        assert response.error["message"].startswith("The upstream server could not be reached: ")
        assert send(f"{url}/v1/assistants", "POST", {"model": "gpt-4o"}).status == 200


def test_the_polling_interval_is_shorter_than_a_second(url: str, loopback: Loopback) -> None:
    loopback.answer = lambda request: Reply.json({"id": "vs_1"})
    assert send(f"{url}/v1/vector_stores/vs_1").header("openai-poll-after-ms") == "250"
    assert send(f"{url}/v1/vector_stores").header("openai-poll-after-ms") is None
    loopback.answer = lambda request: Reply.json({"id": "vs_1"}, openai_poll_after_ms="7")
    assert send(f"{url}/v1/vector_stores/vs_1").header("openai-poll-after-ms") == "7"


@pytest.mark.sdk("1.66")
def test_responses_are_streamed_through_the_server(url: str, loopback: Loopback) -> None:
    text = secrets.token_hex(8)
    with openai.OpenAI(base_url=f"{url}/v1", api_key="mine", max_retries=0) as client:
        events = list(client.responses.create(model="gpt-4o", input=text, stream=True))
    assert events[-1].type == "response.completed"
    assert text in events[-1].response.output_text
    (request,) = loopback.requests
    assert (json.loads(request.body)["input"], request.header("authorization")) == (text, "Bearer mine")


AZURES = "openai/deployments/our-gpt/chat/completions?api-version=2024-05-01-preview&x=1"


def test_azures_form_of_url_with_another_upstream(url: str, loopback: Loopback) -> None:
    send(f"{url}/{AZURES}", "POST", {"a": "b"}, api_key="mine")
    (request,) = loopback.requests
    assert (request.path, request.json) == ("/v1/chat/completions?x=1", {"a": "b"})
    assert (request.header("authorization"), request.header("api-key")) == ("Bearer mine", None)


def test_azures_form_of_url_with_azure(loopback: Loopback, tmp_path: Any) -> None:
    base = f"http://{loopback.host}/openai/v1"
    options = {"upstream": base, "upstream_profile": "azure", "database_url": f"sqlite:///{tmp_path / 'shim.db'}"}
    loopback.requests.clear()
    with served(**options) as url:
        send(f"{url}/{AZURES}", "POST", {"a": "b"}, api_key="mine")
        send(f"{url}/openai/v1/models", api_key="mine")
        send(f"{url}/v1/models", authorization="Bearer mine")
    seen = [(request.path, request.header("authorization"), request.header("api-key")) for request in loopback.requests]
    assert seen == [
        (f"/{AZURES}", None, "mine"),
        ("/openai/v1/models", None, "mine"),
        ("/openai/v1/models", "Bearer mine", None),
    ]


class TestWhoIsCalling:
    """The caller's own key is sent with all calls made for that caller; the server's key is used for callers without
    one.
    """

    def talk(self, url: str, **headers: str) -> list[int]:
        made = send(f"{url}/v1/assistants", "POST", {"model": "gpt-4o"}, **headers).json
        body = {"assistant_id": made["id"], "thread": {"messages": [{"role": "user", "content": "Hello"}]}}
        run = send(f"{url}/v1/threads/runs", "POST", body | {"stream": True}, **headers)
        assert b"thread.run." in run.body or run.status == 401
        return [run.status, send(f"{url}/v1/models", **headers).status]

    @pytest.fixture
    def keyed(self, monkeypatch: pytest.MonkeyPatch, loopback: Loopback, tmp_path: Any) -> Iterator[str]:
        loopback.requests.clear()
        for name, value in {"API_KEY": "servers", "ORG_ID": "org-servers", "PROJECT_ID": "proj-servers"}.items():
            monkeypatch.setenv(f"OPENAI_{name}", value)
        with served(upstream=loopback.url, database_url=f"sqlite:///{tmp_path / 'shim.db'}") as url:
            yield url

    def sent_keys(self, loopback: Loopback) -> set[tuple[str | None, ...]]:
        names = ("authorization", "api-key", "openai-organization", "openai-project")
        return {tuple(request.header(name) for name in names) for request in loopback.requests}

    def test_the_callers_key_is_used(self, keyed: str, loopback: Loopback) -> None:
        key = f"Bearer {secrets.token_hex(8)}"
        assert self.talk(keyed, authorization=key, openai_project="his") == [200, 200]
        assert self.sent_keys(loopback) == {(key, None, None, "his")}

    def test_the_callers_key_in_azures_header_is_used(self, keyed: str, loopback: Loopback) -> None:
        key = secrets.token_hex(8)
        assert self.talk(keyed, api_key=key) == [200, 200]
        assert self.sent_keys(loopback) == {(f"Bearer {key}", None, None, None)}

    def test_without_a_callers_key_the_servers_key_is_used(self, keyed: str, loopback: Loopback) -> None:
        assert self.talk(keyed, openai_project="his") == [200, 200]
        assert self.sent_keys(loopback) == {("Bearer servers", None, "org-servers", "proj-servers")}

    def test_without_any_key_no_key_is_sent(self, url: str, loopback: Loopback) -> None:
        assert self.talk(url) == [401, 401]
        assert self.sent_keys(loopback) == {(None,) * 4}

    def test_keys_of_concurrent_callers_are_not_mixed(self, url: str, loopback: Loopback) -> None:
        keys = [secrets.token_hex(8) for _ in range(4)]

        def run(key: str) -> str | None:
            with openai.OpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0) as client:
                helper = client.beta.assistants.create(model="gpt-4o")
                thread: Any = {"messages": [{"role": "user", "content": f"essay-20 {key}"}]}
                ran = client.beta.threads.create_and_run_poll(assistant_id=helper.id, thread=thread)
                return ran.status

        with ThreadPoolExecutor(len(keys)) as callers:
            assert list(callers.map(run, keys)) == ["completed"] * len(keys)
        texts = {request.header("authorization"): request.json["input"][0]["content"] for request in loopback.requests}
        assert set(texts) == {f"Bearer {key}" for key in keys}
        assert all(key.removeprefix("Bearer ") in str(content) for key, content in texts.items() if key)

    def test_an_upstream_that_needs_no_key_is_used_without_one(self, url: str, loopback: Loopback) -> None:
        def answer(request: Request) -> Reply:
            known = (*request.headers, ("authorization", "Bearer any"))
            return loopback.usual(Request(request.method, request.path, known, request.body))

        loopback.answer = answer
        assert self.talk(url) == [200, 200]
