"""Error texts that clients match by regular expression, the ids in them, and unknown paths."""

import re
from typing import Any

import openai
import pytest
from openai._models import FinalRequestOptions

from tests.scenarios.clients.talking import WEATHER, Talk
from tests.scenarios.doors.loopback import Reply
from tests.scenarios.protocol.hours import Clock, set_clock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock for the test, set before the client is made."""
    return set_clock(monkeypatch)


def refused(call: Any, *arguments: Any, **keywords: Any) -> str:
    with pytest.raises(openai.APIStatusError) as caught:
        call(*arguments, **keywords)
    return caught.value.message


def test_an_active_run(talk: Talk) -> None:
    run = talk.run(WEATHER)
    words = refused(talk.threads.runs.create, run.thread_id, assistant_id=run.assistant_id)
    found = re.search(r"Thread (\w+) already has an active run (\w+)", words)
    assert found
    assert found.groups() == (run.thread_id, run.id)


def test_a_message_during_a_run(talk: Talk) -> None:
    run = talk.run(WEATHER)
    words = refused(talk.threads.messages.create, run.thread_id, role="user", content="Hello?")
    found = re.search(r"Can't add messages to thread_([a-zA-Z0-9]+) while a run run_([a-zA-Z0-9]+) is active\.", words)
    assert found
    assert (f"thread_{found[1]}", f"run_{found[2]}") == (run.thread_id, run.id)


def test_cancelling_a_run_that_has_ended(talk: Talk) -> None:
    run = talk.run("Hello")
    assert re.search(
        r"Cannot cancel run with status", refused(talk.threads.runs.cancel, run.id, thread_id=run.thread_id)
    )


def test_outputs_for_an_expired_run(clock: Clock, talk: Talk) -> None:
    run = talk.run(WEATHER)
    clock.ahead = 601
    assert 'Runs in status "expired"' in refused(talk.submit, run)
    assert talk.retrieve(run).status == "expired"


def test_a_server_error_and_a_rate_limit(talk: Talk) -> None:
    """Both end the run as failed, as in the old API, with upstream's message."""
    message = "Rate limit reached for gpt-4o in organization org-1 on tokens per min. Please try again in 2 seconds."
    talk.upstream.answer = lambda request: Reply.error(429, message, "rate_limit_exceeded")
    run = talk.run("Hello")
    assert (run.status, run.last_error.code) == ("failed", "rate_limit_exceeded")
    assert re.search(r"rate limit.*try again in (\d+) second", run.last_error.message, re.IGNORECASE)
    message = "The server had an error processing your request. Sorry about that!"
    talk.upstream.answer = lambda request: Reply.error(500, message)
    run = talk.run("Hello")
    assert (run.status, run.last_error.code) == ("failed", "server_error")
    assert "The server had an error processing your request" in run.last_error.message


def test_ids_have_known_prefixes(talk: Talk) -> None:
    run = talk.run(WEATHER)
    talk.poll(talk.submit(run))
    ids = {
        "asst": [run.assistant_id],
        "thread": [run.thread_id],
        "run": [run.id],
        "msg": [message.id for message in talk.messages(run)],
        "step": [step.id for step in talk.steps(run)],
    }
    for prefix, found in ids.items():
        assert found
        assert [id for id in found if not re.fullmatch(rf"{prefix}_[A-Za-z0-9]{{24}}", id)] == []


UNKNOWN = [
    ("GET", "/threads/thread_1/runs/run_1/events"),
    ("POST", "/assistants/asst_1/files"),
    ("GET", "/threads/thread_1/messages/msg_1/files"),
    ("GET", "/threads/thread_1/nothing"),
]
OTHERWISE = [
    ("GET", "/threads"),
    ("PATCH", "/threads/thread_1"),
    ("PUT", "/assistants"),
    ("DELETE", "/threads/thread_1/runs/run_1"),
]


@pytest.mark.parametrize("method,path", UNKNOWN, ids=str)
def test_unknown_paths(talk: Talk, method: str, path: str) -> None:
    """404 with an error body, made by the shim: no such request reaches the network."""
    with pytest.raises(openai.NotFoundError) as caught:
        talk.client.request(object, _options(method, path))
    assert caught.value.body["message"].startswith("Invalid URL (")
    assert caught.value.type == "invalid_request_error"
    assert (caught.value.param, caught.value.code) == (None, None)
    assert talk.upstream.requests == []


@pytest.mark.parametrize("method,path", OTHERWISE, ids=str)
def test_methods_that_a_path_does_not_support(talk: Talk, method: str, path: str) -> None:
    with pytest.raises(openai.APIStatusError, match="Invalid method for URL") as caught:
        talk.client.request(object, _options(method, path))
    assert caught.value.status_code == 405
    assert talk.upstream.requests == []


def _options(method: str, path: str) -> Any:
    return FinalRequestOptions.construct(method=method.lower(), url=path)
