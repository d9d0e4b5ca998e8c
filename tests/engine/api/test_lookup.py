"""Objects by id: the errors for ids of the wrong form, and for unknown ids."""

from typing import Any

import pytest

from shim.engine.api import lookup
from shim.wire.errors import ApiError
from tests.engine.scripted import Harness, Refused, answer
from tests.translate.upstream_events import last, message, says

HELLO = message(says("Hello."))


#: Calls with ids of the wrong form, or unknown ones; the status, and a part of the message.
REFUSED = [
    ("GET", "assistants/thread_1", 400, "Invalid 'assistant_id': 'thread_1'. Expected an ID that begins with 'asst'"),
    ("GET", "assistants/asst_9", 404, "No assistant found"),
    ("POST", "assistants/asst_9", 404, "No assistant found"),
    ("GET", "threads/asst_1", 400, "Invalid 'thread_id'"),
    ("GET", "threads/thread_9", 404, "No thread found"),
    ("POST", "threads/thread_9", 404, "No thread found"),
    ("DELETE", "threads/thread_9", 404, "No thread found"),
    ("GET", "threads/thread_9/messages", 404, "No thread found"),
    ("GET", "threads/thread_9/runs", 404, "No thread found"),
    ("GET", "threads/thread_9/runs/run_1", 404, "No thread found"),
    ("POST", "threads/thread_9/runs/run_1/cancel", 404, "No thread found"),
    ("GET", "threads/thread_1/messages/msg_9", 404, "No message found"),
    ("DELETE", "threads/thread_1/messages/msg_9", 404, "No message found"),
    ("GET", "threads/thread_1/runs/run_9", 404, "No run found"),
    ("POST", "threads/thread_1/runs/run_9", 404, "No run found"),
    ("GET", "threads/thread_1/runs/run_9/steps", 404, "No run found"),
    ("GET", "threads/thread_1/nothing", 404, "Invalid URL"),
    ("PUT", "threads/thread_1", 405, "Invalid method for URL (PUT /threads/thread_1)"),
    ("GET", "threads/thread_1/messages?limit=101", 400, "integer above maximum value"),
]


@pytest.mark.parametrize("method, path, status, message", REFUSED)
def test_invalid_and_unknown_ids(harness: Harness, method: str, path: str, status: int, message: str) -> None:
    harness.thread("One")
    where, _, query = path.partition("?")
    with pytest.raises(Refused) as refused:
        harness.call(method, where, None, **dict(pair.split("=") for pair in query.split("&") if pair))
    assert (refused.value.status, message in str(refused.value)) == (status, True)


def test_tenants_do_not_see_each_other(harness: Harness) -> None:
    thread = harness.thread("One")
    object.__setattr__(harness.context, "store", harness.context.store.of("other"))
    with pytest.raises(Refused, match="No thread found"):
        harness.get(f"threads/{thread}")


def _kind(harness: Harness, work: Any, *args: Any) -> str:
    with pytest.raises(ApiError) as missing:
        harness.base.read(work, *args)
    return missing.value.message


def test_an_unknown_thread_is_reported_before_its_objects(harness: Harness) -> None:
    """Of two unknown ids the error names the thread's; an object of another thread does not exist."""
    thread, other = harness.thread("One"), harness.thread("Two")
    (made,) = harness.get(f"threads/{thread}/messages")["data"]
    run = last(harness.run(thread, answer(message(says("Hello.")))), "run.completed")
    assert harness.base.read(lookup.message, thread, made["id"]) == made
    assert harness.base.read(lookup.run, thread, run["id"]).body["id"] == run["id"]
    for found, id, kind in ((lookup.message, made["id"], "message"), (lookup.run, run["id"], "run")):
        assert _kind(harness, found, "thread_9", id) == "No thread found with id 'thread_9'."
        assert _kind(harness, found, other, id) == f"No {kind} found with id '{id}'."


@pytest.mark.parametrize(
    "ids, wrong",
    [
        ({}, None),
        ({"thread": "thread_1", "run": "run_1", "message": "msg_1", "step": "step_1"}, None),
        ({"thread": "run_1", "run": "thread_1"}, "'thread_id': 'run_1'"),
        ({"thread": "thread_1", "run": "thread_1"}, "'run_id': 'thread_1'"),
        ({"assistant": ""}, "'assistant_id': ''"),
    ],
)
def test_the_first_id_of_the_wrong_form_is_named(ids: dict[str, str], wrong: str | None) -> None:
    if wrong is None:
        lookup.check(**ids)
        return
    with pytest.raises(ApiError) as refused:
        lookup.check(**ids)
    assert (refused.value.status, wrong in refused.value.message) == (400, True)
