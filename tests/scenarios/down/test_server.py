"""An upstream that goes down and comes back, behind a real server, with either of the server's HTTP clients."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from shim.http.breaker import Circuits
from tests.listening import refusing_port
from tests.scenarios.doors.loopback import Loopback, Reply
from tests.server.sending import Response, send
from tests.server.served import served

KEY = "Bearer sk-a-good-key"
WAYS = ("direct", "library")
EARLY = {"circuit_failures": 2, "upstream_retries": 0}


class Clock:
    """A clock for the server's circuit breakers; the test moves it."""

    now = 1000.0


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr("shim.server.network.Circuits", partial(Circuits, clock=lambda: found.now))
    return found


@pytest.fixture
def upstream() -> Iterator[Loopback]:
    with Loopback() as found:
        yield found


def run(url: str, assistant: str) -> list[Any]:
    """A streamed run: the data of each event."""
    body = {"assistant_id": assistant, "stream": True, "thread": {"messages": [{"role": "user", "content": "Hello"}]}}
    told = send(f"{url}/v1/threads/runs", "POST", body, authorization=KEY)
    assert told.status == 200
    lines = told.body.decode().split("\n")
    return [json.loads(line[6:]) for line in lines if line.startswith("data: {")]


def gauge(url: str) -> str:
    page = send(f"{url}/metrics").body.decode().split("\n")
    return next(line for line in page if line.startswith("shim_open_circuits"))


def models(url: str, key: str = KEY) -> Response:
    return send(f"{url}/v1/models", authorization=key)


@pytest.mark.parametrize("way", WAYS)
def test_an_upstream_that_goes_down_and_comes_back(upstream: Loopback, way: str, clock: Clock) -> None:
    with served(upstream=upstream.url, upstream_http=way, **EARLY) as url:
        made = send(f"{url}/v1/assistants", "POST", {"model": "gpt-4o"}, authorization=KEY).json["id"]
        assert run(url, made)[-1]["status"] == "completed"
        usual, before = upstream.answer, len(upstream.requests)
        upstream.answer = lambda request: Reply.error(503, "no healthy upstream")
        for _ in range(2):
            assert run(url, made)[-1]["last_error"]["message"] == "no healthy upstream"
        assert len(upstream.requests) == before + 2
        last = run(url, made)[-1]
        refused = models(url)
        assert len(upstream.requests) == before + 2, "nothing goes there any more"
        ready = send(f"{url}/readyz")
        assert (ready.status, ready.json["upstream"]) == (503, "failing")
        since = ready.json["down_since"][upstream.host]
        assert (last["status"], last["last_error"]["code"]) == ("failed", "server_error")
        assert f"The upstream server has not answered since {since}." in last["last_error"]["message"]
        assert (refused.status, refused.header("retry-after")) == (503, "1")
        assert f"not answered since {since}" in refused.error["message"]
        assert gauge(url) == "shim_open_circuits 1.0"
        upstream.answer = usual
        assert send(f"{url}/readyz").status == 503
        clock.now += 1.0
        # A readiness check sends a request upstream as soon as the circuit allows one.
        assert send(f"{url}/readyz").status == 200
        assert "down_since" not in send(f"{url}/readyz").json
        assert gauge(url) == "shim_open_circuits 0.0"
        assert run(url, made)[-1]["status"] == "completed"
        assert models(url).status == 200


@pytest.mark.parametrize("way", WAYS)
def test_an_upstream_that_is_not_listening_yet(way: str) -> None:
    with refusing_port() as port, served(upstream=f"http://127.0.0.1:{port}/v1", upstream_http=way, **EARLY) as url:
        assert [models(url).status for _ in range(4)] == [502, 502, 503, 503]


def test_a_callers_bad_key_opens_no_circuit(upstream: Loopback) -> None:
    with served(upstream=upstream.url, auth="pass-through", key_check_seconds=0.0, **EARLY) as url:
        upstream.answer = lambda request: (
            None if request.header("authorization") == KEY else Reply.error(401, "bad key")
        )
        for _ in range(4):
            assert models(url, "Bearer sk-bad").status == 401
        assert models(url).status == 200
        upstream.answer = lambda request: Reply.error(429, "slow down") if request.path == "/v1/models" else None
        assert {models(url).status for _ in range(4)} == {429}


def test_a_failed_key_check_gives_its_reason(upstream: Loopback) -> None:
    with served(upstream=upstream.url, auth="pass-through", key_check_seconds=0.0, **EARLY) as url:
        upstream.answer = lambda request: Reply.error(503, "down")
        path = f"{url}/v1/assistants"
        told = [send(path, authorization=KEY) for _ in range(3)]
        assert [each.status for each in told] == [503] * 3
        assert "not answered since" in told[-1].error["message"]
        assert told[-1].header("retry-after") == "1"


def test_a_server_without_circuits(upstream: Loopback) -> None:
    upstream.answer = lambda request: Reply.error(503, "down")
    with served(upstream=upstream.url, circuit_failures=0) as url:
        assert {models(url).error["message"] for _ in range(7)} == {"down"}
        assert len(upstream.requests) == 7
