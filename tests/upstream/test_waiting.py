"""Waiting for upstream, and interruptions of the wait."""

import asyncio
import threading
from contextlib import closing
from typing import Any

import pytest
import uvloop

from shim.http.guard import http
from shim.ports import Interruption, Refusal
from shim.upstream import waiting


def never(_: Any) -> None:
    raise AssertionError("it came in time")


def test_an_answer_in_time_is_returned() -> None:
    interruption = Interruption()
    assert waiting.wait(lambda: 1, interruption, never) == 1
    with pytest.raises(KeyError):
        waiting.wait(lambda: {}["x"], interruption, never)


def test_an_interrupted_wait_ends_and_a_late_answer_is_closed() -> None:
    interruption, go_on, closed = Interruption(), threading.Event(), threading.Event()
    late: list[str] = []

    def work() -> str:
        threading.Timer(0.01, interruption.interrupt).start()
        assert go_on.wait(20)
        return "answer"

    def close(answer: str) -> None:
        late.append(answer)
        closed.set()

    with pytest.raises(Refusal, match="interrupted"):
        waiting.wait(work, interruption, close)
    assert late == []
    go_on.set()
    assert closed.wait(20)
    assert late == ["answer"]


def test_a_late_failure_is_dropped() -> None:
    interruption = Interruption()
    interruption.interrupt()
    go_on = threading.Event()

    def work() -> str:
        assert go_on.wait(20)
        raise KeyError

    with pytest.raises(Refusal):
        waiting.wait(work, interruption, never)
    go_on.set()


def test_an_answer_after_the_end_of_the_wait_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The wait is ended by an exception, as with Ctrl-C."""
    closed = threading.Event()

    class Impatient(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            raise KeyboardInterrupt

    go_on = threading.Event()
    with monkeypatch.context() as patch:
        patch.setattr(waiting.threading, "Event", Impatient)
        with pytest.raises(KeyboardInterrupt):
            waiting.wait(lambda: go_on.wait(20), Interruption(), lambda _: closed.set())
    go_on.set()
    assert closed.wait(20)


def test_no_thread_is_started_while_the_interpreter_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: threading.Thread) -> None:
        raise RuntimeError("can't create new thread at interpreter shutdown")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert waiting.wait(lambda: 1, Interruption(), never) == 1


async def test_interrupting_the_wait_for_an_awaitable() -> None:
    async def soon() -> int:
        return 1

    stopped: list[bool] = []

    async def hanging() -> None:
        try:
            await asyncio.sleep(20)
        finally:
            stopped.append(True)

    interruption = Interruption()
    assert await waiting.wait_async(soon(), interruption) == 1
    threading.Timer(0.01, interruption.interrupt).start()
    with pytest.raises(Refusal, match="interrupted"):
        await waiting.wait_async(hanging(), interruption)
    assert stopped == [True]
    with pytest.raises(Refusal, match="interrupted"):
        await waiting.wait_async(hanging(), interruption)


async def test_a_time_out_of_the_work_itself_is_raised_unchanged() -> None:
    async def late() -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        await waiting.wait_async(late(), Interruption())


async def test_a_cancelled_task_is_not_interrupted() -> None:
    task = asyncio.create_task(waiting.wait_async(asyncio.sleep(20), Interruption()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_a_connection_is_not_shut_down_after_its_answer_was_abandoned() -> None:
    cut: list[str] = []

    class Response:
        http_version = "HTTP/1.1"

        @property
        def extensions(self) -> dict[str, Any]:
            cut.append("cut")
            return {}

    line = waiting.Line(Response())
    line.shut()
    line.release()
    line.shut()
    assert cut == ["cut"]


def test_the_connection_is_shut_down_on_uvloop_as_well() -> None:
    first_chunk_read = threading.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhe")
        await reader.read()
        writer.close()
        over.set()

    async def main() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with http.AsyncClient(timeout=10) as client, client.stream("GET", url) as response:
            cut = threading.Thread(target=lambda: first_chunk_read.wait(10) and waiting.shut(response))
            cut.start()
            chunks = response.aiter_raw()
            assert await anext(chunks) == b"he"
            first_chunk_read.set()
            with pytest.raises(http.RemoteProtocolError):
                await anext(chunks)
            cut.join()
        await over.wait()
        server.close()

    over = asyncio.Event()
    with closing(uvloop.new_event_loop()) as loop:
        loop.run_until_complete(main())
