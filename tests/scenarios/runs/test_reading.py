"""Objects made, looked at, changed and deleted: what REST shows, and what it refuses."""

from typing import Any

import pytest

from shim.engine.protocol import DONE, encode
from shim.store.errors import Gone, StoreFailed
from shim.wire.pages import FILE_SEARCH_CONTENT
from tests.engine.scripted import Refused, World, answer, place
from tests.translate.telling import call, code, last, message, says, search

HELLO = message(says("Hello."))


def test_an_assistant_lives_and_dies(world: World) -> None:
    made = world.post("assistants", model="gpt-4o", name="A", metadata={"k": "v"}, tools=[{"type": "code_interpreter"}])
    where = f"assistants/{made['id']}"
    assert world.get(where) == made
    assert made["tool_resources"] == {"code_interpreter": {"file_ids": []}}
    changed = world.post(where, name=None, instructions="Be brief.", metadata=None)
    assert changed == made | {"name": None, "instructions": "Be brief.", "metadata": {}}
    assert world.get("assistants")["data"] == [changed]
    assert world.delete(where) == {"id": made["id"], "object": "assistant.deleted", "deleted": True}
    with pytest.raises(Refused, match=f"No assistant found with id '{made['id']}'."):
        world.delete(where)


def test_an_assistants_tools_and_resources_change_together(world: World) -> None:
    where = f"assistants/{world.assistant(tools=[{'type': 'file_search'}])}"
    resources = {"file_search": {"vector_store_ids": ["vs_9"]}}
    assert world.post(where, tool_resources=resources)["tool_resources"] == resources
    changed = world.post(where, tools=[{"type": "file_search"}, {"type": "code_interpreter"}])
    assert changed["tool_resources"] == resources | {"code_interpreter": {"file_ids": []}}


def test_a_thread_changes(world: World) -> None:
    where = f"threads/{world.thread()}"
    empty = {"code_interpreter": {"file_ids": []}}
    assert world.get(where)["tool_resources"] == empty
    assert world.post(where, metadata={"k": "v"})["metadata"] == {"k": "v"}
    assert world.post(where)["metadata"] == {"k": "v"}
    assert world.post(where, metadata=None)["metadata"] == {}
    resources = {"file_search": {"vector_store_ids": ["vs_9"]}}
    assert world.post(where, tool_resources=resources)["tool_resources"] == resources
    assert world.get(where)["tool_resources"] == resources


def test_a_thread_is_deleted_with_all_that_is_its(world: World) -> None:
    thread = world.thread("One")
    run = last(world.run(thread, answer(HELLO)), "run.completed")
    assert world.delete(f"threads/{thread}") == {"id": thread, "object": "thread.deleted", "deleted": True}
    for path in (f"threads/{thread}", f"threads/{thread}/messages", place(run), f"{place(run)}/steps"):
        with pytest.raises(Refused, match="No thread found"):
            world.get(path)


def test_events_on_the_wire() -> None:
    raw = encode([("thread.created", {"id": "thread_1", "x": "é"}), DONE])
    assert raw.decode() == 'event: thread.created\ndata: {"id":"thread_1","x":"é"}\n\nevent: done\ndata: [DONE]\n\n'


def test_a_message_changes(world: World) -> None:
    thread = world.thread("One")
    (made,) = world.get(f"threads/{thread}/messages")["data"]
    where = f"threads/{thread}/messages/{made['id']}"
    assert world.get(where) == made
    changed = world.post(where, metadata={"k": "v"})
    assert (changed["metadata"], changed["file_ids"]) == ({"k": "v"}, [])
    assert world.post(where)["metadata"] == {"k": "v"}
    assert world.post(where, metadata=None)["metadata"] == {}
    assert "file_ids" not in world.get(where)
    assert world.delete(where)["object"] == "thread.message.deleted"
    with pytest.raises(Refused, match="No message found"):
        world.get(where)


def test_a_finished_runs_metadata_changes(world: World) -> None:
    run = last(world.run(world.thread("One"), answer(HELLO)), "run.completed")
    assert world.post(place(run))["metadata"] == {}
    assert world.post(place(run), metadata={"k": "v"})["metadata"] == {"k": "v"}
    assert world.post(place(run), metadata=None)["metadata"] == {}


def test_parts_of_a_message(world: World) -> None:
    thread = world.thread()
    content = [
        {"type": "text", "text": "See:"},
        {"type": "image_url", "image_url": {"url": "http://x/y.png"}},
        {"type": "image_file", "image_file": {"file_id": "file-1", "detail": "low"}},
    ]
    made = world.post(f"threads/{thread}/messages", role="user", content=content)
    assert made["content"] == [
        {"type": "text", "text": {"value": "See:", "annotations": []}},
        {"type": "image_url", "image_url": {"detail": "auto", "url": "http://x/y.png"}},
        {"type": "image_file", "image_file": {"detail": "low", "file_id": "file-1"}},
    ]


@pytest.fixture
def finished(world: World) -> dict[str, Any]:
    """A run that has searched, run code and asked; and another thread beside it."""
    world.thread("Other")
    found = {"file_id": "file-1", "filename": "a.txt", "score": 0.5, "text": "words", "attributes": {}}
    told = world.run(world.thread("One", "Two"), answer(search(found), code("x"), call(), id="resp_1"))
    told = world.submit(last(told, "run.requires_action"), answer(HELLO, id="resp_2"), call_a="42")
    return last(told, "run.completed")


#: Lists, by the run's place, and how long they are.
LISTS = [
    ("threads/{thread_id}/messages", 3),
    ("threads/{thread_id}/runs", 1),
    ("threads/{thread_id}/runs/{id}/steps", 4),
]


@pytest.mark.parametrize("path, count", LISTS)
def test_lists_are_cut_into_pages(world: World, finished: dict[str, Any], path: str, count: int) -> None:
    path = path.format(**finished)
    whole = world.get(path)
    assert len(whole["data"]) == count
    assert world.get(path, order="asc")["data"] == whole["data"][::-1]
    seen, after = [], {}
    while True:
        page = world.get(path, limit="2", **after)
        seen += page["data"]
        after = {"after": page["last_id"]}
        if not page["has_more"]:
            break
    assert seen == whole["data"]
    with pytest.raises(Refused, match="found with id"):
        world.get(path, after="msg_99")


def test_assistants_are_cut_into_pages(world: World) -> None:
    made = [world.assistant() for _ in range(3)]
    page = world.get("assistants", limit="2")
    assert [each["id"] for each in page["data"]] == made[:0:-1]
    assert world.get("assistants", after=page["last_id"])["data"][0]["id"] == made[0]
    with pytest.raises(Refused, match="No assistant found with id 'asst_99'"):
        world.get("assistants", after="asst_99")


def test_messages_of_one_run(world: World, finished: dict[str, Any]) -> None:
    listed = world.get(f"threads/{finished['thread_id']}/messages", run_id=finished["id"])["data"]
    assert [each["run_id"] for each in listed] == [finished["id"]]


def test_what_a_search_found_is_shown_on_demand(world: World, finished: dict[str, Any]) -> None:
    steps = f"{place(finished)}/steps"
    listed = world.get(steps, order="asc")["data"]
    assert [step["step_details"]["type"] for step in listed] == ["tool_calls"] * 3 + ["message_creation"]
    (found,) = listed[0]["step_details"]["tool_calls"][0]["file_search"]["results"]
    assert found == {"file_id": "file-1", "file_name": "a.txt", "score": 0.5, "attributes": {}}
    for shown in (
        world.get(f"{steps}/{listed[0]['id']}", **{"include[]": FILE_SEARCH_CONTENT}),
        world.get(steps, order="asc", **{"include[]": FILE_SEARCH_CONTENT})["data"][0],
    ):
        (found,) = shown["step_details"]["tool_calls"][0]["file_search"]["results"]
        assert found["content"] == [{"type": "text", "text": "words"}]
    assert world.get(f"{steps}/{listed[1]['id']}") == listed[1]


def test_steps_have_no_expiry_once_the_run_has_ended(world: World) -> None:
    run = last(world.run(world.thread("One"), answer(call(), message(says("x")))), "run.requires_action")
    steps = f"{place(run)}/steps"
    assert {step["expires_at"] for step in world.get(steps)["data"]} == {run["expires_at"]}
    world.submit(run, answer(HELLO, id="resp_2"), call_a="42")
    assert {step["expires_at"] for step in world.get(steps)["data"]} == {None}


#: Calls with ids that are of the wrong form, or unknown; the status, and a piece of what is said.
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


@pytest.mark.parametrize("method, path, status, said", REFUSED)
def test_ids_that_lead_nowhere(world: World, method: str, path: str, status: int, said: str) -> None:
    world.thread("One")
    where, _, query = path.partition("?")
    with pytest.raises(Refused) as refused:
        world.call(method, where, None, **dict(pair.split("=") for pair in query.split("&") if pair))
    assert (refused.value.status, said in str(refused.value)) == (status, True)


def test_an_unknown_step(world: World, finished: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="No run step found"):
        world.get(f"{place(finished)}/steps/step_99")


def test_a_message_for_a_thread_that_is_not_there(world: World) -> None:
    with pytest.raises(Refused, match="No thread found"):
        world.say("thread_9", "One")


def test_a_run_by_an_assistant_that_is_not_there(world: World) -> None:
    with pytest.raises(Refused, match="No assistant found"):
        world.run(world.thread("One"), assistant_id="asst_9")
    with pytest.raises(Refused, match="No assistant found"):
        world.stream("threads/runs", assistant_id="asst_9")


def test_tenants_do_not_see_each_other(world: World) -> None:
    thread = world.thread("One")
    object.__setattr__(world.context, "store", world.context.store.of("other"))
    with pytest.raises(Refused, match="No thread found"):
        world.get(f"threads/{thread}")


class Broken:
    """A store that always fails in the same way."""

    tenant = ""

    def __init__(self, failure: Exception) -> None:
        self.failure = failure

    async def read(self, *work: Any) -> Any:
        raise self.failure

    write = read


#: What the store, or we ourselves, raise; what the caller is told.
FAILURES = [
    (Gone("x"), 404, "No thread found with id 'thread_1'."),
    (StoreFailed("The store is full."), 500, "The store is full."),
    (ValueError("a secret"), 500, "The server had an error processing your request."),
]


@pytest.mark.parametrize("failure, status, said", FAILURES, ids=str)
def test_a_failure_of_ours_is_an_answer(world: World, failure: Exception, status: int, said: str) -> None:
    object.__setattr__(world.context, "store", Broken(failure))
    with pytest.raises(Refused) as refused:
        world.get("threads/thread_1")
    assert (refused.value.status, str(refused.value).startswith(said)) == (status, True)
    if status == 500:
        assert refused.value.headers["x-should-retry"] == "false"
        assert refused.value.error["type"] == "server_error"
