"""A server with the Responses API, called with the SDK's own client: the requests, and the result for each kind of
answer.
"""

import json
import threading
from typing import Any

import anyio
import pytest

from shim.http.guard import http
from shim.ports import Call, Refusal
from shim.upstream import caller, observing, responses, waiting
from tests.upstream.serving import KEY, Server, stream

Json = dict[str, Any]
BODY: Json = {"model": "gpt-4o", "input": "Hello."}
MESSAGE = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Hi."}]}
WHOLE: Json = {"id": "resp_1", "object": "response", "status": "completed", "output": [MESSAGE]}
OPENED: Json = {"type": "response.created", "response": {"id": "resp_1"}}
EVENTS: list[Json] = [OPENED, {"type": "response.completed", "response": WHOLE}]


@pytest.fixture(params=["blocking", "awaited"])
def server(request: pytest.FixtureRequest) -> Server:
    return Server(request.param)


def test_events_are_returned_with_each_network_read(server: Server) -> None:
    body = server.answers(stream(EVENTS[0]), stream(EVENTS[1]))
    assert server.read(lambda: server.upstream.stream(BODY, Call())) == [[EVENTS[0]], [EVENTS[1]]]
    assert (server.sent.method, str(server.sent.url)) == ("POST", "http://model/v1/responses")
    assert json.loads(server.sent.content) == BODY | {"stream": True}
    assert body.closed


def test_a_body_may_turn_streaming_off(server: Server) -> None:
    server.next.append(WHOLE)
    (events,) = server.read(lambda: server.upstream.stream(BODY | {"stream": False}, Call()))
    assert [event["type"] for event in events] == ["response.created", "response.completed"]
    assert json.loads(server.sent.content)["stream"] is False


def test_an_answer_that_is_abandoned_is_closed_and_not_read_further(server: Server) -> None:
    body = server.answers(*[stream(OPENED)] * 3)

    async def leave() -> None:
        answer = await server.upstream.stream(BODY, Call())
        reads = answer.events()
        await reads.__anext__()
        await reads.aclose()
        await answer.close()

    server.do(leave())
    assert body.closed
    assert body.read == 1


def test_the_end_of_a_body_is_read_so_that_its_connection_can_be_reused(server: Server) -> None:
    body = server.answers(stream(*EVENTS), b": the last word\n\n")

    async def leave() -> None:
        answer = await server.upstream.stream(BODY, Call())
        reads = answer.events()
        await reads.__anext__()
        await reads.aclose()
        await answer.close()

    server.do(leave())
    assert body.read == 2


#: An exception that breaks a stream, and a part of the refusal's message.
BREAKS: list[tuple[bytes | Exception, str]] = [
    (http.ReadError("reset by peer"), "The connection to the model was lost: reset by peer"),
    (http.ReadError(f"reset: {KEY}"), "The connection to the model was lost: reset: "),
]


@pytest.mark.parametrize("broken, message", BREAKS)
def test_a_stream_that_breaks_is_a_refusal_without_a_status(server: Server, broken: Any, message: str) -> None:
    body = server.answers(stream(OPENED), broken)
    with pytest.raises(Refusal) as refused:
        server.read(lambda: server.upstream.stream(BODY, Call()))
    assert (refused.value.status, refused.value.message[: len(message)]) == (None, message)
    assert KEY not in refused.value.message
    assert body.closed


REPEATED = {"error": {"message": f"No such key: {KEY}."}}


def test_a_key_that_upstream_repeats_is_masked_in_a_stream(server: Server) -> None:
    server.answers(stream({"type": "error"} | REPEATED))
    ((event,),) = server.read(lambda: server.upstream.stream(BODY, Call()))
    assert event["error"]["message"] == "No such key: ***."


@pytest.mark.parametrize("status", [200, 401])
def test_a_key_that_upstream_repeats_is_masked_in_a_refusal(server: Server, status: int) -> None:
    server.next.append(http.Response(status, json=REPEATED))
    with pytest.raises(Refusal) as refused:
        server.do(server.upstream.retrieve("resp_1"))
    assert refused.value.message == "No such key: ***."


@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
def test_a_key_that_upstream_repeats_is_masked_in_a_failed_response(server: Server, kind: str) -> None:
    failed = json.dumps(WHOLE | {"status": "failed"} | REPEATED).encode()
    server.next.append(http.Response(200, headers={"content-type": kind}, content=failed))
    found = server.do(server.upstream.create(BODY, Call()))
    assert found["error"]["message"] == "No such key: ***."


def test_a_response_is_created_and_retrieved(server: Server) -> None:
    server.next += [WHOLE, WHOLE]
    assert server.do(server.upstream.create(BODY, Call())) == WHOLE
    assert json.loads(server.sent.content) == BODY
    assert server.do(server.upstream.retrieve("resp/1")) == WHOLE
    assert (server.sent.method, server.sent.url.raw_path) == ("GET", b"/v1/responses/resp%2F1")


def test_a_response_without_a_json_content_type_is_accepted(server: Server) -> None:
    text = http.Response(200, headers={"content-type": "text/plain"}, content=json.dumps(WHOLE).encode())
    server.next.append(text)
    assert server.do(server.upstream.create(BODY, Call())) == WHOLE


#: A server's answer, and the refusal: its status, its code, the beginning of its message.
REFUSED = {
    "an error": (
        http.Response(404, json={"error": {"message": "Gone.", "code": "gone", "param": "model"}}),
        (404, "gone", "model", "Gone."),
    ),
    "a bare text": (http.Response(400, json={"error": "No."}), (400, None, None, "No.")),
    "an error with status 200": (
        http.Response(200, json={"error": {"message": "Gone.", "code": "gone"}}),
        (None, "gone", None, "Gone."),
    ),
    "a list": (
        http.Response(200, json=[1]),
        (None, None, None, "The upstream server answered with status 200, but sent JSON that is no object"),
    ),
    "a page": (http.Response(200, html="<html>Hello"), (None, None, None, "")),
}


@pytest.mark.parametrize("what", REFUSED)
def test_an_answer_that_is_not_a_response_is_a_refusal(server: Server, what: str) -> None:
    response, (status, code, param, message) = REFUSED[what]
    server.next.append(http.Response(response.status_code, headers=response.headers, content=response.content))
    with pytest.raises(Refusal) as refused:
        server.do(server.upstream.create(BODY, Call()))
    found = refused.value
    assert (found.status, found.code, found.param) == (status, code, param)
    assert found.message.startswith(message)


def test_a_failed_response_is_not_a_refusal(server: Server) -> None:
    failed = WHOLE | {"status": "failed", "error": {"code": "server_error", "message": "Boom."}}
    server.next.append(failed)
    assert server.do(server.upstream.retrieve("resp_1")) == failed


def test_a_server_that_cannot_be_reached_is_a_refusal(server: Server) -> None:
    def gone(_: Any) -> Any:
        raise http.ConnectError("nobody listens")

    server._answer = gone  # type: ignore[method-assign]
    with pytest.raises(Refusal, match="nobody listens") as refused:
        server.do(server.upstream.retrieve("resp_1"))
    assert refused.value.status is None


@pytest.mark.parametrize("after, query", [(None, {"stream": "true"}), (7, {"stream": "true", "starting_after": "7"})])
def test_the_stream_of_a_response_is_resumed_after_an_event(server: Server, after: int | None, query: Json) -> None:
    server.answers(stream(*EVENTS))
    assert server.read(lambda: server.upstream.resume("resp_1", after, Call())) == [EVENTS]
    assert (server.sent.method, server.sent.url.path, dict(server.sent.url.params)) == (
        "GET",
        "/v1/responses/resp_1",
        query,
    )


def test_a_response_is_cancelled(server: Server) -> None:
    server.next.append(WHOLE)
    assert server.do(server.upstream.cancel("resp_1")) is None
    assert (server.sent.method, server.sent.url.path) == ("POST", "/v1/responses/resp_1/cancel")


@pytest.mark.parametrize("path, beta", [("/vector_stores", "assistants=v2"), ("/responses/input_tokens", None)])
def test_a_call_of_any_other_path(server: Server, path: str, beta: str | None) -> None:
    server.next += [{"id": "a"}, {"id": "b"}]
    assert server.do(server.upstream.call("POST", path, {"name": "half \ud83d"})) == {"id": "a"}
    assert (server.sent.method, server.sent.url.path) == ("POST", f"/v1{path}")
    assert "half" in json.loads(server.sent.content)["name"]
    assert server.sent.headers.get("openai-beta") == beta
    assert server.do(server.upstream.call("GET", f"{path}?limit=2")) == {"id": "b"}
    assert (server.sent.content, dict(server.sent.url.params)) == (b"", {"limit": "2"})


def test_a_callers_own_headers_are_sent_and_those_of_the_sdk_are_not(server: Server) -> None:
    headers = {
        "X-Mine": "1",
        "X-Stainless-Retry-Count": "2",
        "Idempotency-Key": "k",
        "Authorization": "Bearer his",
        "Content-Length": "9",
        "User-Agent": "his",
        "Cookie": "c",
    }
    server.next.append(WHOLE)
    server.answers(stream(*EVENTS))
    server.do(server.upstream.create(BODY, Call(headers)))
    server.read(lambda: server.upstream.stream(BODY, Call(headers)))
    for request in server.requests:
        assert (request.headers["x-mine"], request.headers["authorization"]) == ("1", f"Bearer {KEY}")
        assert request.headers["user-agent"] != "his"
        assert "cookie" not in request.headers
        assert request.headers.get("idempotency-key") != "k"
        assert request.headers.get("x-stainless-retry-count") != "2"


def test_the_callers_credentials_are_sent_with_every_call(server: Server) -> None:
    server.next += [WHOLE] * 4
    server.answers(b"x")
    with caller.calling({"Authorization": "Bearer his"}):
        for work in (
            server.upstream.create(BODY, Call()),
            server.upstream.retrieve("resp_1"),
            server.upstream.cancel("resp_1"),
            server.upstream.call("GET", "/vector_stores"),
            server.upstream.content("/files/f/content", 9),
        ):
            server.do(work)
    assert {request.headers["authorization"] for request in server.requests} == {"Bearer his"}


@pytest.mark.parametrize("timeout, read", [(None, 600), (3.5, 3.5)])
def test_the_callers_time_out_is_used(server: Server, timeout: float | None, read: float) -> None:
    server.answers(stream(*EVENTS))
    server.read(lambda: server.upstream.stream(BODY, Call(timeout=timeout)))
    assert server.sent.extensions["timeout"]["read"] == read


@pytest.mark.parametrize("limit, found", [(9, b"some bytes"[:9]), (8, None)])
def test_a_content_is_read_up_to_its_size_limit(server: Server, limit: int, found: bytes | None) -> None:
    body = server.answers(b"some ", b"byte", *([] if found else [b"more"]))
    assert server.do(server.upstream.content("/containers/c/files/f/content", limit)) == found
    assert (body.read, body.closed > 0) == (2, True)
    server.answers(b'{"error": {"message": "Gone."}}', status=404)
    with pytest.raises(Refusal):
        server.do(server.upstream.content("/containers/c/files/f/content", limit))


#: The states of a vector store in consecutive retrievals, and the number of retrievals.
SHOWN: list[tuple[list[Json], int]] = [
    ([{"status": "completed", "file_counts": {"in_progress": 0}}], 1),
    (
        [
            {"status": "in_progress"},
            {"status": "completed", "file_counts": {"in_progress": 1}},
            {"status": "completed"},
        ],
        3,
    ),
    ([{"status": "in_progress"}] * 5, 4),
]


@pytest.mark.parametrize("shown, looks", SHOWN)
def test_the_wait_for_a_vector_store_is_limited(
    server: Server, shown: list[Json], looks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(responses, "WAITS", (0.0, 0.001, 0.0, 0.0))
    server.next += shown
    server.do(server.upstream.indexed("vs/1"))
    assert {request.url.raw_path for request in server.requests} == {b"/v1/vector_stores/vs%2F1"}
    assert len(server.requests) == looks


def test_finished_responses_are_passed_to_the_observer(server: Server) -> None:
    seen: list[Json] = []
    server.answers(stream(*EVENTS))
    server.next += [WHOLE, WHOLE | {"status": "in_progress"}]
    with observing.observed(seen.append):
        server.read(lambda: server.upstream.stream(BODY, Call()))
        server.do(server.upstream.create(BODY, Call()))
        server.do(server.upstream.retrieve("resp_1"))
    assert seen == [WHOLE, WHOLE]


@pytest.mark.parametrize("way", ["stream", "create"])
def test_a_wait_that_is_interrupted_is_a_refusal(server: Server, way: str) -> None:
    call, free = Call(), threading.Event()

    def silent(_: Any) -> Any:
        # A blocking call can be abandoned, but not stopped.
        call.interruption.interrupt()
        free.wait(10)
        return http.Response(200, json=WHOLE)

    async def silent_too(_: Any) -> Any:
        call.interruption.interrupt()
        await anyio.sleep_forever()

    server._answer = silent_too if server.awaited else silent  # type: ignore[method-assign, assignment]
    with pytest.raises(Refusal) as refused:
        server.do(getattr(server.upstream, way)(BODY, call))
    free.set()
    assert (refused.value.status, refused.value.message) == (None, waiting.INTERRUPTED)
