"""Objects created, retrieved, changed and deleted: the answers over REST, and the refusals."""

from typing import Any

import pytest

from shim.engine.protocol import DONE, encode
from shim.store.errors import Gone, StoreFailed
from tests.engine.scripted import Harness, Refused, answer, place
from tests.translate.upstream_events import call, code, last, message, says, search

HELLO = message(says("Hello."))


def test_events_on_the_wire() -> None:
    raw = encode([("thread.created", {"id": "thread_1", "x": "é"}), DONE])
    assert raw.decode() == 'event: thread.created\ndata: {"id":"thread_1","x":"é"}\n\nevent: done\ndata: [DONE]\n\n'


def test_a_finished_runs_metadata_changes(harness: Harness) -> None:
    run = last(harness.run(harness.thread("One"), answer(HELLO)), "run.completed")
    assert harness.post(place(run))["metadata"] == {}
    assert harness.post(place(run), metadata={"k": "v"})["metadata"] == {"k": "v"}
    assert harness.post(place(run), metadata=None)["metadata"] == {}


@pytest.fixture
def finished(harness: Harness) -> dict[str, Any]:
    """A completed run with a search, code and a function call; and another thread."""
    harness.thread("Other")
    found = {"file_id": "file-1", "filename": "a.txt", "score": 0.5, "text": "words", "attributes": {}}
    emitted = harness.run(harness.thread("One", "Two"), answer(search(found), code("x"), call(), id="resp_1"))
    emitted = harness.submit(last(emitted, "run.requires_action"), answer(HELLO, id="resp_2"), call_a="42")
    return last(emitted, "run.completed")


#: Lists of a thread or a run, and how many items they have.
LISTS = [
    ("threads/{thread_id}/messages", 3),
    ("threads/{thread_id}/runs", 1),
    ("threads/{thread_id}/runs/{id}/steps", 4),
]


@pytest.mark.parametrize("path, count", LISTS)
def test_lists_have_pages(harness: Harness, finished: dict[str, Any], path: str, count: int) -> None:
    path = path.format(**finished)
    whole = harness.get(path)
    assert len(whole["data"]) == count
    assert harness.get(path, order="asc")["data"] == whole["data"][::-1]
    seen, after = [], {}
    while True:
        page = harness.get(path, limit="2", **after)
        seen += page["data"]
        after = {"after": page["last_id"]}
        if not page["has_more"]:
            break
    assert seen == whole["data"]
    with pytest.raises(Refused, match="found with id"):
        harness.get(path, after="msg_99")


def test_a_run_of_an_unknown_assistant(harness: Harness) -> None:
    with pytest.raises(Refused, match="No assistant found"):
        harness.run(harness.thread("One"), assistant_id="asst_9")
    with pytest.raises(Refused, match="No assistant found"):
        harness.stream("threads/runs", assistant_id="asst_9")


class Broken:
    """A store that always fails in the same way."""

    tenant = ""

    def __init__(self, failure: Exception) -> None:
        self.failure = failure

    async def read(self, *work: Any) -> Any:
        raise self.failure

    write = read


#: Exceptions of the store or the shim, and the status and message of the answer.
FAILURES = [
    (Gone("x"), 404, "No thread found with id 'thread_1'."),
    (StoreFailed("The store is full."), 500, "The store is full."),
    (ValueError("a secret"), 500, "The server had an error processing your request."),
]


@pytest.mark.parametrize("failure, status, message", FAILURES, ids=str)
def test_an_internal_failure_is_answered_with_an_error(
    harness: Harness, failure: Exception, status: int, message: str
) -> None:
    object.__setattr__(harness.context, "store", Broken(failure))
    with pytest.raises(Refused) as refused:
        harness.get("threads/thread_1")
    assert (refused.value.status, str(refused.value).startswith(message)) == (status, True)
    if status == 500:
        assert refused.value.headers["x-should-retry"] == "false"
        assert refused.value.error["type"] == "server_error"
