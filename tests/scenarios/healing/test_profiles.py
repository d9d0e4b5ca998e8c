"""How the runs of each profile are sent upstream: chained or complete, stored or not, in the background or not."""

import pytest

from shim import OpenAI
from shim.upstream.profiles import CHAT, PROFILES
from tests.scenarios.doors.loopback import Loopback
from tests.scenarios.healing.losing import WAYS, Talk, input_texts

CHAINING = {"openai", "azure", "sandbox", "ogx", "lmstudio", "litellm", "other"}
#: The profile without a Responses API is reached through LiteLLM: `tests/scenarios/completions`.
RESPONDING = [name for name in PROFILES if name != CHAT]
IN_BACKGROUND = {"openai", "azure", "sandbox"}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", RESPONDING)
def test_a_profile_decides_how_runs_are_sent(name: str, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIM_UPSTREAM_PROFILE", name)
    with Loopback() as server, OpenAI(base_url=server.url, api_key="x", max_retries=0) as client:
        talk = Talk(client, way, model="o3")
        talk.run()
        assert talk.fact in talk.ask("What is it?").text
        first, second = server.bodies
    chained = name in CHAINING
    assert [body["store"] for body in (first, second)] == [chained] * 2
    assert ("previous_response_id" in second) == chained
    assert len(input_texts(second)) == (1 if chained else 3)
    assert not any(body.get("background") for body in (first, second))
    assert "include" not in first


@pytest.mark.parametrize("name", RESPONDING)
def test_slow_models_run_in_the_background_where_the_server_supports_it(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHIM_UPSTREAM_PROFILE", name)
    monkeypatch.setattr("shim.translate.models.MINUTES", {"o3": "thinks"})
    with Loopback() as server, OpenAI(base_url=server.url, api_key="x", max_retries=0) as client:
        Talk(client, "stream", model="o3").run()
        (body,) = server.bodies
    assert bool(body.get("background")) == (name in IN_BACKGROUND)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", RESPONDING)
def test_no_profile_stores_responses_when_storing_is_off(name: str, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No response is stored, none runs in the background, and reasoning is sent where the server can read it again."""
    monkeypatch.setenv("SHIM_UPSTREAM_PROFILE", name)
    monkeypatch.setenv("SHIM_STORE_RESPONSES", "false")
    with Loopback() as server, OpenAI(base_url=server.url, api_key="x", max_retries=0) as client:
        talk = Talk(client, way, model="o3")
        talk.run()
        assert talk.fact in talk.ask("What is it?").text
        assert [body["store"] for body in server.bodies] == [False] * 2
        assert not any("background" in body or "previous_response_id" in body for body in server.bodies)
        # An unknown server may be OpenAI behind a gateway.
        carried = PROFILES[name].encrypted_reasoning or not PROFILES[name].trusted
        assert [body.get("include", []) for body in server.bodies] == [["reasoning.encrypted_content"] * carried] * 2
        kinds = [item["type"] for item in server.bodies[-1]["input"]]
        assert kinds == ["message", *["reasoning"] * carried, "message", "message"]
