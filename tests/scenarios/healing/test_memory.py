"""What was learned about a server is remembered, so that no extra calls are made for it again."""

import pytest

from shim import OpenAI
from shim.assembly import wiring
from shim.engine import Capabilities
from shim.ports import Profile
from shim.sandbox import Sandbox
from tests.scenarios.doors.loopback import Loopback, Reply, Request
from tests.scenarios.healing.losing import WAYS, Losing, Talk, blocks, input_texts, is_call, refused, warnings
from tests.scenarios.healing.wordings import WORDINGS

UNKNOWN = Profile("other", trusted=False, background=True, address="http://a/v1")
KNOWN = Profile("openai", background=True, address="http://a/v1")
OTHER = Profile("other", trusted=False, address="http://b/v1")


@pytest.mark.parametrize("way", WAYS)
def test_a_server_that_reports_no_storage_is_never_chained(way: str, caplog: pytest.LogCaptureFixture) -> None:
    server = Loopback(sandbox=Sandbox(can_store=False))
    with server, OpenAI(base_url=server.url, api_key="x") as client:
        talk = Talk(client, way)
        talk.run()
        for number in (2, 3):
            assert talk.fact in talk.ask("What is it?").text
            assert len(server.bodies) == number
        assert not any("previous_response_id" in body for body in server.bodies)
        assert [body["store"] for body in server.bodies] == [True, False, False]
        assert warnings(caplog) == []


@pytest.mark.proof
@pytest.mark.parametrize("way", WAYS)
def test_an_unknown_server_without_proof_that_it_stores_is_not_chained(way: str) -> None:
    def silent(request: Request) -> Reply | None:
        def without_store(event: dict) -> dict:
            event.get("response", {}).pop("store", None)
            return event

        if request.method == "GET":
            return Reply.error(404, "Not Found")
        return blocks(server.usual(request), without_store) if is_call(request) else None

    with Loopback(silent) as server, OpenAI(base_url=server.url, api_key="x") as client:
        talk = Talk(client, way)
        talk.run()
        for number in (2, 3):
            assert talk.fact in talk.ask("What is it?").text
            assert len(server.bodies) == number
        assert not any("previous_response_id" in body for body in server.bodies)


def test_an_unknown_server_that_loses_each_chain_costs_two_extra_calls(caplog: pytest.LogCaptureFixture) -> None:
    losing = Losing(WORDINGS["vLLM"])
    with Loopback(losing) as server, OpenAI(base_url=server.url, api_key="x") as client:
        talk = Talk(client, "stream")
        talk.run()
        for _ in range(4):
            losing.due = True
            assert talk.fact in talk.ask("What is it?").text
        chained = ["previous_response_id" in body for body in server.bodies]
        assert chained == [False, True, False, True, False, False, False]
        assert len(input_texts(server.bodies[-1])) == 9
        assert len(warnings(caplog)) == 2


@pytest.mark.parametrize("way", WAYS)
def test_a_server_that_refuses_store_is_asked_only_once(way: str, caplog: pytest.LogCaptureFixture) -> None:
    def refusing(request: Request) -> Reply | None:
        if is_call(request) and request.json["store"]:
            return Reply.error(400, "`store=True` (default) is not supported. Please set `store=False`.")
        return None

    with Loopback(refusing) as server, OpenAI(base_url=server.url, api_key="x") as client:
        talk = Talk(client, way)
        assert talk.run().run["status"] == "completed"
        assert talk.fact in talk.ask("What is it?").text
        assert [body["store"] for body in server.bodies] == [True, False, False]
        assert len(warnings(caplog)) == 1


def test_clients_of_one_process_share_what_was_learned() -> None:
    losing = Losing(WORDINGS["llama.cpp"])
    with Loopback(losing) as server:
        for calls in ([False, True, False], [False, False]):
            with OpenAI(base_url=server.url, api_key="x") as client:
                before = len(server.bodies)
                talk = Talk(client, "stream")
                talk.run()
                losing.due = True
                assert talk.fact in talk.ask("What is it?").text
                assert ["previous_response_id" in body for body in server.bodies[before:]] == calls


def test_what_was_learned_applies_to_one_server_only() -> None:
    servers = Capabilities()
    servers.unchained(UNKNOWN)
    assert (servers.adjusted(UNKNOWN).stores, servers.adjusted(UNKNOWN).background) == (False, False)
    assert servers.adjusted(OTHER) == OTHER


def test_a_trusted_server_stays_trusted_after_losses() -> None:
    servers = Capabilities()
    servers.remember_response(KNOWN, "resp_1")
    for _ in range(9):
        servers.lost(KNOWN, "resp_1")
    assert servers.adjusted(KNOWN) == KNOWN


def test_a_working_chain_offsets_a_lost_one() -> None:
    servers = Capabilities()
    servers.remember_response(OTHER, "resp_1")
    # A lost response of another server does not count.
    servers.remember_response(KNOWN, "resp_2")
    for _ in range(9):
        servers.lost(OTHER, "resp_2")
    assert servers.adjusted(OTHER) == OTHER
    for _ in range(9):
        servers.lost(OTHER, "resp_1")
        servers.chained(OTHER)
    assert servers.adjusted(OTHER) == OTHER
    servers.lost(OTHER, "resp_1")
    servers.lost(OTHER, "resp_1")
    assert not servers.adjusted(OTHER).stores


def test_lost_chains_of_another_server_do_not_count() -> None:
    """Old threads, each with a head that was lost long ago or belongs to another server; then a new response here."""
    losing = Losing(WORDINGS["OGX"])
    with Loopback(losing) as server, OpenAI(base_url=server.url, api_key="x") as client:
        talks = [Talk(client, "stream") for _ in range(3)]
        for talk in talks:
            talk.run()
        # Simulates a new process, which knows nothing about the servers.
        wiring._capabilities.clear()
    with Loopback(losing, server.sandbox) as server, OpenAI(base_url=server.url, api_key="x") as client:
        for talk in talks:
            talk.client, losing.due = client, True
            assert talk.fact in talk.ask("What is it?").text
        assert ["previous_response_id" in body for body in server.bodies] == [True, False] * 3
        assert talk.fact in talk.ask("Again?").text
        assert input_texts(server.bodies[-1]) == ["Again?"]


def _chained_calls(server: Loopback, talk: Talk) -> list[bool]:
    """For each call of a second turn, whether it was chained."""
    talk.run()
    before = len(server.bodies)
    assert talk.fact in talk.ask("What is it?").text
    return ["previous_response_id" in body for body in server.bodies[before:]]


def test_what_was_learned_applies_to_one_organisation_only() -> None:
    def private(request: Request) -> Reply | None:
        mine = request.header("authorization") == "Bearer zdr"
        if mine and is_call(request) and "previous_response_id" in request.json:
            return refused(WORDINGS["zero data retention"], request.json["previous_response_id"])
        return None

    with Loopback(private) as server:
        calls = {}
        for key in ("zdr", "usual", "zdr", "usual"):
            with OpenAI(base_url=server.url, api_key=key) as client:
                calls.setdefault(key, []).append(_chained_calls(server, Talk(client, "stream")))
        assert calls == {"zdr": [[True, False], [False]], "usual": [[True], [True]]}
        # The same with one client that is used with several keys.
        with OpenAI(base_url=server.url, api_key="usual") as client:
            assert _chained_calls(server, Talk(client.with_options(api_key="zdr"), "stream")) == [False]
            assert _chained_calls(server, Talk(client, "stream")) == [True]


def test_what_was_learned_applies_to_one_model_only() -> None:
    """A proxy for two models: the server of one stores responses, that of the other does not."""

    def proxy(request: Request) -> Reply | None:
        if not is_call(request) or request.json["model"] != "gpt-4o-mini":
            return None
        return blocks(server.usual(request), _unstored)

    with Loopback(proxy) as server, OpenAI(base_url=server.url, api_key="x") as client:
        for _ in range(2):
            assert _chained_calls(server, Talk(client, "stream", model="gpt-4o-mini")) == [False]
            assert _chained_calls(server, Talk(client, "stream", model="gpt-4o")) == [True]


def _unstored(event: dict) -> dict:
    return event | ({"response": event["response"] | {"store": False}} if "response" in event else {})
