"""Headers: which calls have ``OpenAI-Beta``, which headers are read, and which are never sent upstream."""

import re
from typing import Any

import pytest

from tests.scenarios.clients.talking import Talk
from tests.scenarios.doors.loopback import Reply

Json = dict[str, Any]
THROUGH = {
    "vector stores": (lambda client: client.vector_stores.retrieve("vs_1"), "assistants=v2"),
    "files": (lambda client: client.files.retrieve("file_1"), None),
    "models": (lambda client: client.models.retrieve("gpt-4o"), None),
}


@pytest.mark.parametrize("kind", THROUGH)
def test_the_beta_header_of_calls_that_are_passed_through(talk: Talk, kind: str) -> None:
    call, header = THROUGH[kind]
    talk.upstream.answer = lambda request: Reply.json({"id": "x_1"})
    call(talk.client)
    assert talk.upstream.requests[-1].header("openai-beta") == header


def test_runs_send_no_beta_header_upstream(talk: Talk) -> None:
    """The Responses API does not know ``assistants=v2``, and some servers refuse unknown values."""
    talk.run("Hello")
    assert [request.header("openai-beta") for request in talk.upstream.requests] == [None]


def test_objects_have_their_request_id(talk: Talk) -> None:
    helper = talk.assistant()
    run = talk.run("Hello")
    found = {helper._request_id, run._request_id, talk.threads.retrieve(run.thread_id)._request_id}
    assert len(found) == 3
    assert [id for id in found if not re.fullmatch(r"req_[0-9a-f]{32}", id or "")] == []


def test_an_error_has_a_request_id(talk: Talk) -> None:
    with pytest.raises(Exception, match="No thread found") as caught:
        talk.threads.retrieve("thread_nothing")
    assert re.fullmatch(r"req_[0-9a-f]{32}", caught.value.request_id)


def test_headers_of_a_response(talk: Talk) -> None:
    answer = talk.client.beta.assistants.with_raw_response.list()
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["openai-version"] == "2020-10-01"
    assert int(answer.headers["openai-processing-ms"]) >= 0
