"""Stateless mode: each request has the whole thread, with encrypted reasoning; unreadable reasoning is left out."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from shim import OpenAI
from tests.scenarios.doors.loopback import Loopback, Reply, Request
from tests.scenarios.doors.talking import tool
from tests.scenarios.healing.losing import WAYS, Losing, Talk, input_texts, is_call, warnings
from tests.scenarios.healing.wordings import WORDINGS

Json = dict[str, Any]
THINKER = "o3"
ENCRYPTED = "reasoning.encrypted_content"


@pytest.fixture(autouse=True)
def _openai(monkeypatch: pytest.MonkeyPatch) -> None:
    """The profile of OpenAI, with no facts about models."""
    monkeypatch.setenv("SHIM_UPSTREAM_PROFILE", "openai")
    monkeypatch.setenv("SHIM_BACKGROUND", "never")
    monkeypatch.setenv("SHIM_MODEL_MAP", "off")


@pytest.fixture
def stateless(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIM_STORE_RESPONSES", "false")


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as made:
        yield made


@pytest.fixture
def client(server: Loopback) -> Iterator[OpenAI]:
    with OpenAI(base_url=server.url, api_key="x", max_retries=0) as made:
        yield made


def kinds(body: Json) -> list[str]:
    return [item["type"] for item in body["input"]]


def check_thoughts(body: Json) -> None:
    """Each reasoning item is encrypted, has no id, and is followed by an item of its own response."""
    for item, after in pairwise(body["input"]):
        if item["type"] == "reasoning":
            assert item["encrypted_content"]
            assert "id" not in item
            assert after["type"] == "function_call" or after.get("role") == "assistant"
    assert kinds(body)[-1] != "reasoning"


@pytest.mark.usefixtures("stateless")
@pytest.mark.parametrize("way", WAYS)
def test_each_turn_sends_the_whole_thread(way: str, server: Loopback, client: OpenAI) -> None:
    talk = Talk(client, way, model=THINKER)
    talk.run()
    talk.ask("What is it?")
    assert talk.fact in talk.ask("Again?").text
    assert [(body["store"], body["include"]) for body in server.bodies] == [(False, [ENCRYPTED])] * 3
    assert not any("previous_response_id" in body for body in server.bodies)
    assert kinds(server.bodies[-1]) == ["message", "reasoning", "message"] * 2 + ["message"]
    check_thoughts(server.bodies[-1])


@pytest.mark.usefixtures("stateless")
@pytest.mark.parametrize("way", WAYS)
def test_a_tool_round_sends_the_reasoning_before_the_call(way: str, server: Loopback, client: OpenAI) -> None:
    talk = Talk(client, way, model=THINKER, tools=[tool("get_weather"), tool("get_time")])
    talk.run()
    result = talk.ask(
        "get_weather then get_time", get_weather=lambda arguments: "Rain", get_time=lambda arguments: "Noon"
    )
    assert result.run["status"] == "completed"
    assert len(server.bodies) == 4
    check_thoughts(server.bodies[-1])
    assert kinds(server.bodies[-1])[4:] == ["reasoning", "function_call", "function_call_output"] * 2


@pytest.mark.usefixtures("stateless")
@pytest.mark.parametrize("way", WAYS)
def test_reasoning_is_requested_once_from_a_model_without_it(way: str, server: Loopback, client: OpenAI) -> None:
    talk = Talk(client, way, model="gpt-4o")
    talk.run()
    assert talk.fact in talk.ask("What is it?").text
    assert ["include" in body for body in server.bodies] == [True, False, False]


@pytest.mark.usefixtures("stateless")
def test_reasoning_without_a_following_item_is_not_sent(server: Loopback, client: OpenAI) -> None:
    talk = Talk(client, "poll", model=THINKER)
    talk.run()
    assert talk.ask("ponder-forever").run["status"] == "incomplete"
    assert talk.fact in talk.ask("What is it?").text
    assert kinds(server.bodies[-1]) == ["message", "reasoning", "message", "message", "message"]
    check_thoughts(server.bodies[-1])


class Blind:
    """A server that cannot read the reasoning that it receives."""

    def __call__(self, request: Request) -> Reply | None:
        if not is_call(request) or "reasoning" not in kinds(request.json):
            return None
        words = "The encrypted content gAAA...DQ== could not be verified."
        return Reply.error(400, words, "invalid_encrypted_content")


@pytest.mark.usefixtures("stateless")
@pytest.mark.parametrize("way", WAYS)
def test_reasoning_of_another_organisation_is_left_out(
    way: str, server: Loopback, client: OpenAI, caplog: pytest.LogCaptureFixture
) -> None:
    talk = Talk(client, way, model=THINKER)
    talk.run()
    server.answer = Blind()
    assert talk.fact in talk.ask("What is it?").text
    assert [kinds(body).count("reasoning") for body in server.bodies] == [0, 1, 0]
    assert input_texts(server.bodies[-1])[-1] == "What is it?"
    assert len(warnings(caplog)) == 1
    assert "gAAA" not in caplog.text


@pytest.mark.parametrize("way", WAYS)
def test_an_organisation_with_zero_data_retention_becomes_stateless(
    way: str, server: Loopback, client: OpenAI, caplog: pytest.LogCaptureFixture
) -> None:
    losing = server.answer = Losing(WORDINGS["zero data retention"])
    talk = Talk(client, way, model=THINKER)
    talk.run()
    losing.due = True
    assert talk.fact in talk.ask("What is it?").text
    assert talk.fact in talk.ask("Again?").text
    assert [body["store"] for body in server.bodies] == [True, True, False, False]
    assert server.bodies[-1]["include"] == [ENCRYPTED]
    assert kinds(server.bodies[-1]) == ["message", "message", "message", "reasoning", "message", "message"]
    check_thoughts(server.bodies[-1])
    assert len(warnings(caplog)) == 1


def test_a_server_of_another_kind_gets_no_reasoning(
    server: Loopback, client: OpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thread continues on another server, which could not read the first server's encrypted reasoning."""
    monkeypatch.setenv("SHIM_STORE_RESPONSES", "false")
    with OpenAI(base_url=server.url, api_key="x") as first:
        talk = Talk(first, "stream", model=THINKER)
        talk.run()
    monkeypatch.setenv("SHIM_UPSTREAM_PROFILE", "llamacpp")
    with OpenAI(base_url=server.url, api_key="x") as second:
        talk.client = second
        assert talk.fact in talk.ask("What is it?").text
    assert kinds(server.bodies[-1]) == ["message"] * 3
    assert "include" not in server.bodies[-1]
