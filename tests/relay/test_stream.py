"""One run with all its tool rounds in one stream, with both kinds of client."""

import functools
import threading
from collections.abc import Iterator
from typing import Any

import openai
import pytest

from shim import AsyncOpenAI, OpenAI
from shim.relay import stream_run
from tests.relay.talking import PARIS, Talk, answered, get_time, get_weather, names, talking, text_of, until
from tests.scenarios.doors.colours import ASYNC, SYNC, opened
from tests.scenarios.doors.loopback import PATIENCE, Loopback, Reply, Request
from tests.server.served import served

TWO_ROUNDS = f"aloud Call get_weather {PARIS} and get_time {PARIS}, then get_time {PARIS}."
WORDS = 400


@pytest.mark.usefixtures("offline")
class TestRounds:
    def test_one_stream_through_all_rounds(self, colour: str) -> None:
        with talking(colour) as talk:
            events = list(talk.ask(TWO_ROUNDS))
        stream = talk.stream
        assert names(events).count("thread.run.created") == 1
        assert names(events).count("thread.run.requires_action") == 2
        assert names(events)[-1] == events[-1].event == "thread.run.completed"
        assert stream.run.status == "completed"
        assert text_of(events).startswith("I will call get_weather, get_time.I will call get_time.")
        assert 'get_weather returned "{"city":"Paris","celsius":19}"' in text_of(events)
        assert len(stream.outputs) == 3

    def test_calls_of_one_turn_run_in_parallel(self, colour: str) -> None:
        both = threading.Barrier(2, timeout=PATIENCE)

        def one() -> int:
            return both.wait()

        def other() -> int:
            return both.wait()

        with talking(colour, one, other) as talk:
            list(talk.ask("Call one and other."))
        assert sorted(talk.stream.outputs.values()) == ["0", "1"]

    def test_a_coroutine_is_awaited(self, colour: str) -> None:
        async def later(city: str) -> str:
            return f"{city}, later"

        with talking(colour, later) as talk:
            assert answered(talk, f"Call later {PARIS}.") == "Paris, later"

    def test_functions_see_the_context_of_the_caller(self, colour: str) -> None:
        with talking(colour) as talk:
            assert answered(talk, f"Call user {PARIS}.", tools={"user": bound}, offer_tools=True) == "Ada in Paris"

    def test_the_run_takes_further_options(self, colour: str) -> None:
        with talking(colour) as talk:
            list(talk.ask("Hello.", run_options={"metadata": {"a": "b"}, "additional_instructions": "Be brief."}))
        assert talk.stream.run.metadata == {"a": "b"}
        assert talk.stream.run.instructions == "Be brief."

    def test_a_thread_that_does_not_exist(self, colour: str) -> None:
        with talking(colour) as talk, pytest.raises(openai.NotFoundError):
            list(talk.ask("Hello.", thread_id="thread_" + "x" * 24))

    def test_a_second_run_at_once_is_refused(self, colour: str) -> None:
        begun = threading.Event()
        ended = threading.Event()

        def wait() -> None:
            begun.set()
            ended.wait(PATIENCE)

        with talking(colour, wait) as talk:
            stream = talk.ask("Call wait.")
            next(iter(stream))
            until(begun.is_set)
            with pytest.raises(openai.BadRequestError, match="already has an active run"):
                next(iter(again(talk)))
            ended.set()
            assert list(stream)[-1].event == "thread.run.completed"


def again(talk: Talk) -> Any:
    """Start a run without a new message."""
    thread, talk.thread = talk.thread, talk.client.beta.threads.create().id
    return talk.ask("Hello.", thread_id=thread)


def user(name: str, city: str) -> str:
    return f"{name} in {city}"


bound = functools.partial(user, name="Ada")


class TestEarly:
    @pytest.fixture
    def begun(self) -> threading.Event:
        return threading.Event()

    def held(self, server: Loopback, begun: threading.Event) -> Any:
        """Upstream does not send the second call before the first function runs."""

        def body(chunks: Any) -> Iterator[bytes]:
            calls = 0
            for chunk in chunks:
                calls += b'"response.output_item.added"' in chunk and b"function_call" in chunk
                assert calls < 2 or begun.wait(PATIENCE)
                yield chunk

        def answer(request: Request) -> Reply:
            usual = server.usual(request)
            return Reply(usual.status, usual.headers, body(usual.body))

        return answer

    def test_a_call_is_started_before_the_run_waits_for_it(self, colour: str, begun: threading.Event) -> None:
        def first(city: str) -> str:
            begun.set()
            return city

        with Loopback() as server, talking(colour, first, get_time, server=server) as talk:
            server.answer = self.held(server, begun)
            stream = talk.ask(f"Call first {PARIS} and get_time {PARIS}.")
            assert list(stream)[-1].event == "thread.run.completed"
        assert "Paris" in talk.stream.outputs.values()

    def test_no_call_is_started_early_if_that_is_turned_off(self, colour: str, begun: threading.Event) -> None:
        begun_with: list[str] = []

        def first(city: str) -> str:
            begun_with.append(talk.runs[0].status)
            return city

        with Loopback() as server, talking(colour, first, get_time, server=server) as talk:
            list(talk.ask(f"Call first {PARIS} and get_time {PARIS}.", early=False))
        assert begun_with == ["requires_action"]


@pytest.mark.sdk("1.66")
@pytest.mark.usefixtures("offline")
class TestResponses:
    def test_the_observer_gets_each_response_before_the_end_of_its_turn(self, colour: str) -> None:
        made: list[Any] = []
        ends = 0
        with talking(colour) as talk:
            for event in talk.ask(TWO_ROUNDS, on_response=made.append):
                ends += event.event in ("thread.run.requires_action", "thread.run.completed")
                assert len(made) >= ends
        assert (len(made), ends) == (3, 3)
        assert [each.previous_response_id for each in made] == [None, made[0].id, made[1].id]
        assert all(each.usage.total_tokens > 0 for each in made)
        assert [item.type for item in made[0].output] == ["message", "function_call", "function_call"]

    def test_an_exception_of_the_observer_does_not_break_the_stream(
        self, colour: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        def full(response: Any) -> None:
            raise OSError("the disk is full")

        with talking(colour) as talk:
            assert list(talk.ask("Hello.", on_response=full))[-1].event == "thread.run.completed"
        assert "on_response failed" in caplog.text

    async def test_the_observer_may_be_a_coroutine(self) -> None:
        seen: list[Any] = []

        async def save(response: Any) -> None:
            seen.append(response.id)

        async with AsyncOpenAI() as client:
            assistant = await client.beta.assistants.create(model="gpt-4o")
            thread = await client.beta.threads.create(messages=[{"role": "user", "content": "Hello."}])
            stream = stream_run(client, thread_id=thread.id, assistant_id=assistant.id, on_response=save)
            run = await stream.until_done()
        assert run is not None
        assert run.status == "completed"
        assert len(seen) == 1

    def test_a_coroutine_observer_is_refused_with_a_blocking_client(self) -> None:
        async def save(response: Any) -> None: ...

        with OpenAI() as client, pytest.raises(TypeError, match="plain function"):
            stream_run(client, thread_id="t", assistant_id="a", on_response=save)

    def test_an_observer_needs_a_client_of_this_package(self) -> None:
        with openai.OpenAI(api_key="x") as client, pytest.raises(ValueError, match="client of this package"):
            stream_run(client, thread_id="t", assistant_id="a", on_response=lambda response: None)


#: Choices that would have no effect, and the error.
UNUSABLE = [
    ({"foo": 1}, TypeError, "unexpected keyword argument 'foo'$"),
    ({"max_round": 1}, TypeError, "unexpected keyword argument 'max_round'$"),
    ({"event_handler": None}, TypeError, "unexpected keyword argument 'event_handler'$"),
    ({"temperature": 9}, TypeError, r"'temperature'; .* run_options=\{\"temperature\": ...\}"),
    ({"additional_instructions": "Be brief."}, TypeError, "run_options"),
    ({"on_leave": "cancle"}, ValueError, "on_leave is one of 'continue', 'cancel', not 'cancle'"),
    ({"tools": [get_weather, get_weather]}, ValueError, "two functions are named 'get_weather'"),
]


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize("choices, kind, text", UNUSABLE)
def test_a_choice_without_effect_is_refused(colour: str, choices: Any, kind: type[Exception], text: str) -> None:
    with talking(colour) as talk:
        with pytest.raises(kind, match=text):
            talk.ask("Hello.", **choices)
        assert talk.runs == []


@pytest.mark.usefixtures("offline")
def test_a_slow_reader_gets_everything(colour: str) -> None:
    """There are more events than may wait in the queue."""
    with talking(colour) as talk:
        events = list(talk.ask(f"essay-{WORDS}"))
    assert text_of(events).endswith(f"word{WORDS}")


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize("kind", [openai.OpenAI, openai.AsyncOpenAI])
def test_any_client_of_the_old_api_can_be_used(kind: Any) -> None:
    """The SDK's own, over HTTP."""
    colour = ASYNC if kind is openai.AsyncOpenAI else SYNC
    with served() as url, opened(colour, (kind, kind), base_url=f"{url}/v1", api_key="x") as client:
        talk = Talk(client, get_weather, get_time)
        events = list(talk.ask(TWO_ROUNDS))
    assert names(events).count("thread.run.requires_action") == 2
    assert len(talk.stream.outputs) == 3
