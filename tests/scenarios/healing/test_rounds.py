"""A chain that is lost between a run's calls and their outputs."""

from typing import Any

import pytest

from shim import OpenAI
from tests.scenarios.doors.loopback import Loopback
from tests.scenarios.doors.talking import secret, tool
from tests.scenarios.healing.losing import WAYS, IgnoresPrevious, Losing, Talk, input_texts, warnings
from tests.scenarios.healing.wordings import WORDINGS

Json = dict[str, Any]
TOOLS = [tool("find_city", person="string"), tool("get_weather", city="string")]
FEW = ["OpenAI, expired or deleted", "OpenAI, a call that is gone", "OGX, in its stream", "llama.cpp"]


def _calls(body: Json) -> list[tuple[str, str]]:
    return [(item["type"], item["call_id"]) for item in body["input"] if item["type"].startswith("function_call")]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("words", FEW)
def test_a_round_is_replayed_with_its_calls_and_outputs(words: str, way: str, caplog: pytest.LogCaptureFixture) -> None:
    losing, weather, calls_received = Losing(WORDINGS[words]), secret(), []

    def get_weather(arguments: Json) -> str:
        calls_received.append(arguments)
        losing.due = True
        return weather

    with Loopback(losing) as server, OpenAI(base_url=server.url, api_key="x") as client:
        talk = Talk(client, way, tools=TOOLS)
        talk.run()
        result = talk.ask(
            'get_weather {"city": "Oslo"} and find_city', get_weather=get_weather, find_city=lambda arguments: "Rome"
        )
        assert result.run["status"] == "completed"
        assert weather in result.text
        assert len(calls_received) == 1
        healed = server.bodies[-1]
        calls = _calls(healed)
        assert [kind for kind, _ in calls] == ["function_call"] * 2 + ["function_call_output"] * 2
        assert sorted(id for _, id in calls[:2]) == sorted(id for _, id in calls[2:])
        assert f"My word is {talk.fact}." in input_texts(healed)[0]
        assert "previous_response_id" not in healed
        assert len(warnings(caplog)) == 1
        assert len([step for step in result.steps if step["type"] == "tool_calls"]) == 1


@pytest.mark.parametrize("way", WAYS)
def test_a_round_whose_chain_was_ignored_is_replayed(way: str) -> None:
    """The first request of the run is not chained, so nothing can be ignored; the second request is."""
    ignoring = IgnoresPrevious()
    with Loopback(ignoring) as server, OpenAI(base_url=server.url, api_key="x") as client:
        ignoring.server = server
        talk = Talk(client, way, tools=TOOLS)
        talk.run()
        result = talk.ask(
            "get_weather then find_city", get_weather=lambda arguments: "Rain", find_city=lambda arguments: "Rome"
        )
        assert result.run["status"] == "completed"
        assert "Rain" in result.text
        assert "Rome" in result.text
        assert ["previous_response_id" in body for body in server.bodies] == [False, True, False, False, False]
        assert [kind for kind, _ in _calls(server.bodies[-1])] == ["function_call", "function_call_output"] * 2


def test_a_call_without_output_is_not_replayed(caplog: pytest.LogCaptureFixture) -> None:
    losing = Losing(WORDINGS["OGX"])
    with Loopback(losing) as server, OpenAI(base_url=server.url, api_key="x") as client:
        talk = Talk(client, "poll", tools=TOOLS)
        talk.run()
        threads = client.beta.threads
        threads.messages.create(talk.thread, role="user", content="get_weather")
        run = threads.runs.create_and_poll(thread_id=talk.thread, assistant_id=talk.assistant)
        assert run.status == "requires_action"
        threads.runs.cancel(run.id, thread_id=talk.thread)
        losing.due = True
        assert talk.fact in talk.ask("What is it?").text
        assert _calls(server.bodies[-1]) == []
        assert input_texts(server.bodies[-1])[-2:] == ["get_weather", "What is it?"]
        assert len(warnings(caplog)) == 1
