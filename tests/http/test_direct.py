"""The server's own HTTP behind the SDK's client, against upstreams of every kind."""

import asyncio
import gzip
import ssl
import threading
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openai
import pytest
import uvloop

from shim.http import direct
from shim.http.guard import http
from shim.http.pace import Pace
from shim.upstream import waiting
from shim.upstream.colours import AWAITED, BODY
from tests.http.raw import OK, Upstream, client, request, upstream
from tests.server.certificate import certificate


def ways_of(network: Any) -> direct.OriginPool:
    """The `OriginPool` object, which has the connections to the client's only upstream."""
    (found,) = network._transport._pools.values()
    assert isinstance(found, direct.OriginPool)
    return found


async def test_consecutive_exchanges_use_one_connection() -> None:
    server = Upstream()
    async with upstream(server.serve) as (network, url):
        for _ in range(3):
            assert (await network.post(url + "/x?y=z", json={"a": 1})).json() == {}
    assert server.connections == 1
    assert server.seen[2].startswith(b"POST /x?y=z HTTP/1.1\r\nHost: 127.0.0.1:")
    assert server.seen[2].endswith(b'\r\n\r\n{"a":1}')


async def test_the_sdk_retries_when_an_idle_connection_was_closed() -> None:
    """The upstream closes the connection after the client has checked it and before the request arrives; no check can
    detect that.
    """
    server = Upstream(OK, None, OK)
    async with upstream(server.serve) as (network, url):
        sdk = openai.AsyncOpenAI(api_key="key", base_url=url, http_client=network, max_retries=1)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(openai.AsyncOpenAI, "_calculate_retry_timeout", lambda *_: 0.0)
            for _ in range(2):
                assert await sdk.post("/x", cast_to=object, body={}) == {}
    assert len(server.seen) == 3


async def test_an_idle_connection_that_was_closed_is_not_used() -> None:
    server = Upstream()
    async with upstream(server.serve) as (network, url):
        await network.get(url)
        (writer,) = server.open
        writer.close()
        await writer.wait_closed()
        await network.get(url)
    assert server.connections == 2


async def test_an_idle_connection_expires() -> None:
    server = Upstream()
    async with upstream(server.serve) as (network, url):
        await network.get(url)
        ways = ways_of(network)
        ways._limits = ways._limits._replace(expiry=-1.0)
        await network.get(url)
    assert server.connections == 2


async def test_a_connection_that_the_server_closes_is_not_used_again() -> None:
    server = Upstream(OK.replace(b"content-type", b"connection: close\r\nx"), OK)
    async with upstream(server.serve) as (network, url):
        await network.get(url)
        await network.get(url)
    assert server.connections == 2


async def test_the_connection_of_an_answer_that_is_not_fully_read_is_closed() -> None:
    server = Upstream(OK.replace(b": 2", b": 5"), OK)
    async with upstream(server.serve) as (network, url):
        async with network.stream("GET", url) as response:
            assert await anext(response.aiter_raw()) == b"{}"
        await network.get(url)
    assert server.connections == 2


async def test_a_body_is_read_without_the_layers_of_the_http_library() -> None:
    server = Upstream(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n")
    async with upstream(server.serve) as (network, url), network.stream("GET", url) as response:
        chunks = AWAITED.chunks(response)
        assert chunks is response.extensions[BODY]
        assert b"".join([chunk async for chunk in chunks]) == b"hello"
        await chunks.aclose()
        assert [chunk async for chunk in chunks] == []
        assert response.http_version == "HTTP/1.1"


async def test_a_compressed_body_is_read_through_the_http_library() -> None:
    packed = gzip.compress(b"hello")
    head = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(packed)
    server = Upstream(head + packed)
    async with upstream(server.serve) as (network, url), network.stream("GET", url) as response:
        assert b"".join([chunk async for chunk in AWAITED.chunks(response)]) == b"hello"


async def test_redirects_are_followed_by_the_client() -> None:
    server = Upstream(b"HTTP/1.1 302 Found\r\nlocation: /there\r\ncontent-length: 0\r\n\r\n", OK)
    async with upstream(server.serve) as (network, url):
        assert (await network.get(url, follow_redirects=True)).url.path == "/there"


async def _pieces(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def test_a_body_of_unknown_length() -> None:
    server = Upstream()
    async with upstream(server.serve) as (network, url):
        await network.post(url, content=_pieces(b"he", b"", b"llo"))
        await network.post(url, content=_pieces())
    assert server.seen[0].endswith(b"\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n")
    assert server.seen[1].endswith(b"\r\n\r\n0\r\n\r\n")
    assert server.connections == 1


@pytest.mark.parametrize("length", ["4", "6"])
async def test_a_body_of_another_length_than_announced(length: str) -> None:
    server = Upstream()
    async with upstream(server.serve) as (network, url):
        with pytest.raises(http.LocalProtocolError):
            await network.post(url, content=_pieces(b"hello"), headers={"content-length": length})
        await network.get(url)
    # No other request follows an incomplete one on the same connection.
    assert [seen.split()[0] for seen in server.seen][-1:] == [b"GET"]
    assert server.connections == 2


@pytest.mark.parametrize(
    "headers",
    [
        [(b"authorization", b"Bearer secret\r\nx: y")],
        [(b"x", b"secret\0")],
        [(b"x y", b"secret")],
        [(b"content-length", b"5"), (b"transfer-encoding", b"chunked")],
        [(b"content-length", b"5"), (b"content-length", b"5")],
    ],
)
async def test_a_request_that_could_be_parsed_as_two_is_not_sent(headers: list[tuple[bytes, bytes]]) -> None:
    request = http.Request("POST", "http://127.0.0.1:1/", headers=headers)
    with pytest.raises(http.LocalProtocolError) as caught:
        direct._head(request)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("target", [b"/a b", b"/a\r\nx: y", b"/\xff", b""])
def test_a_target_contains_no_space(target: bytes) -> None:
    url, headers = SimpleNamespace(raw_path=target), SimpleNamespace(raw=[])
    with pytest.raises(http.LocalProtocolError):
        direct._head(SimpleNamespace(method="GET", url=url, headers=headers))


def test_requests_from_the_servers_own_event_loop() -> None:
    """The answer's connection is closed there, too, although its socket cannot be shut down by its file descriptor."""
    first_chunk_read = threading.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request(reader)
        writer.write(OK.replace(b": 2", b": 5"))
        await reader.read()
        writer.close()

    async def main() -> None:
        async with upstream(serve) as (network, url), network.stream("GET", url) as response:
            cut = threading.Thread(target=lambda: first_chunk_read.wait(5) and waiting.shut(response))
            cut.start()
            chunks = response.aiter_raw()
            assert await anext(chunks) == b"{}"
            first_chunk_read.set()
            with pytest.raises(http.ReadError):
                await anext(chunks)
            cut.join()

    with closing(uvloop.new_event_loop()) as loop:
        loop.run_until_complete(main())


async def test_a_head_request_uses_the_library_transport() -> None:
    server = Upstream(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n")
    async with upstream(server.serve) as (network, url):
        response = await network.head(url)
        assert BODY not in response.extensions
    assert response.headers["content-length"] == "5"


@pytest.mark.parametrize(
    "options",
    [
        {"transport": http.MockTransport(lambda _: None)},
        {"transport": http.AsyncHTTPTransport(uds="/nowhere")},
        {"transport": http.AsyncHTTPTransport(proxy="http://127.0.0.1:1")},
        {"transport": http.AsyncHTTPTransport(local_address="127.0.0.1")},
    ],
)
async def test_a_custom_transport_stays(options: dict[str, Any]) -> None:
    async with http.AsyncClient(**options) as network:
        direct.put_in_place(network, Pace(0.0))
        assert network._transport is options["transport"]


async def test_a_proxy_of_the_environment_is_still_used(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Upstream()
    async with upstream(server.serve) as (_, url):
        monkeypatch.setenv("HTTP_PROXY", url)
        async with client() as network:
            await network.get("http://elsewhere.test/x")
    assert server.seen[0].startswith(b"GET http://elsewhere.test/x HTTP/1.1")


async def test_nothing_listens_at_the_address() -> None:
    async with upstream(Upstream().serve) as (_, url):
        pass
    async with client() as network:
        with pytest.raises(http.ConnectError):
            await network.get(url)


async def test_a_connection_that_is_not_established(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(host: str, port: int) -> Any:
        await asyncio.get_running_loop().create_future()

    monkeypatch.setattr(direct.addresses, "connected", never)
    async with client() as network:
        with pytest.raises(http.ConnectTimeout):
            await network.get("http://127.0.0.1:1", timeout=0.01)
        assert ways_of(network)._opening == 0


async def test_a_silent_upstream() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with upstream(serve) as (network, url):
        with pytest.raises(http.ReadTimeout):
            await network.get(url, timeout=0.05)
        assert not ways_of(network)._open


async def test_no_more_connections_than_allowed() -> None:
    server = Upstream(OK.replace(b": 2", b": 5"), OK, OK)
    async with upstream(server.serve) as (_, url), client(limits=http.Limits(max_connections=1)) as network:
        async with network.stream("GET", url):
            with pytest.raises(http.PoolTimeout):
                await network.get(url, timeout=http.Timeout(5, pool=0.01))
            waiting = [asyncio.ensure_future(network.get(url)) for _ in range(3)]
            await asyncio.sleep(0)
            waiting[0].cancel()
        assert [(await each).json() for each in waiting[1:]] == [{}, {}]
        assert waiting[0].cancelled()
        assert not ways_of(network)._queue


async def test_no_more_idle_connections_than_allowed() -> None:
    server = Upstream()
    async with upstream(server.serve) as (_, url), client(limits=http.Limits(max_keepalive_connections=0)) as network:
        await network.get(url)
        await network.get(url)
    assert server.connections == 2


async def test_a_request_that_is_cancelled_leaves_nothing() -> None:
    request_received = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request(reader)
        request_received.set()
        await reader.read()
        writer.close()

    async with upstream(serve) as (network, url):
        asking = asyncio.ensure_future(network.get(url))
        await request_received.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert not ways_of(network)._open


async def test_a_connection_of_another_loop_is_dropped_as_it_is() -> None:
    """It cannot be closed: its event loop may be closed."""
    server = Upstream()
    async with upstream(server.serve) as (network, url):
        await network.get(url)
        (connection,) = ways_of(network)._open
        usual, connection.loop = connection.loop, asyncio.new_event_loop()
        connection.loop.close()
        await network.get(url)
        assert connection not in ways_of(network)._open
        connection.loop = usual
        connection.abort()
    assert server.connections == 2


async def test_tls_with_a_certificate_that_is_known_and_one_that_is_not(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(cert, key)
    trusting = ssl.create_default_context(cafile=str(cert))
    server = Upstream()
    async with upstream(server.serve, ssl=serving) as (strange, url):
        with pytest.raises(http.ConnectError, match="certificate verify failed"):
            await strange.get(url)
        async with client(verify=trusting) as network:
            for _ in range(2):
                assert (await network.get(url)).json() == {}
    assert server.connections == 1
