"""llama.cpp with a small real model: stateless, without functions, and with an incomplete echo."""

from collections.abc import Callable

import pytest

from tests.scenarios.healing.losing import input_texts, warnings
from tests.scenarios.upstreams.conftest import Watched
from tests.scenarios.upstreams.servers import Server
from tests.scenarios.upstreams.talks import BRIEF, WAYS, Thread, break_off

Watch = Callable[[str], Watched]
#: The shim tests a server that it does not know, before it chains there.
pytestmark = [pytest.mark.parametrize("way", WAYS), pytest.mark.proof]


@pytest.fixture(params=["known", "unknown"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Whether the settings name the kind of server, or the shim has to find it out."""
    if request.param == "known":
        monkeypatch.setenv("SHIM_UPSTREAM_PROFILE", "llamacpp")
    return str(request.param)


def test_the_whole_conversation_is_sent_each_time(
    llamacpp: Server, watch: Watch, way: str, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    seen = watch(llamacpp.url)
    thread = Thread(seen.client, llamacpp.model, instructions="Answer in one word.")
    first = thread.ask(way, "My name is Zebedee.", **BRIEF)
    second = thread.ask(way, "What is my name?", **BRIEF)
    assert first.text
    assert second.text
    assert seen.chained == [False] * 2
    assert input_texts(seen.bodies[-1]) == ["My name is Zebedee.", first.text, "What is my name?"]
    assert [body["store"] for body in seen.bodies] == [kind == "unknown"] * 2
    assert len(warnings(caplog)) == (kind == "unknown")
    # The model received the first exchange, because it counts its tokens.
    assert second.run["usage"]["prompt_tokens"] > first.run["usage"]["total_tokens"]


def test_text_is_streamed_while_the_model_generates_it(llamacpp: Server, watch: Watch, way: str) -> None:
    seen = watch(llamacpp.url)
    result = Thread(seen.client, llamacpp.model).ask(way, "Tell me about the sea.", **BRIEF)
    assert len(result.text.split()) > 5
    assert result.run["status"] in ("completed", "incomplete")
    if way == "stream":
        deltas = [name for name, _ in result.rounds[0] if name == "thread.message.delta"]
        assert len(deltas) > 5


def test_a_message_that_is_too_long_fails_and_is_then_left_out(llamacpp: Server, watch: Watch, way: str) -> None:
    seen = watch(llamacpp.url)
    thread = Thread(seen.client, llamacpp.model)
    result = thread.ask(way, "word " * 9000, **BRIEF)
    assert result.run["status"] == "failed"
    assert "exceeds the available context size" in result.run["last_error"]["message"]
    assert thread.ask(way, "Say hello.", **BRIEF).run["status"] in ("completed", "incomplete")
    assert [len(body["input"]) for body in seen.bodies] == [1, 2, 1]


def test_a_run_is_cancelled(llamacpp: Server, watch: Watch, way: str) -> None:
    seen = watch(llamacpp.url)
    thread = Thread(seen.client, llamacpp.model)
    threads = seen.client.beta.threads
    threads.messages.create(thread.id, role="user", content="Tell me a long story.")
    if way == "stream":
        with threads.runs.stream(thread_id=thread.id, assistant_id=thread.assistant) as events:
            run_id = next(event.data.id for event in events if event.event == "thread.run.created")
            next(event for event in events if event.event == "thread.message.delta")
            threads.runs.cancel(run_id, thread_id=thread.id)
            assert [event.event for event in events][-1] == "thread.run.cancelled"
    else:
        run = threads.runs.create(thread.id, assistant_id=thread.assistant)
        threads.runs.cancel(run.id, thread_id=thread.id)
        assert threads.runs.poll(run.id, thread.id).status == "cancelled"
    assert thread.ask(way, "Stop.", **BRIEF).run["status"] in ("completed", "incomplete")


def test_a_connection_that_breaks_fails_the_run_and_frees_the_thread(llamacpp: Server, watch: Watch, way: str) -> None:
    with break_off(llamacpp.url) as line:
        seen = watch(line.url)
        thread = Thread(seen.client, llamacpp.model)
        line.breaks = True
        result = thread.ask(way, "My name is Zebedee. Tell me a long story.")
        assert result.run["status"] == "failed"
        assert result.run["last_error"]["code"] == "server_error"
        line.breaks = False
        assert thread.ask(way, "What is my name?", **BRIEF).run["status"] in ("completed", "incomplete")
    assert input_texts(seen.bodies[-1])[0].startswith("My name is Zebedee.")
    assert input_texts(seen.bodies[-1])[-1] == "What is my name?"
