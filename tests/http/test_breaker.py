"""The breaker around a transport: which results count as failures, and the error while the circuit is open."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from shim.http import breaker
from shim.http.breaker import DOWN, Circuits
from shim.http.circuit import PROBE, Rules
from shim.http.guard import http

URL = "http://someone:secret@upstream.test:8000/v1/x?key=secret"
HERE = "upstream.test:8000"


class Upstream(http.AsyncBaseTransport):  # type: ignore[misc]
    """Like the library's mock transport, which would read the request's body first."""

    def __init__(self, answered: Any) -> None:
        self._answered = answered

    async def handle_async_request(self, request: Any) -> Any:
        return await self._answered(request)


class Harness:
    """An upstream that answers by calling ``answer``, and a client whose clock shows ``now``."""

    def __init__(self, failures: int = 2) -> None:
        self.answer: Callable[[Any], Any] = lambda request: http.Response(200)
        self.now, self.requests, self.open = 1000.0, list[Any](), list[int]()
        self.circuits = Circuits(Rules(failures, 8.0), self.open.append, lambda: self.now, lambda: 0.0)
        self.network = http.AsyncClient(transport=Upstream(self._answered), mounts={"all://none": None})
        breaker.put_around(self.network, self.circuits)

    async def _answered(self, request: Any) -> Any:
        self.requests.append(request)
        found = self.answer(request)
        if isinstance(found, BaseException):
            raise found
        return await found if asyncio.iscoroutine(found) else found

    async def post(self, url: str = URL, **options: Any) -> Any:
        try:
            return await self.network.post(url, **options)
        except http.HTTPError as problem:
            return problem

    def respond(self, *status: int) -> None:
        left = list(status)
        self.answer = lambda request: http.Response(left.pop(0) if len(left) > 1 else left[0])


async def body() -> AsyncIterator[bytes]:
    yield b"from a caller"


@pytest.mark.parametrize("status", sorted(breaker.GATEWAY))
async def test_errors_of_gateways_that_do_not_reach_the_server_are_failures(
    status: int, caplog: pytest.LogCaptureFixture
) -> None:
    harness = Harness()
    harness.respond(status)
    with caplog.at_level(logging.INFO, "shim"):
        answers = [await harness.post() for _ in range(4)]
    assert [each.status_code for each in answers] == [status, status, 503, 503]
    assert (len(harness.requests), harness.open) == (2, [1])
    refused = answers[-1]
    assert (refused.headers["x-should-retry"], refused.headers["retry-after"]) == ("false", "1")
    since = harness.circuits.down()[HERE]
    error = refused.json()["error"]
    assert error["type"] == "server_error"
    assert error["message"] == (
        f"The upstream server has not answered since {since}. Requests to it are suspended: try again in 1s."
    )
    assert refused.extensions[DOWN].body == refused.json()
    assert refused.elapsed.total_seconds() < 60
    (line,) = caplog.messages
    assert line == f"upstream {HERE} has not answered since {since}: requests fail at once until it does"


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 408, 409, 422, 429, 500, 501, 529])
async def test_every_other_answer_is_a_success(status: int) -> None:
    harness = Harness()
    harness.respond(status)
    assert [(await harness.post()).status_code for _ in range(6)] == [status] * 6
    assert harness.circuits.down() == {}


@pytest.mark.parametrize(
    "raised", [http.ConnectError, http.ConnectTimeout, http.ReadError, http.ReadTimeout, http.RemoteProtocolError]
)
async def test_errors_of_the_connection_are_failures(raised: Any) -> None:
    harness = Harness()
    harness.answer = lambda request: raised("no")
    found = [await harness.post() for _ in range(3)]
    assert [type(each) for each in found] == [raised, raised, http.Response]
    assert list(harness.circuits.down()) == [HERE]


@pytest.mark.parametrize("raised", [http.PoolTimeout, http.LocalProtocolError, http.UnsupportedProtocol])
async def test_errors_of_the_caller_are_not_failures_of_the_upstream(raised: Any) -> None:
    harness = Harness()
    harness.answer = lambda request: raised("no")
    assert [type(await harness.post()) for _ in range(4)] == [raised] * 4


async def test_a_slow_caller_does_not_count() -> None:
    harness = Harness()
    harness.answer = lambda request: http.ReadError("closed before the body ended")
    assert [type(await harness.post(content=body())) for _ in range(4)] == [http.ReadError] * 4
    harness.answer = lambda request: http.ConnectError("no server")
    assert [type(await harness.post(content=body())) for _ in range(3)][-1] is http.Response


async def test_a_success_between_failures_resets_the_count() -> None:
    harness = Harness()
    harness.respond(503, 200, 503, 401, 503)
    assert [(await harness.post()).status_code for _ in range(5)] == [503, 200, 503, 401, 503]
    assert harness.circuits.down() == {}


async def test_the_circuit_closes_when_the_upstream_answers(caplog: pytest.LogCaptureFixture) -> None:
    harness = Harness()
    harness.respond(503, 503, 200)
    for _ in range(2):
        await harness.post()
    assert [(await harness.post()).extensions.get(DOWN) is not None for _ in range(2)] == [True, True]
    since = harness.circuits.down()[HERE]
    harness.now += 1.0
    caplog.clear()
    with caplog.at_level(logging.INFO, "shim"):
        assert (await harness.post()).status_code == 200
    assert (harness.circuits.down(), harness.open) == ({}, [1, 0])
    assert caplog.messages == [f"upstream {HERE} answers again; it did not since {since}"]


async def test_there_is_one_probe_at_a_time_and_another_after_it_is_abandoned() -> None:
    harness, released = Harness(), asyncio.Event()
    harness.respond(503)
    for _ in range(2):
        await harness.post()
    harness.now += 1.0

    async def slow() -> Any:
        await released.wait()
        return http.Response(200)

    harness.answer = lambda request: slow()
    probe = asyncio.create_task(harness.post())
    while len(harness.requests) < 3:
        await asyncio.sleep(0)
    assert DOWN in (await harness.post()).extensions, "all others fail meanwhile"
    probe.cancel()
    with pytest.raises(asyncio.CancelledError):
        await probe
    second = asyncio.create_task(harness.post())
    while len(harness.requests) < 4:
        await asyncio.sleep(0)
    assert (await harness.post()).headers["retry-after"] == str(int(PROBE))
    harness.now += PROBE
    third = asyncio.create_task(harness.post())
    while len(harness.requests) < 5:
        await asyncio.sleep(0)
    released.set()
    assert [(await each).status_code for each in (second, third)] == [200, 200]
    assert harness.circuits.down() == {}


async def test_a_request_abandoned_in_a_closed_circuit_does_not_count() -> None:
    harness = Harness(failures=1)
    harness.answer = lambda request: asyncio.CancelledError()
    with pytest.raises(asyncio.CancelledError):
        await harness.post()
    assert harness.circuits.down() == {}


async def test_each_upstream_has_its_own_circuit() -> None:
    harness = Harness(failures=1)
    harness.answer = lambda request: http.Response(503 if request.url.host == "upstream.test" else 200)
    await harness.post()
    assert DOWN in (await harness.post()).extensions
    for other in ("http://upstream.test/", "https://upstream.test:8001/", "https://other.test/"):
        assert DOWN not in (await harness.post(other)).extensions
    assert list(harness.circuits.down()) == [HERE, "upstream.test:80", "upstream.test:8001"]
    assert harness.open == [1, 2, 3]


async def test_all_transports_of_a_client_have_the_breaker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "localhost")
    network = http.AsyncClient()
    breaker.put_around(network, Circuits(Rules(1, 1.0)))
    around = [network._transport, *network._mounts.values()]
    assert {type(each) for each in around} == {breaker.Breaker, type(None)}, "None: the client's own"
    await network.aclose()
