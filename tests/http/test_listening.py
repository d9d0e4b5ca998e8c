"""Bytes of an answer that are offered to a listener while the reader of the connection waits for them."""

import asyncio

import pytest

from shim.http.connection import FULL, Connection
from shim.http.guard import http
from tests.http.test_connection import opened

STREAM = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"


async def listened() -> tuple[Connection, list[bytes], "asyncio.Task[bytes | None]"]:
    """A connection whose reader waits, and whose listener takes all but "no": the list has what it was offered."""
    connection, _ = opened()
    offered: list[bytes] = []

    def listener(data: bytes) -> bool:
        offered.append(data)
        return data != b"no"

    connection.data_received(STREAM)
    connection.listener = listener
    reading = asyncio.ensure_future(connection.read(0.2))
    await asyncio.sleep(0)
    return connection, offered, reading


async def test_a_listener_takes_bytes_while_the_reader_waits() -> None:
    connection, offered, reading = await listened()
    connection.data_received(b"2\r\nhe\r\n3\r\nllo\r\n")
    # An incomplete chunk has no bytes of the body yet.
    connection.data_received(b"1\r\n")
    connection.data_received(b"!\r\n")
    await asyncio.sleep(0)
    assert (offered, reading.done()) == ([b"hello", b"!"], False)
    connection.data_received(b"2\r\nno\r\n")
    # The reader has been woken: it gets what comes behind.
    connection.data_received(b"3\r\nyes\r\n")
    assert await reading == b"noyes"
    connection.data_received(b"2\r\nhi\r\n")
    assert offered == [b"hello", b"!", b"no"]
    assert await connection.read(None) == b"hi"


async def test_the_end_of_a_body_is_the_readers() -> None:
    connection, offered, reading = await listened()
    connection.data_received(b"2\r\nhe\r\n0\r\n\r\n")
    assert await reading == b"he"
    assert await connection.read(None) is None
    assert (offered, connection.reusable) == ([], True)
    connection.rest()
    assert connection.listener is None


async def test_a_failure_is_the_readers() -> None:
    connection, offered, reading = await listened()
    connection.data_received(b"rubbish\r\n")
    with pytest.raises(http.RemoteProtocolError):
        await reading
    assert offered == []


async def test_bytes_that_are_taken_restart_the_time_out() -> None:
    connection, offered, reading = await listened()
    loop = asyncio.get_running_loop()
    first = connection._deadline
    await asyncio.sleep(0.05)
    connection.data_received(b"2\r\nhe\r\n")
    assert (offered, connection._deadline > first + 0.04) == ([b"he"], True)
    began = loop.time()
    with pytest.raises(http.ReadTimeout):
        await reading
    assert loop.time() - began > 0.15


async def test_reading_goes_on_when_much_was_taken() -> None:
    connection, offered, reading = await listened()
    connection.data_received(b"%x\r\n%b\r\n" % (FULL + 1, b"a" * (FULL + 1)))
    assert [len(each) for each in offered] == [FULL + 1]
    assert connection.transport.reading
    reading.cancel()
