"""What the translation could not say is logged once, at the end of a turn, without a word of what was said."""

import pytest

from shim import OpenAI
from tests.scenarios.doors.loopback import Asked, Loopback, Said
from tests.scenarios.healing.losing import Talk, blocks, is_call, warnings


def _client(server: Loopback) -> OpenAI:
    return OpenAI(base_url=server.url, api_key="x")


def test_an_event_from_the_future_is_named_once(caplog: pytest.LogCaptureFixture) -> None:
    def newer(asked: Asked) -> Said | None:
        if not is_call(asked):
            return None
        said = server.usual(asked)
        return Said(said.status, said.headers, (_NEWS, *said.body))

    with Loopback() as server, _client(server) as client:
        server.answer = newer
        talk = Talk(client, "stream")
        talk.run()
        talk.say("What is it?")
    assert len(warnings(caplog)) == 1
    assert "response.dream.begun" in warnings(caplog)[0]
    assert "of sheep" not in caplog.text


_NEWS = b'event: response.dream.begun\ndata: {"type":"response.dream.begun","dream":"of sheep"}\n\n'


def test_a_text_that_ends_differently_than_it_was_told_is_named(caplog: pytest.LogCaptureFixture) -> None:
    def fickle(asked: Asked) -> Said | None:
        def keep(event: dict) -> dict:
            if event["type"] == "response.output_text.delta" and not changed:
                changed.append(event["delta"])
                event["delta"] = "Hmpf"
            return event

        changed: list[str] = []
        return blocks(server.usual(asked), keep) if is_call(asked) else None

    with Loopback(fickle) as server, _client(server) as client:
        told = Talk(client, "stream").run()
    assert len(warnings(caplog)) == 1
    assert "differs" in warnings(caplog)[0]
    assert told.run["id"] in warnings(caplog)[0]
    assert "Hmpf" not in caplog.text
