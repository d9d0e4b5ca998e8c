"""What a server has shown of itself is remembered, so that nobody pays for it twice."""

import pytest

from shim import OpenAI
from shim.engine import Servers
from shim.ports import Profile
from shim.sandbox import Sandbox
from tests.doors.loopback import Asked, Loopback, Said
from tests.healing.losing import WAYS, Losing, Talk, blocks, is_call, said, warnings
from tests.healing.wordings import WORDINGS

UNKNOWN = Profile("other", trusted=False, background=True, address="http://a/v1")
KNOWN = Profile("openai", background=True, address="http://a/v1")
OTHER = Profile("other", trusted=False, address="http://b/v1")


@pytest.mark.parametrize("way", WAYS)
def test_a_server_that_says_that_it_keeps_nothing_is_never_chained(way: str, caplog: pytest.LogCaptureFixture) -> None:
    server = Loopback(sandbox=Sandbox(can_store=False))
    with server, OpenAI(base_url=server.url, api_key="x") as client:
        talk = Talk(client, way)
        talk.run()
        for number in (2, 3):
            assert talk.fact in talk.say("What is it?").text
            assert len(server.bodies) == number
        assert not any("previous_response_id" in body for body in server.bodies)
        assert [body["store"] for body in server.bodies] == [True, False, False]
        assert warnings(caplog) == []


@pytest.mark.parametrize("way", WAYS)
def test_an_unknown_server_that_does_not_say_whether_it_keeps_is_not_chained(way: str) -> None:
    def silent(asked: Asked) -> Said | None:
        def keep(event: dict) -> dict:
            event.get("response", {}).pop("store", None)
            return event

        return blocks(server.usual(asked), keep) if is_call(asked) else None

    with Loopback(silent) as server, OpenAI(base_url=server.url, api_key="x") as client:
        talk = Talk(client, way)
        talk.run()
        for number in (2, 3):
            assert talk.fact in talk.say("What is it?").text
            assert len(server.bodies) == number
        assert not any("previous_response_id" in body for body in server.bodies)


def test_an_unknown_server_that_loses_each_chain_costs_two_calls_and_no_more(caplog: pytest.LogCaptureFixture) -> None:
    losing = Losing(WORDINGS["vLLM"])
    with Loopback(losing) as server, OpenAI(base_url=server.url, api_key="x") as client:
        talk = Talk(client, "stream")
        talk.run()
        for _ in range(4):
            losing.due = True
            assert talk.fact in talk.say("What is it?").text
        chained = ["previous_response_id" in body for body in server.bodies]
        assert chained == [False, True, False, True, False, False, False]
        assert len(said(server.bodies[-1])) == 9
        assert len(warnings(caplog)) == 2


@pytest.mark.parametrize("way", WAYS)
def test_a_server_that_refuses_to_keep_is_not_asked_to(way: str, caplog: pytest.LogCaptureFixture) -> None:
    def refusing(asked: Asked) -> Said | None:
        if is_call(asked) and asked.json["store"]:
            return Said.error(400, "`store=True` (default) is not supported. Please set `store=False`.")
        return None

    with Loopback(refusing) as server, OpenAI(base_url=server.url, api_key="x") as client:
        talk = Talk(client, way)
        assert talk.run().run["status"] == "completed"
        assert talk.fact in talk.say("What is it?").text
        assert [body["store"] for body in server.bodies] == [True, False, False]
        assert len(warnings(caplog)) == 1


def test_another_client_of_the_process_knows_it_too() -> None:
    losing = Losing(WORDINGS["llama.cpp"])
    with Loopback(losing) as server:
        for calls in ([False, True, False], [False, False]):
            with OpenAI(base_url=server.url, api_key="x") as client:
                before = len(server.bodies)
                talk = Talk(client, "stream")
                talk.run()
                losing.due = True
                assert talk.fact in talk.say("What is it?").text
                assert ["previous_response_id" in body for body in server.bodies[before:]] == calls


def test_one_server_says_nothing_of_another() -> None:
    servers = Servers()
    servers.unchained(UNKNOWN)
    assert (servers.seen(UNKNOWN).stores, servers.seen(UNKNOWN).background) == (False, False)
    assert servers.seen(OTHER) == OTHER


def test_a_server_that_is_known_to_keep_may_lose_as_often_as_it_likes() -> None:
    servers = Servers()
    for _ in range(9):
        servers.lost(KNOWN)
    assert servers.seen(KNOWN) == KNOWN


def test_a_chain_that_holds_makes_good_for_one_that_was_lost() -> None:
    servers = Servers()
    for _ in range(9):
        servers.lost(OTHER)
        servers.chained(OTHER)
    assert servers.seen(OTHER) == OTHER
    servers.lost(OTHER)
    servers.lost(OTHER)
    assert not servers.seen(OTHER).stores
