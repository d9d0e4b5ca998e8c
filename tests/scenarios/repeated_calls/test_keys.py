"""Idempotency keys, which no SDK sends by itself, and what happens without one."""

from typing import Any

import openai
import pytest

KEY: dict[str, Any] = {"extra_headers": {"Idempotency-Key": "mine"}}
AGAIN: dict[str, Any] = {"extra_headers": {"x-stainless-retry-count": "1"}}


def test_a_repeated_key_creates_no_second_object(client: Any, assistant: str) -> None:
    threads = client.beta.threads
    made = [client.beta.assistants.create(model="gpt-4o", **KEY).id for _ in range(2)]
    assert len(set(made)) == 1
    thread_ids = [threads.create(messages=[{"role": "user", "content": "One"}], **KEY).id for _ in range(2)]
    assert len(set(thread_ids)) == 1
    texts = [threads.messages.create(thread_ids[0], role="user", content="Two", **KEY).id for _ in range(2)]
    assert len(set(texts)) == 1
    assert len(list(threads.messages.list(thread_ids[0]))) == 2
    run_ids = [threads.runs.create(thread_ids[0], assistant_id=assistant, **KEY).id for _ in range(2)]
    assert len(set(run_ids)) == 1
    both = [threads.create_and_run(assistant_id=assistant, thread={"messages": []}, instructions="Go", **KEY)] * 2
    assert len({run.id for run in both}) == 1


def test_a_repeated_key_streams_the_run_and_its_thread_again(client: Any, assistant: str) -> None:
    given = {"assistant_id": assistant, "thread": {"messages": [{"role": "user", "content": "One"}]}, "stream": True}
    heard = [[event.event for event in client.beta.threads.create_and_run(**given, **KEY)] for _ in range(2)]
    assert [names[:3] for names in heard] == [["thread.created", "thread.run.created", "thread.run.queued"]] * 2
    assert [names[-2:] for names in heard] == [["thread.run.step.completed", "thread.run.completed"]] * 2


def test_a_key_with_another_body_is_refused(client: Any) -> None:
    thread = client.beta.threads.create()
    client.beta.threads.messages.create(thread.id, role="user", content="One", **KEY)
    with pytest.raises(openai.BadRequestError, match="came with another body before"):
        client.beta.threads.messages.create(thread.id, role="user", content="Two", **KEY)


def test_the_same_key_on_another_thread_is_another_request(client: Any) -> None:
    threads = [client.beta.threads.create().id for _ in range(2)]
    made = {client.beta.threads.messages.create(thread, role="user", content="One", **KEY).id for thread in threads}
    assert len(made) == 2


def test_a_retry_without_a_key_always_creates_a_new_thread(client: Any) -> None:
    assert client.beta.threads.create().id != client.beta.threads.create(**AGAIN).id
