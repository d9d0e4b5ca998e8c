"""A server that is busy sends the same events as one that is not, but for the size of text deltas."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

from shim.http.pace import Pace
from shim.sandbox.http import running
from tests.server.served import served
from tests.server.test_operations import numbers
from tests.stores import Stores

#: Seconds for which text waits: several of the sandbox's pauses.
DELAY = 0.2
QUESTIONS = (
    "slowly essay-20",
    "slowly two-messages",
    "slowly essay-15 token-cap",
    "slowly essay-15 fail-midway",
    "slowly essay-15 connection-cut",
    "slowly essay-15 stop-short",
    "essay-2000",
)


@pytest.fixture
def upstream() -> Iterator[str]:
    with running() as url:
        yield url


def streamed(client: Any, question: str) -> list[tuple[str, str]]:
    """The names of a run's events with their texts, one for each piece."""
    assistant = client.beta.assistants.create(model="gpt-4o")
    thread = client.beta.threads.create(messages=[{"role": "user", "content": question}])
    with client.beta.threads.runs.create(thread_id=thread.id, assistant_id=assistant.id, stream=True) as events:
        found = [(event.event, _text(event)) for event in events]
    stored = client.beta.threads.messages.list(thread.id).data
    return [*found, ("stored", "".join(part.text.value for each in stored for part in each.content))]


def _text(event: Any) -> str:
    if event.event == "thread.message.delta":
        return "".join(part.text.value or "" for part in event.data.delta.content or ())
    return str(getattr(event.data, "last_error", None) or getattr(event.data, "incomplete_details", None) or "")


def joined(events: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """With deltas that follow each other as one."""
    together: list[tuple[str, str]] = []
    for name, text in events:
        if together and name == together[-1][0] == "thread.message.delta":
            together[-1] = (name, together[-1][1] + text)
        else:
            together.append((name, text))
    return together


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_same_events_come_in_larger_pieces(
    question: str, upstream: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, stores: Stores
) -> None:
    seen = {}
    for delay in (0.0, DELAY):
        monkeypatch.setenv("SHIM_DATABASE_URL", stores.new(tmp_path, f"{delay}.db"))
        monkeypatch.setattr(Pace, "delay", lambda pace, now, delay=delay: delay)
        with (
            served(upstream=upstream) as url,
            openai.OpenAI(base_url=f"{url}/v1", api_key="test", max_retries=0) as client,
        ):
            seen[delay] = streamed(client, question)
    assert joined(seen[DELAY]) == joined(seen[0.0])
    if question.startswith("slowly essay"):
        assert len(seen[DELAY]) < len(seen[0.0])
        # The first text does not wait.
        assert next(each for each in seen[DELAY] if each[1]) == next(each for each in seen[0.0] if each[1])


def test_how_long_text_waits_is_a_metric(upstream: str) -> None:
    with served(upstream=upstream) as url, openai.OpenAI(base_url=f"{url}/v1", api_key="test") as client:
        assert numbers(url)["shim_text_delay_seconds_count",] == 0
        streamed(client, "slowly essay-10")
        assert numbers(url)["shim_text_delay_seconds_count",] >= 2
