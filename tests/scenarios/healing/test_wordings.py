"""For every error text about a lost previous response, the thread is replayed in the same call."""

import json

import pytest

from tests.scenarios.doors.colours import COLOURS, opened
from tests.scenarios.doors.loopback import Loopback
from tests.scenarios.healing.losing import WAYS, Losing, Talk, input_texts, streamed_text, warnings
from tests.scenarios.healing.wordings import WORDINGS

#: Each wording with both ways, and with both colours; one wording with all four combinations.
ALL = [(words, way, colour) for words in WORDINGS for way, colour in zip(WAYS, COLOURS, strict=True)]
ALL += [("OGX, in its stream", way, colour) for way, colour in zip(WAYS, reversed(COLOURS), strict=True)]


@pytest.mark.parametrize("words, way, colour", ALL)
def test_the_thread_is_replayed(words: str, way: str, colour: str, caplog: pytest.LogCaptureFixture) -> None:
    losing = Losing(WORDINGS[words])
    with Loopback(losing) as server, opened(colour, base_url=server.url) as client:
        talk = Talk(client, way)
        first = talk.run()
        losing.due = True
        second = talk.ask("What is it?")
        assert second.run["status"] == "completed"
        # The requests that upstream received: the refused one, and one with the whole thread.
        (head,) = losing.lost
        assert [body.get("previous_response_id") for body in server.bodies] == [None, head, None]
        healed = server.bodies[-1]
        assert input_texts(healed) == [f"My word is {talk.fact}.", first.text, "What is it?"]
        # What the reader received: one answer, made with the whole history.
        assert talk.fact in second.text
        assert len(second.messages) == 4
        assert streamed_text(second) == (second.text if way == "stream" else "")
        # What was logged.
        assert len(warnings(caplog)) == 1
        assert talk.fact not in caplog.text
        _goes_on(talk, server, head, WORDINGS[words].never)


def _goes_on(talk: Talk, server: Loopback, lost: str, never: bool) -> None:
    """The next run continues from the new head; if the server never chains, it sends the whole thread again."""
    before = len(server.bodies)
    third = talk.ask("Again?")
    assert third.run["status"] == "completed"
    assert talk.fact in third.text
    assert len(server.bodies) == before + 1
    body = server.bodies[-1]
    if never:
        assert "previous_response_id" not in body
        assert len(input_texts(body)) == 5
        assert body["store"] is False
    else:
        assert input_texts(body) == ["Again?"]
        assert body["previous_response_id"] not in (None, lost)
    assert json.dumps(body).count("Again?") == 1
