"""Bytes of an answer that are offered to a listener while the reader of the connection waits for them."""

import asyncio

import pytest

from shim.http.connection import FULL, LOW, Connection
from shim.http.guard import http
from shim.http.pace import Pace
from shim.upstream.colours import Offer
from tests.http.test_connection import UNHURRIED, opened

#: Seconds for which a busy process holds bytes.
DELAY = 0.02
STREAM = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"


async def listened(pace: Pace = UNHURRIED) -> tuple[Connection, list[bytes], "asyncio.Task[bytes | None]"]:
    """A connection whose reader waits, and whose listener takes all but what begins with "no": the list has what it was
    offered.  A dot completes no event.
    """
    connection, _ = opened(pace)
    offered: list[bytes] = []

    def listener(data: bytes) -> Offer:
        offered.append(data)
        return Offer.LEFT if data.startswith(b"no") else Offer.EMPTY if data == b"." else Offer.TAKEN

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


class Busy(Pace):
    """That of a process that is always busy."""

    def __init__(self) -> None:
        super().__init__(DELAY)

    def delay(self, now: float) -> float:
        return DELAY


async def flowing() -> tuple[Connection, list[bytes], "asyncio.Task[bytes | None]"]:
    """The same in a busy process, after the first text."""
    connection, offered, reading = await listened(Busy())
    connection.data_received(b"1\r\n.\r\n")
    connection.data_received(b"2\r\nhe\r\n")
    # Before it nothing is held, neither what completes no event nor the first text.
    assert offered == [b".", b"he"]
    offered.clear()
    return connection, offered, reading


async def test_bytes_are_held_and_taken_together_in_a_busy_process() -> None:
    connection, offered, reading = await flowing()
    for data in (b"3\r\nllo\r\n", b"1\r\n,\r\n", b"1\r\n", b" \r\n"):
        connection.data_received(data)
        assert offered == []
    await asyncio.sleep(2 * DELAY)
    assert (offered, reading.done()) == ([b"llo, "], False)
    connection.data_received(b"2\r\nno\r\n")
    connection.data_received(b"1\r\n!\r\n")
    assert await reading == b"no!"
    assert offered == [b"llo, ", b"no!"]


async def test_what_completes_no_event_changes_nothing() -> None:
    connection, offered, reading = await flowing()
    connection.data_received(b"1\r\n.\r\n")
    await asyncio.sleep(2 * DELAY)
    connection.data_received(b"1\r\n!\r\n")
    assert offered == [b"."]
    await asyncio.sleep(2 * DELAY)
    assert offered == [b".", b"!"]
    reading.cancel()


async def test_much_text_is_not_held() -> None:
    connection, offered, reading = await flowing()
    connection.data_received(b"3\r\nllo\r\n")
    connection.data_received(b"%x\r\n%b\r\n" % (LOW, b"a" * LOW))
    assert [len(each) for each in offered] == [LOW + 3]
    await asyncio.sleep(2 * DELAY)
    assert len(offered) == 1
    reading.cancel()


@pytest.mark.parametrize("what", ["end", "broken", "closed", "late", "interrupted", "aborted"])
async def test_what_ends_an_answer_does_not_wait(what: str) -> None:
    """Bytes that are held are the reader's then, before the error."""
    connection, offered, reading = await flowing()
    connection.data_received(b"3\r\nllo\r\n")
    loop = asyncio.get_running_loop()
    end = {
        "end": lambda: connection.data_received(b"0\r\n\r\n"),
        "broken": lambda: connection.data_received(b"rubbish\r\n"),
        "closed": lambda: connection.connection_lost(None),
        "late": lambda: (setattr(connection, "_deadline", loop.time()), connection._tick()),
        "interrupted": lambda: connection._interrupted(connection.exchange),
        "aborted": connection.abort,
    }
    end[what]()
    if what == "aborted":
        reading.cancel()
    else:
        assert await reading == b"llo"
    if what == "end":
        assert await connection.read(None) is None
        connection.rest()
    elif what != "aborted":
        with pytest.raises(http.TransportError):
            await connection.read(None)
    await asyncio.sleep(2 * DELAY)
    assert (offered, connection._held) == ([], None)


async def test_bytes_that_are_held_belong_to_a_reader_that_was_woken() -> None:
    connection, offered, reading = await flowing()
    connection.data_received(b"3\r\nllo\r\n")
    assert connection.listener is not None
    connection._interrupted(connection.exchange)
    # Its time is over before the reader goes on.
    connection._deliver(connection.listener)
    assert (await reading, offered) == (b"llo", [])
