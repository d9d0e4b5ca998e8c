"""Valid and invalid bytes of an upstream, split at every position: how an answer is read, and that no connection is
used again after an answer that was not fully understood.
"""

import asyncio
import socket
import time
from typing import Any

import pytest

from shim.http.connection import FULL, LONGEST, Connection
from shim.http.guard import http
from shim.http.network_stream import NetworkStream
from shim.http.pace import Pace

#: That of a process which is never busy.
UNHURRIED = Pace(0.0)


class Held:
    """A transport that sends no bytes."""

    def __init__(self) -> None:
        self.sent, self.closing, self.reading = b"", False, True

    def write(self, data: bytes) -> None:
        self.sent += data

    def is_closing(self) -> bool:
        return self.closing

    def abort(self) -> None:
        self.closing = True

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def get_extra_info(self, name: str) -> Any:
        return name if name == "peername" else None


def opened(pace: Pace = UNHURRIED) -> tuple[Connection, Held]:
    connection, held = Connection(asyncio.get_running_loop(), lambda _: None, pace), Held()
    connection.connection_made(held)  # type: ignore[arg-type]
    connection.begin()
    connection.written()
    return connection, held


async def read_answer(connection: Connection) -> tuple[int, bytes]:
    status, _, _ = await connection.answered(5)
    body = b""
    while (piece := await connection.read(5)) is not None:
        body += piece
    return status, body


PLAIN = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nx: a\r\nx: b\r\n\r\nhello"
CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2;a=b\r\nhe\r\n3\r\nllo\r\n0\r\nx-late: 1\r\n\r\n"
AFTER_HINTS = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" + PLAIN
GOOD = {
    "length": (PLAIN, 200, b"hello", True),
    "chunked": (CHUNKED, 200, b"hello", True),
    "after hints": (AFTER_HINTS, 200, b"hello", True),
    "no content": (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b"", True),
    "not modified": (b"HTTP/1.1 304 Not Modified\r\ncontent-length: 7\r\n\r\n", 304, b"", True),
    "asked to close": (PLAIN.replace(b"x: a", b"connection: close"), 200, b"hello", False),
    "HTTP/1.0": (PLAIN.replace(b"1.1", b"1.0"), 200, b"hello", False),
    "an offer of another protocol": (PLAIN.replace(b"x: a", b"upgrade: h2c"), 200, b"hello", True),
    "an error": (PLAIN.replace(b"200 OK", b"429 "), 429, b"hello", True),
}


@pytest.mark.parametrize("name", GOOD)
async def test_an_answer_split_at_any_position(name: str) -> None:
    data, status, body, again = GOOD[name]
    for cut in range(len(data)):
        connection, _ = opened()
        for part in (data[:cut], data[cut:]):
            if part:
                connection.data_received(part)
        assert await read_answer(connection) == (status, body)
        assert connection.reusable is again


async def test_an_answer_byte_by_byte_keeps_its_headers() -> None:
    connection, _ = opened()
    for byte in PLAIN:
        connection.data_received(bytes([byte]))
    _, reason, headers = await connection.answered(None)
    assert (reason, headers) == (b"OK", [(b"content-length", b"5"), (b"x", b"a"), (b"x", b"b")])
    assert connection.version == b"HTTP/1.1"


async def test_bytes_that_arrive_in_one_turn_of_the_loop_are_one_piece() -> None:
    connection, _ = opened()
    connection.data_received(CHUNKED)
    assert await connection.read(None) == b"hello"


async def test_a_body_that_ends_with_its_connection() -> None:
    connection, _ = opened()
    connection.data_received(b"HTTP/1.1 200 OK\r\n\r\nhel")
    connection.data_received(b"lo")
    connection.eof_received()
    assert await read_answer(connection) == (200, b"hello")
    assert not connection.reusable


#: Bytes that must not be taken for an answer, or for a complete answer.
BAD = {
    "a length and chunks": b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and a length": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n0\r\n\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello!",
    "a signed length": b"HTTP/1.1 200 OK\r\ncontent-length: +5\r\n\r\nhello",
    "another coding": b"HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\nhello",
    "two codings": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
    "a hidden coding": b"HTTP/1.1 200 OK\r\ntransfer-encoding : chunked\r\n\r\n0\r\n\r\n",
    "a size that overflows": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\nhello",
    "a size below zero": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n-5\r\nhello",
    "a folded header": b"HTTP/1.1 200 OK\r\nx: a\r\n b\r\ncontent-length: 0\r\n\r\n",
    "NUL in a header": b"HTTP/1.1 200 OK\r\nx: a\0\r\ncontent-length: 0\r\n\r\n",
    "another protocol": b"HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\nhello",
    "HTTP/2": b"HTTP/2 200 OK\r\n\r\n",
    "no HTTP": b"SSH-2.0-OpenSSH_9.6\r\n",
    "a request": b"GET / HTTP/1.1\r\n\r\n",
    "a head without end": b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * (LONGEST // 6 + 1),
    "hints without end": b"HTTP/1.1 100 Continue\r\n\r\n" * (LONGEST // 25 + 1),
    "a chunk's notes without end": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5;" + b"a" * LONGEST,
    "trailers without end": CHUNKED.removesuffix(b"\r\n") + b"x: y\r\n" * (LONGEST // 3),
}


@pytest.mark.parametrize("name", BAD)
async def test_invalid_answers(name: str) -> None:
    connection, held = opened()
    # In parts, as from a network.
    for start in range(0, len(BAD[name]), 65536):
        connection.data_received(BAD[name][start : start + 65536])
    with pytest.raises(http.RemoteProtocolError):
        await read_answer(connection)
    assert held.closing
    assert not connection.reusable


@pytest.mark.parametrize("data", [PLAIN, CHUNKED], ids=["length", "chunked"])
async def test_an_answer_that_breaks_off_anywhere(data: bytes) -> None:
    for cut in range(len(data)):
        for problem in (None, ConnectionResetError("reset")):
            connection, _ = opened()
            if cut:
                connection.data_received(data[:cut])
            if problem is None:
                connection.eof_received()
            connection.connection_lost(problem)
            with pytest.raises(http.RemoteProtocolError if problem is None else http.ReadError):
                await read_answer(connection)


@pytest.mark.parametrize("more", [b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", b"rubbish"])
async def test_a_connection_with_bytes_after_an_answer_is_not_used_again(more: bytes) -> None:
    for together in (True, False):
        connection, _ = opened()
        for part in (PLAIN + more,) if together else (PLAIN, more):
            connection.data_received(part)
        assert await read_answer(connection) == (200, b"hello")
        assert not connection.reusable


async def test_bytes_on_an_idle_connection_close_it() -> None:
    connection, held = opened()
    connection.data_received(PLAIN)
    await read_answer(connection)
    connection.rest()
    connection.data_received(PLAIN)
    assert held.closing


async def test_a_second_exchange_is_independent_of_the_first() -> None:
    connection, _ = opened()
    connection.data_received(PLAIN)
    await read_answer(connection)
    connection.rest()
    connection.begin()
    connection.written()
    connection.data_received(CHUNKED)
    assert await read_answer(connection) == (200, b"hello")
    assert connection.reusable


async def test_reading_is_paused_when_the_upstream_is_faster_than_the_reader() -> None:
    connection, held = opened()
    connection.data_received(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n")
    connection.data_received(b"a" * FULL)
    assert held.reading
    connection.data_received(b"a")
    assert not held.reading
    assert len(await connection.read(None) or b"") == FULL + 1
    assert held.reading


async def test_waiting_for_an_answer_times_out() -> None:
    connection, held = opened()
    with pytest.raises(http.ReadTimeout):
        await connection.answered(0.01)
    assert held.closing


async def test_received_bytes_restart_the_time_out() -> None:
    connection, _ = opened()
    connection.data_received(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhe")
    loop = asyncio.get_running_loop()
    assert await connection.read(60) == b"he"
    # The timer of an earlier wait fires during a later wait, whose time has not run out.
    loop.call_soon(connection._tick)
    loop.call_soon(connection.data_received, b"llo")
    assert await connection.read(60) == b"llo"
    assert await connection.read(60) is None
    connection._tick()
    assert connection.reusable


async def test_sending_a_request_times_out() -> None:
    connection, _ = opened()
    connection.pause_writing()
    with pytest.raises(http.WriteTimeout):
        await connection.write(b"hello", 0.01)


async def test_an_answer_before_the_end_of_its_request() -> None:
    connection, _ = opened()
    connection.begin()
    connection.pause_writing()
    asyncio.get_running_loop().call_soon(connection.data_received, PLAIN)
    assert not await connection.write(b"hello", 1)
    connection.written()
    assert await read_answer(connection) == (200, b"hello")
    # The rest of the request has not been sent yet.
    assert not connection.reusable


async def test_another_thread_can_shut_the_connection_down() -> None:
    connection, _ = opened()
    connection.data_received(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhe")
    wire = NetworkStream(connection)
    assert await connection.read(None) == b"he"
    reading = asyncio.ensure_future(connection.read(None))
    await asyncio.to_thread(wire.get_extra_info("socket").shutdown, socket.SHUT_RDWR)
    with pytest.raises(http.ReadError):
        await reading
    assert wire.get_extra_info("peername") == "peername"


async def test_a_late_interruption_does_not_end_the_next_exchange() -> None:
    """The run has ended, its connection is used for another run, and only then a busy loop gets to the interruption."""
    connection, held = opened()
    connection.data_received(PLAIN)
    wire = NetworkStream(connection)
    wire.shutdown()
    assert await connection.read(None) == b"hello"
    connection.rest()
    connection.begin()
    connection.written()
    await asyncio.sleep(0)
    connection.data_received(CHUNKED)
    wire.shutdown()
    await asyncio.sleep(0)
    assert await read_answer(connection) == (200, b"hello")
    assert connection.reusable
    assert not held.closing


async def test_bytes_that_came_before_a_late_time_out_are_read() -> None:
    connection, _ = opened()
    connection.data_received(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nh")
    assert await connection.read(0.01) == b"h"
    reading = asyncio.ensure_future(connection.read(0.01))
    await asyncio.sleep(0)
    time.sleep(0.02)
    # One turn of a busy loop: first the bytes, then the timer.
    connection.data_received(b"el")
    connection._tick()
    assert await reading == b"el"
    connection.data_received(b"lo")
    assert await read_answer(connection) == (200, b"lo")


async def test_nothing_is_written_to_a_closed_connection() -> None:
    connection, held = opened()
    held.closing = True
    with pytest.raises(http.WriteError):
        await connection.write(b"hello", None)


async def test_the_owner_is_notified_once_when_the_connection_is_lost() -> None:
    gone: list[Connection] = []
    connection = Connection(asyncio.get_running_loop(), gone.append, UNHURRIED)
    connection.connection_made(Held())  # type: ignore[arg-type]
    connection.abort()
    connection.connection_lost(None)
    assert gone == [connection]
