"""Calls of other APIs are sent to the network exactly as the plain SDK sends them, and their answers are returned
unchanged.
"""

import re
from collections.abc import Callable
from typing import Any

import openai
import pytest

from tests.scenarios.doors.colours import COLOURS, opened
from tests.scenarios.doors.loopback import Gate, Loopback, Reply, Request

PLAIN = (openai.OpenAI, openai.AsyncOpenAI)
FILE = ("notes é.txt", b"line\r\n\x00\xff" * 999, "text/plain")
SPEECH = {"model": "tts-1", "voice": "alloy", "input": "Hi"}
CHAT = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Grüß dich 😀\u2028"}]}

CALLS: dict[str, Callable[[Any], Any]] = {
    "a list": lambda client: client.models.list(),
    "a retrieve with an awkward id": lambda client: client.models.retrieve("ft:gpt-4o:é b"),
    "a query": lambda client: client.files.list(purpose="assistants", limit=3, extra_query={"a[]": "b c", "d": "é&="}),
    "a file": lambda client: client.files.create(file=FILE, purpose="assistants"),
    "a file's content": lambda client: client.files.content("file-1").read(),
    "a deletion": lambda client: client.files.delete("file-1"),
    "a chat": lambda client: client.chat.completions.create(**CHAT, seed=7, temperature=0.5),
    "own headers": lambda client: client.chat.completions.create(**CHAT, extra_headers={"X-Own": "1", "Accept": "a/b"}),
    "an own body": lambda client: client.chat.completions.create(**CHAT, extra_body={"own": {"thing": None}}),
    "an embedding": lambda client: client.embeddings.create(model="e", input=["a", "b"], encoding_format="float"),
    "a vector store": lambda client: client.vector_stores.create(name="s", file_ids=["file-1"]),
    "a transcription": lambda client: client.audio.transcriptions.create(file=FILE, model="w", language="de"),
    "a speech": lambda client: client.audio.speech.create(**SPEECH).read(),
    "a response": lambda client: client.responses.create(model="gpt-4o", input="Hi", instructions="Be."),
    "somebody else's threads": lambda client: client.get("/chatkit/threads", cast_to=object),
    "somebody else's assistants": lambda client: client.post("/my/assistants", body={"a": 1}, cast_to=object),
    "a name that begins like ours": lambda client: client.get("/threads2/x", cast_to=object),
    "another base": lambda client: client.with_options(base_url=f"{client.base_url}other/").models.list(),
}
#: Calls that the oldest supported SDKs do not have.
LATE = ("a query", "a vector store", "a response")
NAMES = [pytest.param(name, marks=pytest.mark.sdk("1.66") if name in LATE else ()) for name in CALLS]


def answer(request: Request) -> Reply:
    found: dict[str, Any] = {"id": "x", "object": "thing", "data": [], "created": 1, "model": "m", "choices": []}
    return Reply.json(found, x_request_id="req_1", openai_version="2020-10-01")


def sent(colour: str, call: Callable[[Any], Any], **kinds: Any) -> list[Request]:
    """The requests that the server received, with the random multipart boundary replaced by a fixed one."""
    with Loopback(answer) as server, opened(colour, base_url=server.url, **kinds) as client:
        call(client)
        return [_without_chance(request, server.host) for request in server.requests]


def _without_chance(request: Request, host: str) -> Request:
    found = re.search("boundary=([0-9a-f]+)", request.header("content-type") or "")
    boundary = found.group(1) if found else host
    headers = tuple((key, value.replace(boundary, "*").replace(host, "host")) for key, value in request.headers)
    return Request(request.method, request.path, headers, request.body.replace(boundary.encode(), b"*"))


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("name", NAMES)
def test_a_call_that_is_passed_through_is_sent_byte_for_byte(name: str, colour: str) -> None:
    theirs = sent(colour, CALLS[name], kinds=PLAIN)
    ours = sent(colour, CALLS[name])
    assert len(theirs) == 1
    assert ours == theirs


@pytest.mark.parametrize("colour", COLOURS)
def test_the_answer_is_passed_through(colour: str) -> None:
    with Loopback(answer) as server, opened(colour, base_url=server.url) as client:
        raw = client.models.with_raw_response.list()
        assert raw.headers["x-request-id"] == "req_1"
        assert raw.http_response.http_version == "HTTP/1.1"
        assert raw.elapsed.total_seconds() > 0


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize(
    "status,kind",
    [(400, openai.BadRequestError), (404, openai.NotFoundError), (429, openai.RateLimitError)],
)
def test_errors_are_passed_through(colour: str, status: int, kind: type[openai.APIStatusError]) -> None:
    def refuse(request: Request) -> Reply:
        return Reply.error(status, "Not so.", "why", retry_after_ms="1", x_request_id="req_2")

    with (
        Loopback(refuse) as server,
        opened(colour, base_url=server.url, max_retries=1) as client,
        pytest.raises(kind, match="Not so") as caught,
    ):
        client.models.list()
    assert (caught.value.request_id, caught.value.code) == ("req_2", "why")
    assert len(server.requests) == (2 if status == 429 else 1)


@pytest.mark.parametrize("colour", COLOURS)
def test_a_stream_is_passed_through_without_delay(colour: str) -> None:
    gate = Gate(chunks=1)
    piece = b'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[]}\n\n'
    pieces = (piece, piece, b"data: [DONE]\n\n")

    def stream(request: Request) -> Reply:
        return Reply(200, (("content-type", "text/event-stream"),), gate.through(pieces))

    with Loopback(stream) as server, opened(colour, base_url=server.url) as client:
        chunks = iter(client.chat.completions.create(**CHAT, stream=True))
        assert next(chunks).id == "c"
        gate.wait()
        assert not gate.opened.is_set(), "the first piece came while the second was held back"
        gate.open()
        assert [chunk.id for chunk in chunks] == ["c"]


@pytest.mark.parametrize("colour", COLOURS)
def test_bytes_are_passed_through_without_delay(colour: str) -> None:
    gate = Gate(chunks=1)

    def stream(request: Request) -> Reply:
        return Reply(200, (("content-type", "audio/mpeg"),), gate.through((b"one", b"two")))

    with (
        Loopback(stream) as server,
        opened(colour, base_url=server.url) as client,
        client.audio.speech.with_streaming_response.create(**SPEECH) as response,
    ):
        chunks = iter(response.iter_bytes())
        assert next(chunks) == b"one"
        gate.open()
        assert list(chunks) == [b"two"]


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("path", ["/threads/thread_1/nothing", "/assistants/asst_1/nothing", "/threads/runs/x/y/z"])
def test_unknown_paths_of_the_old_api_never_reach_the_network(colour: str, path: str) -> None:
    with Loopback(answer) as server, opened(colour, base_url=server.url) as client:
        with pytest.raises(openai.NotFoundError) as caught:
            client.get(path, cast_to=object)
        assert caught.value.body == {
            "message": f"Invalid URL (GET {path})",
            "type": "invalid_request_error",
            "param": None,
            "code": None,
        }
    assert server.requests == []
