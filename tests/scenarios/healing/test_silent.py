"""A server that silently ignores the previous response is detected before a reader receives any text."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.scenarios.doors.colours import COLOURS, opened
from tests.scenarios.doors.loopback import Loopback, Reply
from tests.scenarios.healing.losing import WAYS, IgnoresPrevious, Talk, blocks, input_texts, streamed_text, warnings

Json = dict[str, Any]


def _as_it_is(reply: Reply) -> Reply:
    return reply


def _without_an_echo(reply: Reply) -> Reply:
    def without_previous(event: Json) -> Json:
        event.get("response", {}).pop("previous_response_id", None)
        return event

    return blocks(reply, without_previous)


def _echoing_another(reply: Reply) -> Reply:
    def with_another(event: Json) -> Json:
        return event | (
            {"response": event["response"] | {"previous_response_id": "resp_x"}} if "response" in event else {}
        )

    return blocks(reply, with_another)


def _at_once_behind_a_sign_of_life(reply: Reply) -> Reply:
    """The whole stream in one network read, after a keep-alive event."""
    alive = b'event: keepalive\ndata: {"type":"keepalive","sequence_number":0}\n\n'
    return Reply(reply.status, reply.headers, (alive + b"".join(reply.body),))


def _beginning_with_words(reply: Reply) -> Reply:
    """No event before the last one contains the response object."""
    return blocks(reply, lambda event: None if event["type"] in ("response.created", "response.in_progress") else event)


def _not_streaming(reply: Reply) -> Reply:
    """The whole response as JSON, though the request was for a stream."""
    last = json.loads(b"".join(reply.body).rpartition(b"data: ")[2])
    return Reply.json(last["response"])


SHOWN: list[Callable[[Reply], Reply]] = [
    _as_it_is,
    _without_an_echo,
    _echoing_another,
    _at_once_behind_a_sign_of_life,
    _beginning_with_words,
    _not_streaming,
]
#: Each form with both ways, and with both colours.
ALL = [(shown, way, colour) for shown in SHOWN for way, colour in zip(WAYS, COLOURS, strict=True)]


@pytest.mark.parametrize("shown, way, colour", ALL)
def test_an_answer_without_history_is_never_sent_to_the_reader(
    shown: Callable[[Reply], Reply], way: str, colour: str, caplog: pytest.LogCaptureFixture
) -> None:
    ignoring = IgnoresPrevious(shown)
    with Loopback(ignoring) as server, opened(colour, base_url=server.url) as client:
        ignoring.server = server
        talk = Talk(client, way)
        first = talk.run()
        second = talk.ask("What is it?")
        assert second.run["status"] == "completed"
        assert ["previous_response_id" in body for body in server.bodies] == [False, True, False]
        assert input_texts(server.bodies[-1]) == [f"My word is {talk.fact}.", first.text, "What is it?"]
        # One message, with only the text of the answer to the complete thread.
        assert talk.fact in second.text
        assert len(second.messages) == 4
        assert len(second.steps) == 1
        assert streamed_text(second) == (second.text if way == "stream" else "")
        assert len(warnings(caplog)) == 1
        assert talk.fact not in caplog.text
        # From now on every request to this server contains the whole thread.
        third = talk.ask("Again?")
        assert talk.fact in third.text
        assert len(server.bodies) == 4
        assert len(input_texts(server.bodies[-1])) == 5
        assert len(warnings(caplog)) == 1


def test_a_trusted_server_need_not_echo_the_previous_response(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIM_UPSTREAM_PROFILE", "ogx")
    with Loopback() as server, opened("sync", base_url=server.url) as client:
        server.answer = lambda request: _without_an_echo(server.usual(request)) if b'"stream"' in request.body else None
        talk = Talk(client, "stream")
        talk.run()
        assert talk.fact in talk.ask("What is it?").text
        assert len(server.bodies) == 2
