"""A user's own HTTP client is used for calls of other APIs and for the shim's calls upstream."""

import base64
import threading
from collections.abc import Iterator
from typing import Any

import openai
import openai._base_client as sdk
import pytest

from tests.scenarios.doors.colours import ASYNC, COLOURS, SYNC, opened
from tests.scenarios.doors.loopback import Gate, Loopback, Reply, Request

http: Any = getattr(sdk, "httpx2", None) or sdk.httpx  # type: ignore[attr-defined]
CLIENTS = {SYNC: http.Client, ASYNC: http.AsyncClient}


@pytest.fixture
def server() -> Iterator[Loopback]:
    def answer(request: Request) -> Reply | None:
        cookie = ("set-cookie", "session=of-the-server; Path=/")
        if "/responses" in request.path:
            return None
        return Reply(200, (("content-type", "application/json"), cookie), (b'{"object":"list","data":[]}',))

    with Loopback(answer) as found:
        yield found


@pytest.fixture(params=COLOURS)
def colour(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def both(client: Any) -> Any:
    """Send one call of another API, and one run, which calls upstream; the finished run is returned."""
    client.models.list()
    helper = client.beta.assistants.create(model="gpt-4o")
    thread = {"messages": [{"role": "user", "content": "Hello"}]}
    return client.beta.threads.create_and_run_poll(assistant_id=helper.id, thread=thread)


def hook(colour: str, note: Any) -> Any:
    async def later(thing: Any) -> None:
        note(thing)

    return note if colour == SYNC else later


def test_headers_cookies_parameters_and_auth(colour: str, server: Loopback) -> None:
    own = CLIENTS[colour](
        headers={"X-Own": "mine"}, cookies={"taste": "sweet"}, params={"tenant": "7"}, auth=("user", "word")
    )
    with opened(colour, base_url=server.url, http_client=own) as client:
        assert both(client).status == "completed"
    assert [request.path for request in server.requests] == ["/v1/models?tenant=7", "/v1/responses?tenant=7"]
    for request in server.requests:
        assert request.header("x-own") == "mine"
        assert request.header("authorization") == "Basic " + base64.b64encode(b"user:word").decode()
        assert "taste=sweet" in str(request.header("cookie"))
    assert "session=of-the-server" in str(server.requests[1].header("cookie")), "the server's cookies are kept"


def test_hooks_are_called_only_for_network_requests(colour: str, server: Loopback) -> None:
    seen: list[tuple[str, str]] = []
    hooks = {
        "request": [hook(colour, lambda request: seen.append(("request", request.url.path)))],
        "response": [hook(colour, lambda response: seen.append(("response", response.request.url.path)))],
    }
    with opened(colour, base_url=server.url, http_client=CLIENTS[colour](event_hooks=hooks)) as client:
        both(client)
    paths = ["/v1/models", "/v1/models", "/v1/responses", "/v1/responses"]
    assert seen == list(zip(["request", "response"] * 2, paths, strict=True))


def test_a_hook_that_changes_a_request(colour: str, server: Loopback) -> None:
    def sign(request: Any) -> None:
        request.headers["X-Signed"] = "yes"

    own = CLIENTS[colour](event_hooks={"request": [hook(colour, sign)]})
    with opened(colour, base_url=server.url, http_client=own) as client:
        both(client)
    assert [request.header("x-signed") for request in server.requests] == ["yes", "yes"]


def test_a_custom_transport(colour: str, server: Loopback) -> None:
    seen: list[str] = []

    class Tunnel(http.HTTPTransport):  # type: ignore[misc]
        def handle_request(self, request: Any) -> Any:
            seen.append(request.url.path)
            return super().handle_request(request)

    class AsyncTunnel(http.AsyncHTTPTransport):  # type: ignore[misc]
        async def handle_async_request(self, request: Any) -> Any:
            seen.append(request.url.path)
            return await super().handle_async_request(request)

    own = CLIENTS[colour](transport=Tunnel() if colour == SYNC else AsyncTunnel())
    with opened(colour, base_url=server.url, http_client=own) as client:
        assert both(client).status == "completed"
    assert seen == ["/v1/models", "/v1/responses"]


def test_a_proxy(colour: str, server: Loopback) -> None:
    own = CLIENTS[colour](proxy=f"http://{server.host}")
    with opened(colour, base_url="http://far.away.test/v1", http_client=own) as client:
        assert client.models.list().data == []
        helper = client.beta.assistants.create(model="gpt-4o")
        thread = {"messages": [{"role": "user", "content": "Hello"}]}
        client.beta.threads.create_and_run_poll(assistant_id=helper.id, thread=thread)
    assert [request.path for request in server.requests] == [
        f"http://far.away.test/v1/{name}" for name in ("models", "responses")
    ]


def test_a_proxy_of_the_environment(colour: str, server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://{server.host}")
    with opened(colour, base_url="http://far.away.test/v1") as client:
        both(client)
    assert [request.header("host") for request in server.requests] == ["far.away.test"] * 2


def test_later_changes_of_the_client_are_used(colour: str, server: Loopback) -> None:
    own = CLIENTS[colour]()
    with opened(colour, base_url=server.url, http_client=own) as client:
        own.headers["X-Late"] = "now"
        own.cookies.set("late", "too")
        own.params = {"late": "three"}
        both(client)
    for request in server.requests:
        assert request.header("x-late") == "now"
        assert "late=too" in str(request.header("cookie"))
        assert request.path.endswith("?late=three")


def test_redirects_are_followed_as_the_client_is_configured(colour: str, server: Loopback) -> None:
    def moved(request: Request) -> Reply:
        if request.path == "/v1/models":
            return Reply(307, (("location", "/v1/elsewhere"),))
        return Reply.json({"object": "list", "data": []})

    server.answer = moved
    with opened(colour, base_url=server.url) as client:
        assert client.models.list().data == []
    with (
        opened(colour, base_url=server.url, http_client=CLIENTS[colour](follow_redirects=False)) as client,
        pytest.raises(openai.APIStatusError) as caught,
    ):
        client.models.list()
    assert caught.value.status_code == 307


def test_the_timeouts_of_the_users_http_client_are_used(colour: str, server: Loopback) -> None:
    gate = Gate(chunks=3)
    server.answer = server.gated(gate)
    own = CLIENTS[colour](timeout=http.Timeout(20, read=0.2))
    with opened(colour, base_url=server.url, http_client=own) as client:
        helper = client.beta.assistants.create(model="gpt-4o")
        thread = {"messages": [{"role": "user", "content": "Hello"}]}
        run = client.beta.threads.create_and_run_poll(assistant_id=helper.id, thread=thread)
    gate.open()
    assert run.status == "failed"
    assert run.last_error.code == "server_error"
    assert "timed out" in run.last_error.message or "lost" in run.last_error.message


def test_closing_the_client_closes_the_http_client(colour: str, server: Loopback) -> None:
    own = CLIENTS[colour]()
    with opened(colour, base_url=server.url, http_client=own) as client:
        client.models.list()
        assert not own.is_closed
        assert not client.is_closed()
    assert own.is_closed


def test_two_clients_may_share_an_http_client(server: Loopback) -> None:
    """Two clients over one HTTP client, at the same time."""
    own, statuses = CLIENTS[SYNC](), []

    def work() -> None:
        statuses.append(both(openai_client()).status)

    def openai_client() -> Any:
        from shim import OpenAI

        return OpenAI(api_key="test", base_url=server.url, http_client=own)

    threads = [threading.Thread(target=work) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join(20) for thread in threads]
    own.close()
    assert statuses == ["completed"] * 2
