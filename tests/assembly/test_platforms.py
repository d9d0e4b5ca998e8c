"""Copies of an async client find out the system that they run on once."""

from typing import Any

import openai
import pytest
from openai import _base_client

from shim import AsyncOpenAI
from shim.assembly.platforms import Copies
from tests.scenarios.doors.loopback import Loopback


async def test_it_is_found_out_once_for_all_runs_of_a_client(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []

    def platform() -> Any:
        calls.append(1)
        return "Linux"

    monkeypatch.setattr(_base_client, "get_platform", platform)
    with Loopback() as upstream:
        async with AsyncOpenAI(api_key="test", base_url=upstream.url) as client:
            helper = await client.beta.assistants.create(model="gpt-4o")
            for _ in range(3):
                thread = await client.beta.threads.create(messages=[{"role": "user", "content": "Hello"}])
                run = await client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=helper.id)
                assert run.status == "completed"
    assert calls == [1]


def test_a_copy_that_sent_nothing_tells_nothing() -> None:
    copies = Copies(lambda: openai.AsyncOpenAI(api_key="test"))
    first, second = copies(), copies()
    assert (first._platform, second._platform) == (None, None)
    second._platform = "Linux"
    assert [copies()._platform for _ in range(2)] == ["Linux", "Linux"]


def test_a_client_of_an_sdk_without_the_attribute_is_copied() -> None:
    class Old:
        pass

    made: Any = Copies(Old)  # type: ignore[arg-type,return-value]
    assert [vars(made()) for _ in range(3)] == [{}, {}, {}]
