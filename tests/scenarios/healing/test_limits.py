"""A run is healed at most once; and only a lost chain is healed."""

from typing import Any

import openai
import pytest

from shim import OpenAI
from tests.scenarios.doors.loopback import Loopback, Reply, Request
from tests.scenarios.healing.losing import Losing, Talk, is_call, refused, warnings
from tests.scenarios.healing.wordings import WORDINGS

GONE = WORDINGS["OpenAI, expired or deleted"]


class Always:
    """After the first ``after`` calls, every call is refused as if its chain were lost, though it continues from no
    response.
    """

    def __init__(self, after: int, words: str) -> None:
        self.left, self.words = after, words

    def __call__(self, request: Request) -> Reply | None:
        if not is_call(request):
            return None
        self.left -= 1
        return refused(WORDINGS[self.words], "resp_1") if self.left < 0 else None


REFUSED = ["OpenAI, expired or deleted", "zero data retention", "OGX", "llama.cpp"]


@pytest.mark.parametrize("words", REFUSED)
def test_a_streamed_call_that_is_refused_twice_raises_and_stores_no_run(words: str) -> None:
    with Loopback(Always(1, words)) as server, OpenAI(base_url=server.url, api_key="x", max_retries=0) as client:
        talk = Talk(client, "stream")
        talk.run()
        with pytest.raises(openai.APIStatusError) as caught:
            talk.ask("What is it?")
        assert caught.value.status_code == WORDINGS[words].status
        assert len(server.bodies) == 3
        assert len(client.beta.threads.runs.list(talk.thread).data) == 1
        _is_free(talk, server, client)


@pytest.mark.parametrize("words", ["OGX, in its stream", "a nested error in a stream"])
def test_a_stream_that_fails_twice_is_a_failed_run(words: str) -> None:
    with Loopback(Always(1, words)) as server, OpenAI(base_url=server.url, api_key="x", max_retries=0) as client:
        talk = Talk(client, "stream")
        talk.run()
        assert talk.ask("What is it?").run["status"] == "failed"
        assert len(server.bodies) == 3
        _is_free(talk, server, client)


@pytest.mark.parametrize("words", [*REFUSED, "OGX, in its stream"])
def test_a_polled_run_that_is_refused_twice_fails(words: str, caplog: pytest.LogCaptureFixture) -> None:
    with Loopback(Always(1, words)) as server, OpenAI(base_url=server.url, api_key="x", max_retries=0) as client:
        talk = Talk(client, "poll")
        talk.run()
        run = talk.ask("What is it?").run
        assert run["status"] == "failed"
        # If upstream names a field that the shim itself sends, a note about it follows upstream's message.
        assert run["last_error"]["message"].startswith(WORDINGS[words].error["message"].replace("{id}", "resp_1"))
        assert len(server.bodies) == 3
        assert len(warnings(caplog)) == 1
        _is_free(talk, server, client)


def _is_free(talk: Talk, server: Loopback, client: Any) -> None:
    """The thread accepts messages and runs; the lost head is deleted, so the next request contains the whole thread."""
    server.answer = lambda request: None
    assert talk.fact in talk.ask("And now?").text
    assert "previous_response_id" not in server.bodies[-1]
    assert len(server.bodies) == 4


#: Refusals of a chained call whose cause is not the chain.
OTHERS = {
    "a tool's schema": Reply.error(
        400, "Invalid schema for function 'f': object expected.", "invalid_function_parameters"
    ),
    "a model": Reply.error(404, "Model 'nope' not found. Use 'client.models.list()' to list available Models."),
    "a file": Reply.error(404, "No such File object: file-1"),
    "a key": Reply.error(401, "Incorrect API key provided.", "invalid_api_key"),
    "a breakdown": Reply.error(500, "The server had an error processing your request."),
    "the pace": Reply.error(429, "Slow down.", "rate_limit_exceeded"),
}


#: The expected warnings: for a missing model, how it can be replaced; for the others, none.
SAID = {"a model": ["upstream has no model gpt-4o: SHIM_MODEL_MAP can name another for gpt-4o"]}


@pytest.mark.parametrize("what", OTHERS)
def test_other_refusals_are_not_healed(what: str, caplog: pytest.LogCaptureFixture) -> None:
    with Loopback() as server, OpenAI(base_url=server.url, api_key="x", max_retries=0) as client:
        talk = Talk(client, "poll")
        talk.run()
        server.answer = lambda request: OTHERS[what] if is_call(request) else None
        assert talk.ask("What is it?").run["status"] == "failed"
        assert len(server.bodies) == 2
        assert warnings(caplog) == SAID.get(what, [])
        # The head is unchanged.
        server.answer = lambda request: None
        talk.ask("And now?")
        assert "previous_response_id" in server.bodies[-1]
        assert len(server.bodies[-1]["input"]) == 2


def test_a_second_loss_is_healed_in_a_later_run(caplog: pytest.LogCaptureFixture) -> None:
    losing = Losing(GONE)
    with Loopback(losing) as server, OpenAI(base_url=server.url, api_key="x") as client:
        talk = Talk(client, "stream")
        talk.run()
        for number in (1, 2):
            # A chain that worked between two losses proves that this server stores responses.
            talk.ask("Hold on.")
            losing.due = True
            assert talk.fact in talk.ask("What is it?").text
            assert len(warnings(caplog)) == number
        assert talk.fact in talk.ask("Still?").text
        assert "previous_response_id" in server.bodies[-1]
