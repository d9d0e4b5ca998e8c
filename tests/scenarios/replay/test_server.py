"""The replay server itself: a plain official client reads its recordings."""

import http.client
import json
from urllib.parse import urlsplit

import openai
import pytest

from tests.scenarios.replay.catalogue import Stream, streams
from tests.scenarios.replay.chunkings import CHUNKINGS, at, inside_characters
from tests.scenarios.replay.server import Replay, Reply, echoing


def _post(url: str, body: bytes = b"{}") -> tuple[int, bytes]:
    parts = urlsplit(url)
    link = http.client.HTTPConnection(str(parts.hostname), parts.port)
    try:
        link.request("POST", f"{parts.path}/responses", body)
        answer = link.getresponse()
        return answer.status, answer.read()
    finally:
        link.close()


@pytest.mark.parametrize("name", CHUNKINGS)
def test_bytes_are_sent_unchanged(name: str) -> None:
    blocks = [b'data: {"text":"\xc3\xa9\xf0\x9f\x98\x80"}\n\n', b"data: [DONE]\n\n"]
    with Replay([Reply(CHUNKINGS[name](blocks))]) as server:
        assert _post(server.url) == (200, b"".join(blocks))
    assert server.problems == []


def test_answers_are_sent_in_order_and_an_extra_request_is_a_problem() -> None:
    with Replay([Reply([b"a"]), lambda body: Reply.json({"got": body["n"]}, 429)]) as server:
        assert _post(server.url) == (200, b"a")
        status, content = _post(server.url, b'{"n": 7}')
        assert (status, json.loads(content)) == (429, {"got": 7})
        assert _post(server.url)[0] == 400
    assert server.bodies == [{}, {"n": 7}]
    assert len(server.problems) == 1


def test_characters_are_cut_in_the_middle() -> None:
    raw = "a\u00e9\U0001f600\\u00e9b".encode()
    pieces = inside_characters([raw])
    assert b"".join(pieces) == raw
    assert len(pieces) == 4
    with pytest.raises(UnicodeDecodeError):
        pieces[0].decode()


def test_cuts_outside_the_bytes_are_ignored() -> None:
    assert at(b"abc", [0, 1, 1, 3, 9]) == [b"a", b"bc"]


def test_an_echo_has_the_id_that_was_sent() -> None:
    block = b'data: {"previous_response_id":"resp_other","x":{"previous_response_id": null}}\n\n'
    sent = b'data: {"previous_response_id":"resp_1","x":{"previous_response_id": "resp_1"}}\n\n'
    assert echoing([block], {"previous_response_id": "resp_1"}) == [sent]
    assert echoing([b'"previous_response_id":null'], {}) == [b'"previous_response_id":null']


@pytest.mark.wire
@pytest.mark.parametrize("stream", streams(), ids=lambda stream: stream.name)
def test_the_official_client_reads_every_recording(stream: Stream) -> None:
    with (
        Replay([Reply(stream.blocks)]) as server,
        openai.OpenAI(api_key="test", base_url=server.url) as client,
        client.responses.with_streaming_response.create(model="m", input="x", stream=True) as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert b"".join(answer.iter_bytes()) == stream.raw
    assert [body["stream"] for body in server.bodies] == [True]
