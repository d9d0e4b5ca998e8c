"""Vector stores and attachments of requests that are refused, or that come together."""

from typing import Any

import pytest

from shim.ports import Refusal
from tests.engine.scripted import Harness, Refused, answer
from tests.engine.test_resources import CODE, HELLO, SEARCH, attach, posted, resources
from tests.translate.upstream_events import call

#: Requests that make a vector store and are refused afterwards: the path, the body, and what answers upstream.
ATTACHED = {"role": "user", "content": "See.", "attachments": [attach("file-1", SEARCH, CODE)]}
INLINE = {"tool_resources": {"file_search": {"vector_stores": [{}]}}}
REFUSED: dict[str, tuple[str, dict[str, Any]]] = {
    "a busy thread's message": ("threads/{busy}/messages", ATTACHED),
    "a busy thread's run": ("threads/{busy}/runs", {"assistant_id": "{assistant}", "additional_messages": [ATTACHED]}),
    "an unknown assistant": ("threads/{thread}/runs", {"assistant_id": "asst_9", "additional_messages": [ATTACHED]}),
    "an unknown assistant of a new thread": ("threads/runs", {"assistant_id": "asst_9", "thread": INLINE}),
    "a run that upstream refuses": (
        "threads/{thread}/runs",
        {"assistant_id": "{assistant}", "additional_messages": [ATTACHED], "stream": True},
    ),
    "a run of a new thread that upstream refuses": (
        "threads/runs",
        {"assistant_id": "{assistant}", "thread": INLINE | {"messages": [ATTACHED]}, "stream": True},
    ),
    "an unknown assistant for messages of a new thread": (
        "threads/runs",
        {"assistant_id": "asst_9", "thread": {"messages": [ATTACHED]}},
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_request_leaves_no_vector_store_and_no_attachments(harness: Harness, name: str) -> None:
    ids = {"busy": harness.thread("One"), "thread": harness.thread("One"), "assistant": harness.assistant()}
    harness.run(ids["busy"], answer(call()))
    path, body = REFUSED[name]
    before = [resources(harness, ids[each]) for each in ("busy", "thread")]
    body = {key: value.format(**ids) if isinstance(value, str) else value for key, value in body.items()}
    harness.script(Refusal(400, "No."))
    with pytest.raises(Refused):
        harness.post(path.format(**ids), **body)
    made = [f"vs_{number}" for number, (_, path, _) in enumerate(harness.upstream.calls, 1) if path == "/vector_stores"]
    deleted = [path for method, path, _ in harness.upstream.calls if method == "DELETE"]
    assert made
    assert sorted(deleted) == sorted(f"/vector_stores/{id}" for id in made)
    assert [resources(harness, ids[each]) for each in ("busy", "thread")] == before


def test_a_refused_run_keeps_what_its_thread_had(harness: Harness) -> None:
    thread, assistant = harness.thread(), harness.assistant()
    posted(harness, thread, attach("file-1", SEARCH), attach("file-2", CODE))
    before = resources(harness, thread)
    more = {"role": "user", "content": "Two", "attachments": [attach("file-2", CODE), attach("file-3", CODE, SEARCH)]}
    harness.script(Refusal(400, "No."))
    with pytest.raises(Refused):
        harness.stream(f"threads/{thread}/runs", assistant_id=assistant, additional_messages=[more])
    assert resources(harness, thread) == before
    assert not [path for method, path, _ in harness.upstream.calls if method == "DELETE"]


def test_a_refusal_is_reported_if_the_vector_store_cannot_be_deleted(harness: Harness) -> None:
    def fails(method: str, path: str, body: Any = None) -> Any:
        raise Refusal(500, "Boom.")

    call_upstream = harness.upstream.call

    async def only_made(method: str, path: str, body: Any = None) -> Any:
        return await call_upstream(method, path, body) if method == "POST" else fails(method, path)

    harness.upstream.call = only_made  # type: ignore[method-assign]
    with pytest.raises(Refused, match="asst_9"):
        harness.post("threads/runs", assistant_id="asst_9", thread=INLINE)


@pytest.mark.parametrize("how", ["message", "run"])
def test_a_thread_gets_one_vector_store_from_requests_that_come_together(harness: Harness, how: str) -> None:
    """Another message's attachment gives the thread its vector store after this one has made one, too."""
    thread, assistant = harness.thread(), harness.assistant()
    call_upstream, others = harness.upstream.call, [attach("file-1", SEARCH)]

    async def overtaken(method: str, path: str, body: Any = None) -> Any:
        made = await call_upstream(method, path, body)
        if others:
            posted(harness, thread, others.pop())
        return made

    harness.upstream.call = overtaken  # type: ignore[method-assign]
    if how == "message":
        posted(harness, thread, attach("file-2", SEARCH))
    else:
        more = {"role": "user", "content": "Two", "attachments": [attach("file-2", SEARCH)]}
        harness.run(thread, answer(HELLO), assistant_id=assistant, additional_messages=[more])
    assert resources(harness, thread) == {"file_search": {"vector_store_ids": ["vs_2"]}}
    made = [(method, path) for method, path, _ in harness.upstream.calls]
    assert made == [
        ("POST", "/vector_stores"),
        ("POST", "/vector_stores"),
        ("DELETE", "/vector_stores/vs_1"),
        ("POST", "/vector_stores/vs_2/files"),
    ]
