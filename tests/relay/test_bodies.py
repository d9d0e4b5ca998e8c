"""Streams as bytes: formats, heartbeats, readers that disconnect and reconnect."""

import asyncio
import json
import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from shim.relay import bodies as bodies_module
from shim.relay import to_data_stream, to_json_lines, to_sse
from shim.relay.log import Logs
from tests.relay.talking import PARIS, Talk, talking, until
from tests.scenarios.doors.colours import COLOURS, Blocking
from tests.scenarios.doors.loopback import PATIENCE, Gate, Loopback

ASK = f"Call get_weather {PARIS}, then get_time {PARIS}."


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as server:
        yield server


def body(talk: Talk, form: Callable[..., Any], text: str, /, stream: Any = None, **options: Any) -> Any:
    """The body of an answer, iterated as if it were blocking."""
    choices = {name: options.pop(name) for name in list(options) if name in ("on_leave", "tools", "max_rounds")}
    talk.ask(text, **choices)
    return again(talk, form, **options)


def again(talk: Talk, form: Callable[..., Any], **options: Any) -> Any:
    if isinstance(talk.client, Blocking):
        loop = talk.client._loop
        return Blocking(loop, loop.call(form, talk.stream, **options))
    return form(talk.stream, **options)


def events(pieces: Any) -> list[tuple[str, str, Any]]:
    """Ids, names and data of server-sent events; comments are left out."""
    found = []
    for block in b"".join(pieces).decode().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if lines:
            data = lines["data"]
            found.append((lines.get("id", ""), lines["event"], data if data == "[DONE]" else json.loads(data)))
    return found


def text(found: list[tuple[str, str, Any]]) -> str:
    deltas = [data["delta"]["content"] for _, name, data in found if name == "thread.message.delta"]
    return "".join(part["text"]["value"] for content in deltas for part in content)


def test_every_event_of_the_old_api_has_an_id(colour: str, server: Loopback) -> None:
    with talking(colour, server=server) as talk:
        made = body(talk, to_sse, ASK)
        assert made.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        found = events(made)
        run = talk.runs[0]
    assert [id for id, _, _ in found[:-1]] == [f"{run.id}:{number}" for number in range(1, len(found))]
    assert found[0][1:] == ("thread.run.created", found[0][2])
    assert found[0][2]["object"] == "thread.run"
    assert [name for _, name, _ in found].count("thread.run.requires_action") == 2
    assert [name for _, name, _ in found][-2:] == ["thread.run.completed", "done"]
    assert found[-1] == ("", "done", "[DONE]")
    assert found[-2][2]["usage"]["total_tokens"] > 0
    assert 'get_time returned "{"city":"Paris","time":"14:05"}"' in text(found)


def test_one_event_per_line(colour: str, server: Loopback) -> None:
    with talking(colour, server=server) as talk:
        lines = b"".join(body(talk, to_json_lines, ASK)).splitlines()
    found = [json.loads(line) for line in lines]
    assert found[0]["event"] == "thread.run.created"
    assert found[-1]["event"] == "thread.run.completed"
    assert found[-1]["data"]["status"] == "completed"


def test_the_data_stream_of_ai_sdk_4(colour: str, server: Loopback) -> None:
    with talking(colour, server=server) as talk:
        made = body(talk, to_data_stream, f"aloud {ASK}", message_id="msg_of_the_user")
        parts = [line.split(":", 1) for line in b"".join(made).decode().splitlines()]
        messages = talk.client.beta.threads.messages.list(talk.thread, order="asc").data
        thread = talk.thread
    assert parts[0] == ["5", json.dumps({"threadId": thread, "messageId": "msg_of_the_user"}, separators=(",", ":"))]
    shown: list[tuple[str, str]] = []
    for code, value in parts[1:]:
        if code == "4":
            shown.append((json.loads(value)["id"], ""))
        else:
            assert code == "0"
            shown[-1] = shown[-1][0], shown[-1][1] + json.loads(value)
    assert shown == [(each.id, each.content[0].text.value) for each in messages if each.role == "assistant"]


def test_a_failed_run_is_reported_in_the_data_stream(server: Loopback) -> None:
    with talking(COLOURS[0], server=server) as talk:
        parts = b"".join(body(talk, to_data_stream, "fail-early", message_id="m")).decode().splitlines()
        run = talk.runs[0]
    assert parts[-1] == f"3:{json.dumps(run.last_error.message)}"


def test_a_failure_is_reported_without_its_details(colour: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, "shim")
    with Loopback() as server, talking(colour, server=server) as talk:
        talk.ask("Hello.", thread_id="thread_" + "x" * 24)
        ((_, name, data), done) = events(again(talk, to_sse))
    assert (name, data["error"]["message"]) == ("error", "The answer could not be completed.")
    assert done == ("", "done", "[DONE]")
    assert "NotFoundError" in caplog.text


def test_the_round_limit_is_reported_with_its_own_text(server: Loopback) -> None:
    with talking(COLOURS[0], server=server) as talk:
        found = events(body(talk, to_sse, ASK, max_rounds=1))
    assert found[-2][1] == "error"
    assert "after 1 rounds" in found[-2][2]["error"]["message"]


def test_a_custom_text_for_failures(server: Loopback) -> None:
    with talking(COLOURS[0], server=server) as talk:
        found = events(body(talk, to_sse, ASK, max_rounds=0, describe_failure=lambda problem: "Désolé."))
    assert found[-2][2]["error"]["message"] == "Désolé."


def test_heartbeats_are_sent_in_a_silent_stream(colour: str, server: Loopback) -> None:
    gate = Gate()
    server.answer = server.gated(gate)
    with talking(colour, server=server) as talk:
        pieces = iter(body(talk, to_sse, "essay-20", heartbeat=0.05))
        while (piece := next(pieces)) != b": still here\n\n":
            assert piece
        gate.open()
        assert events(pieces)[-1][1] == "done"


def test_a_reader_that_reconnects_gets_the_missed_events(colour: str, server: Loopback) -> None:
    gate = Gate()
    server.answer = server.gated(gate)
    with talking(colour, server=server) as talk:
        first = body(talk, to_sse, "essay-20")
        pieces = iter(first)
        received: list[tuple[str, str, Any]] = []
        while not received:
            received += events([next(pieces)])
        gate.wait()
        gate.open()
        until(lambda: talk.runs[0].status == "completed")
        del first, pieces
        received += events(again(talk, to_sse, last_event_id=received[-1][0]))
        assert len(talk.runs) == 1, "nothing was begun"
        assert [id for id, _, _ in received[:-1]] == [f"{talk.runs[0].id}:{n + 1}" for n in range(len(received) - 1)]
    assert text(received).endswith("word20")
    assert received[-1][1] == "done"


def test_a_reader_that_reconnects_to_another_process_gets_whole_messages(
    colour: str, server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    with talking(colour, server=server) as talk:
        received = events(body(talk, to_sse, f"aloud {ASK}"))
        monkeypatch.setattr(bodies_module, "LOGS", Logs())
        found = events(again(talk, to_sse, last_event_id=received[3][0]))
    assert [name for _, name, _ in found] == [
        "thread.message.completed",
        "thread.message.completed",
        "thread.message.completed",
        "thread.run.completed",
        "done",
    ]
    assert "get_time returned" in found[2][2]["content"][0]["text"]["value"]


def test_the_stream_waits_for_functions_that_another_process_runs(
    server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shim.relay.rounds.POLL_SECONDS", 0.01)
    begun, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        begun.set()
        go_on.wait(PATIENCE)

    with talking(COLOURS[0], wait, server=server) as talk:
        pieces = iter(body(talk, to_sse, "Call wait."))
        next(pieces)
        until(begun.is_set)
        until(lambda: talk.runs[0].status == "requires_action")
        monkeypatch.setattr(bodies_module, "LOGS", Logs())
        other = iter(again(talk, to_sse, last_event_id=f"{talk.runs[0].id}:0", heartbeat=0.05))
        while next(other) != b": still here\n\n":
            pass
        go_on.set()
        assert [name for _, name, _ in events(other)][-2:] == ["thread.run.completed", "done"]


def test_a_run_of_another_thread_is_not_shown(server: Loopback) -> None:
    with talking(COLOURS[0], server=server) as talk:
        first = events(body(talk, to_sse, "Say hello."))
        mallory = Talk(talk.client)
        mallory.ask("Hello.")
        found = events(again(mallory, to_sse, last_event_id=first[0][0]))
    assert [name for _, name, _ in found] == ["error", "done"]


def test_an_unknown_event_id_starts_a_run(server: Loopback) -> None:
    with talking(COLOURS[0], server=server) as talk:
        assert events(body(talk, to_sse, "Hello.", last_event_id="42"))[-1][1] == "done"
        assert len(talk.runs) == 1


def test_the_run_is_cancelled_if_the_reader_does_not_reconnect_and_that_is_set(colour: str, server: Loopback) -> None:
    gate = Gate()
    server.answer = server.gated(gate)
    with talking(colour, server=server) as talk:
        first = body(talk, to_sse, "essay-20", on_leave="cancel", linger=0.05)
        pieces = iter(first)
        next(pieces)
        gate.wait()
        leave(talk, first)
        until(lambda: talk.runs[0].status == "cancelled")
        gate.open()


def test_the_run_is_not_cancelled_if_the_reader_reconnects_in_time(colour: str, server: Loopback) -> None:
    gate = Gate()
    server.answer = server.gated(gate)
    with talking(colour, server=server) as talk:
        first = body(talk, to_sse, "essay-20", on_leave="cancel", linger=PATIENCE)
        pieces = iter(first)
        while not events([next(pieces)]):
            pass
        gate.wait()
        leave(talk, first)
        second = iter(again(talk, to_sse, last_event_id=f"{talk.runs[0].id}:0"))
        gate.open()
        assert events(second)[-2][1] == "thread.run.completed"


def leave(talk: Talk, made: Any) -> None:
    """Close the iterator, as a framework does."""
    if isinstance(made, Blocking):
        made.aclose()
    else:
        made.close()


def test_a_reader_that_is_too_slow_gets_an_error(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shim.relay.log.Log.__init__.__defaults__", (2000,))
    with talking(COLOURS[0], server=server) as talk:
        pieces = iter(body(talk, to_sse, "essay-40"))
        next(pieces)
        until(lambda: bool(talk.runs) and talk.runs[0].status == "completed")
        until(lambda: talk.stream._feed.is_over)
        assert events(pieces) == [("", "error", {"error": {**ERROR, "message": "This reader was too slow."}})]


ERROR = {"type": "server_error", "param": None, "code": None}


async def test_a_closed_event_loop_is_not_notified() -> None:
    loop = asyncio.new_event_loop()
    loop.close()
    bodies_module._ring(loop, asyncio.Event())
