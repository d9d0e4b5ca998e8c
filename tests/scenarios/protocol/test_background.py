"""Runs in upstream's background mode: the shim does nothing between two calls."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import openai
import pytest

from shim import OpenAI
from tests.scenarios.clients.talking import WEATHER, Talk
from tests.scenarios.doors.loopback import Loopback, Reply, Request
from tests.scenarios.protocol.hours import Clock

Json = dict[str, Any]
ROOT: Final = Path(__file__).parents[3]
ENDED: Final = {"requires_action", "completed", "failed", "cancelled", "expired", "incomplete"}


@pytest.fixture(autouse=True)
def _always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIM_BACKGROUND", "always")


def ended_or_waiting(talk: Talk, clock: Clock, run: Any) -> Any:
    """The run once it has ended or requires an action; it is retrieved once a second."""
    for _ in range(20):
        clock.ahead += 1
        run = talk.retrieve(run)
        if run.status in ENDED:
            return run
    raise AssertionError(f"the run is still {run.status}")


def start(talk: Talk, text: str, **given: Any) -> Any:
    thread = talk.thread(text)
    return talk.threads.runs.create(thread.id, assistant_id=talk.assistant().id, **given)


def calls(upstream: Loopback, method: str, ending: str = "") -> list[Request]:
    return [each for each in upstream.requests if each.method == method and each.path.endswith(ending)]


def test_a_run_from_its_start_to_its_end(talk: Talk, clock: Clock) -> None:
    run = start(talk, "Hello")
    assert run.status == "queued"
    (body,) = talk.upstream.bodies
    assert (body["background"], body["store"], "stream" in body) == (True, True, False)
    seen = [run.status]
    while run.status not in ENDED:
        clock.ahead += 1
        run = talk.retrieve(run)
        seen.append(run.status)
    assert list(dict.fromkeys(seen)) == ["queued", "in_progress", "completed"]
    assert (run.usage.total_tokens > 0, run.expires_at, run.started_at >= run.created_at) == (True, None, True)
    assert talk.messages(run)[0].content[0].text.value.startswith("You said")
    assert [step.type for step in talk.steps(run)] == ["message_creation"]


def test_rounds_of_tools(talk: Talk, clock: Clock) -> None:
    run = ended_or_waiting(talk, clock, start(talk, f"{WEATHER} then get_time"))
    assert run.status == "requires_action"
    taken = talk.submit(run, "hail")
    assert (taken.status, taken.required_action) == ("queued", None)
    run = ended_or_waiting(talk, clock, taken)
    assert run.required_action.submit_tool_outputs.tool_calls[0].function.name == "get_time"
    run = ended_or_waiting(talk, clock, talk.submit(run, "noon"))
    assert run.status == "completed"
    assert all(word in talk.messages(run)[0].content[0].text.value for word in ("hail", "noon"))
    bodies = talk.upstream.bodies
    assert [body["background"] for body in bodies] == [True] * 3
    assert "previous_response_id" not in bodies[0]
    assert all(body["previous_response_id"] for body in bodies[1:])


def test_the_next_run_chains_from_a_background_run(talk: Talk, clock: Clock) -> None:
    run = ended_or_waiting(talk, clock, start(talk, "Hello"))
    more = {"assistant_id": run.assistant_id, "additional_messages": [{"role": "user", "content": "Again"}]}
    again = ended_or_waiting(talk, clock, talk.threads.runs.create(run.thread_id, **more))
    assert again.status == "completed"
    assert talk.upstream.bodies[1]["previous_response_id"]
    assert len(talk.upstream.bodies[1]["input"]) == 1


def test_the_polling_helper(talk: Talk) -> None:
    run = talk.run("Hello")
    assert run.status == "completed"
    answer = talk.threads.runs.with_raw_response.retrieve(run.id, thread_id=run.thread_id)
    assert 20 <= int(answer.headers["openai-poll-after-ms"]) <= 1000


def test_a_streamed_run_is_a_streamed_background_response(talk: Talk) -> None:
    with talk.threads.create_and_run_stream(
        assistant_id=talk.assistant().id, thread={"messages": [{"role": "user", "content": "Hello"}]}
    ) as events:
        events.until_done()
    assert [(body["background"], body["stream"]) for body in talk.upstream.bodies] == [(True, True)]


@pytest.mark.parametrize("text", ["slowly essay-50", WEATHER])
def test_cancelled(talk: Talk, clock: Clock, text: str) -> None:
    run = start(talk, text)
    cancelled = talk.threads.runs.cancel(run.id, thread_id=run.thread_id)
    assert cancelled.status in ("cancelling", "cancelled")
    assert len(calls(talk.upstream, "POST", "/cancel")) == 1
    run = ended_or_waiting(talk, clock, run)
    assert (run.status, run.expires_at, run.completed_at) == ("cancelled", None, None)
    assert run.cancelled_at >= run.created_at
    talk.threads.messages.create(run.thread_id, role="user", content="Never mind")


def test_cancelled_while_it_waits(talk: Talk, clock: Clock) -> None:
    run = ended_or_waiting(talk, clock, start(talk, WEATHER))
    talk.threads.runs.cancel(run.id, thread_id=run.thread_id)
    assert ended_or_waiting(talk, clock, run).status == "cancelled"


def test_expired(talk: Talk, clock: Clock) -> None:
    """After ten minutes without a call, the next call on the thread expires the run and cancels it upstream."""
    run = start(talk, "slowly essay-50")
    clock.ahead = 600
    assert talk.messages(run)[0].role == "user"
    assert len(calls(talk.upstream, "POST", "/cancel")) == 1
    run = talk.retrieve(run)
    assert (run.status, run.expires_at, run.last_error) == ("expired", None, None)
    talk.threads.messages.create(run.thread_id, role="user", content="Never mind")


@pytest.mark.parametrize("text,code", [("fail-early", "server_error"), ("limit-early", "rate_limit_exceeded"),
                                       ("essay-50 fail-midway", "server_error")])  # fmt: skip
def test_failed(talk: Talk, clock: Clock, text: str, code: str) -> None:
    run = ended_or_waiting(talk, clock, start(talk, text))
    assert (run.status, run.last_error.code, run.expires_at) == ("failed", code, None)
    assert run.failed_at >= run.created_at


def test_incomplete(talk: Talk, clock: Clock) -> None:
    run = ended_or_waiting(talk, clock, start(talk, "essay-500", max_completion_tokens=40))
    assert (run.status, run.incomplete_details.reason) == ("incomplete", "max_completion_tokens")
    assert talk.messages(run)[0].status == "incomplete"


def test_a_run_whose_response_is_gone_upstream_fails(talk: Talk, clock: Clock) -> None:
    run = start(talk, "slowly essay-50")
    talk.upstream.sandbox.forget()
    run = ended_or_waiting(talk, clock, run)
    assert (run.status, run.last_error.code) == ("failed", "server_error")
    talk.threads.messages.create(run.thread_id, role="user", content="Once more")
    more = {"thread_id": run.thread_id, "assistant_id": run.assistant_id}
    assert ended_or_waiting(talk, clock, talk.threads.runs.create(**more)).status == "completed"


def test_a_run_survives_a_temporary_failure_of_upstream(talk: Talk, clock: Clock) -> None:
    run = start(talk, "Hello")
    talk.upstream.answer = lambda request: Reply.error(503, "Back soon.")
    for _ in range(3):
        clock.ahead += 1
        assert talk.retrieve(run).status in ("queued", "in_progress")
    talk.upstream.answer = lambda request: None
    assert ended_or_waiting(talk, clock, run).status == "completed"


def test_upstream_refuses_the_request(talk: Talk) -> None:
    helper, thread = talk.assistant(model="gpt-no-such"), talk.thread("Hello")
    with pytest.raises(openai.BadRequestError) as caught:
        talk.threads.runs.create(thread.id, assistant_id=helper.id)
    assert caught.value.code == "model_not_found"
    assert talk.threads.runs.list(thread.id).data == []


def test_many_readers_cause_few_requests_to_upstream(talk: Talk, clock: Clock) -> None:
    """However many readers retrieve the run, upstream is asked after a quarter of a second, then after half a one."""
    run = start(talk, "slowly essay-50")
    hour = clock()
    frozen = Clock.__call__
    try:
        Clock.__call__ = lambda self: hour + self.ahead  # type: ignore[method-assign]
        for seconds in (0.0, 0.1, 0.2, 0.3, 0.4, 0.5):
            clock.ahead = seconds
            with ThreadPoolExecutor(10) as readers:
                list(readers.map(lambda _: talk.retrieve(run), range(50)))
    finally:
        Clock.__call__ = frozen  # type: ignore[method-assign]
    assert len(calls(talk.upstream, "GET")) <= 3


PROGRAM: Final = """
import json, sys, shim
client = shim.OpenAI(api_key="test", base_url=sys.argv[1])
helper = client.beta.assistants.create(model="gpt-4o", tools=json.loads(sys.argv[3]))
thread = {"messages": [{"role": "user", "content": sys.argv[2]}]}
print(client.beta.threads.create_and_run(assistant_id=helper.id, thread=thread).to_json(indent=None))
"""


@pytest.mark.parametrize("text", ["Hello", WEATHER])
def test_a_run_of_an_ended_process_is_finished_by_another(upstream: Loopback, text: str) -> None:
    tools = json.dumps([{"type": "function", "function": {"name": "get_weather"}}])
    command = [sys.executable, "-c", PROGRAM, upstream.url, text, tools]
    given = os.environ | {"PYTHONPATH": str(ROOT)}
    begun = json.loads(subprocess.run(command, env=given, capture_output=True, text=True, check=True).stdout)
    assert begun["status"] == "queued"
    with OpenAI(api_key="test", base_url=upstream.url) as client:
        talk = Talk(client, upstream)
        run = talk.poll(talk.threads.runs.retrieve(begun["id"], thread_id=begun["thread_id"]))
        if text == WEATHER:
            run = talk.poll(talk.submit(run))
        assert run.status == "completed"
        assert talk.messages(run)[0].run_id == begun["id"]


def test_any_call_on_the_thread_updates_its_run(talk: Talk, clock: Clock) -> None:
    """Every call on the thread updates the run first, so a program that never retrieves it is not locked out."""
    run = start(talk, "Hello")
    for _ in range(10):
        clock.ahead += 1
        if len(talk.threads.messages.list(run.thread_id).data) == 2:
            break
    talk.threads.messages.create(run.thread_id, role="user", content="And now?")


def test_deleting_the_thread_cancels_the_response(talk: Talk) -> None:
    run = start(talk, "slowly essay-50")
    assert talk.threads.delete(run.thread_id).deleted
    assert len(calls(talk.upstream, "POST", "/cancel")) == 1
