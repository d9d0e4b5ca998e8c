"""How a blocking client and an async client are used."""

import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import anyio
import pytest

from shim.ports import Interruption, Refusal
from shim.upstream import waiting
from shim.upstream.colours import AWAITED, BLOCKING, BODY, Colour, close_late

PARTS = [b"a", b"", b"\x00\xff"]
COLOURS = pytest.mark.parametrize("colour", [BLOCKING, AWAITED], ids=["blocking", "awaited"])


class Response:
    """An open answer, blocking or async."""

    def __init__(self, **headers: str) -> None:
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self.extensions: dict[str, Any] = {}
        self.read: list[bytes] = []
        self.closed = 0

    def iter_bytes(self) -> Iterator[bytes]:
        for part in PARTS:
            self.read.append(part)
            yield part

    async def aiter_bytes(self) -> AsyncIterator[bytes]:
        for part in self.iter_bytes():
            yield part

    def close(self) -> None:
        self.closed += 1

    async def aclose(self) -> None:
        self.closed += 1


def call(colour: Colour, outcome: Any) -> Any:
    """A call of the SDK that returns or raises the given object."""

    def blocking() -> Any:
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def awaited() -> Any:
        return blocking()

    return blocking if colour is BLOCKING else awaited


def never(_: Any) -> None:
    raise AssertionError("it came in time")


@COLOURS
def test_a_call_returns_the_result_of_the_sdk(colour: Colour) -> None:
    async def main() -> None:
        for outcome in (1, None):
            assert await colour.run(call(colour, outcome)) == outcome
            assert await colour.wait(call(colour, outcome), Interruption(), never) == outcome
        with pytest.raises(KeyError):
            await colour.run(call(colour, KeyError()))
        with pytest.raises(KeyError):
            await colour.wait(call(colour, KeyError()), Interruption(), never)

    anyio.run(main)


def test_an_awaited_call_is_cancelled_when_it_is_interrupted() -> None:
    interruption, ended = Interruption(), threading.Event()

    async def forever() -> None:
        interruption.interrupt()
        try:
            await anyio.sleep_forever()
        finally:
            ended.set()

    async def main() -> None:
        with pytest.raises(Refusal):
            await AWAITED.wait(forever, interruption, never)

    anyio.run(main)
    assert ended.is_set()


@COLOURS
def test_a_body_is_read_in_the_parts_in_which_it_was_sent(colour: Colour) -> None:
    async def main() -> None:
        assert [part async for part in colour.chunks(Response())] == PARTS

    anyio.run(main)


@pytest.mark.parametrize("headers, expected", [({}, [b"plain"]), ({"content_encoding": "gzip"}, PARTS)])
def test_a_plain_body_is_read_directly_unless_it_is_encoded(headers: dict[str, str], expected: list[bytes]) -> None:
    async def plain() -> AsyncIterator[bytes]:
        yield b"plain"

    async def main() -> None:
        response = Response(**headers)
        response.extensions[BODY] = plain()
        assert [part async for part in AWAITED.chunks(response)] == expected

    anyio.run(main)


@COLOURS
def test_a_body_is_read_to_its_end(colour: Colour) -> None:
    async def main() -> None:
        response = Response()
        chunks = colour.chunks(response)
        assert await anext(aiter(chunks)) == PARTS[0]
        await colour.finish(chunks, response, 600)
        assert response.read == PARTS
        assert [part async for part in chunks] == []

    before = set(threading.enumerate())
    anyio.run(main)
    # The code no longer waits for the body to time out.
    for thread in set(threading.enumerate()) - before:
        thread.join(5)
        assert not thread.is_alive()


def test_a_blocking_body_that_does_not_end_is_shut_down(monkeypatch: pytest.MonkeyPatch) -> None:
    shut = threading.Event()

    class Endless(Response):
        def iter_bytes(self) -> Iterator[bytes]:
            yield b"a"
            assert shut.wait(5)

    response, shut_responses = Endless(), list[Any]()

    def close(late: Any) -> None:
        shut_responses.append(late)
        shut.set()

    monkeypatch.setattr(waiting, "shut", close)

    async def main() -> None:
        await BLOCKING.finish(BLOCKING.chunks(response), response, 0)

    anyio.run(main)
    assert shut_responses == [response]


def test_an_async_body_that_does_not_end_is_abandoned() -> None:
    class Endless(Response):
        async def aiter_bytes(self) -> AsyncIterator[bytes]:
            yield b"a"
            await anyio.sleep_forever()

    async def main() -> None:
        with anyio.fail_after(20):
            await AWAITED.finish(AWAITED.chunks(Endless()), Response(), 0)

    anyio.run(main)


@COLOURS
def test_an_answer_is_closed(colour: Colour) -> None:
    response = Response()
    anyio.run(colour.close, response)
    assert response.closed == 1


@COLOURS
def test_without_time_left_there_is_no_wait(colour: Colour) -> None:
    anyio.run(colour.sleep, 0)


def test_a_late_answer_of_any_type_is_closed() -> None:
    class Answer:
        http_response = Response()

    close_late(Answer())
    assert Answer.http_response.closed == 1
    for other in (None, object()):
        close_late(other)
