"""Resources of hosted tools: vector stores, attachments, and files that code wrote."""

import base64
from typing import Any

import pytest

from shim.ports import Refusal
from tests.engine.scripted import Refused, World, answer
from tests.translate.telling import call, code, last, message, says

HELLO = message(says("Hello."))
SEARCH, CODE = {"type": "file_search"}, {"type": "code_interpreter"}


def attach(file: str, *tools: dict[str, Any]) -> dict[str, Any]:
    return {"file_id": file, "tools": list(tools)}


def posted(world: World, thread: str, *attachments: dict[str, Any]) -> None:
    world.post(f"threads/{thread}/messages", role="user", content="See.", attachments=list(attachments))


def resources(world: World, thread: str) -> Any:
    return world.get(f"threads/{thread}")["tool_resources"]


def test_a_vector_store_that_is_described_is_created(world: World) -> None:
    described = {"file_ids": ["file-1"], "metadata": None}
    made = world.post(
        "assistants", model="m", tools=[SEARCH], tool_resources={"file_search": {"vector_stores": [described]}}
    )
    assert world.upstream.calls == [("POST", "/vector_stores", {"file_ids": ["file-1"]})]
    assert made["tool_resources"] == {"file_search": {"vector_store_ids": ["vs_1"]}}


def test_a_vector_store_that_cannot_be_created_raises_upstreams_refusal(world: World) -> None:
    world.upstream.failing = Refusal(400, "No such file.", param="file_ids")
    with pytest.raises(Refused, match="No such file") as refused:
        world.post("threads", tool_resources={"file_search": {"vector_stores": [{"file_ids": ["x"]}]}})
    assert (refused.value.status, refused.value.error["param"]) == (400, "file_ids")


def test_attachments_are_added_to_the_threads_resources(world: World) -> None:
    """The first one creates the thread's vector store, later ones are added to it; code reads the files directly."""
    thread = world.thread()
    posted(world, thread, attach("file-1", SEARCH), attach("file-2", CODE, SEARCH))
    expiry = {"anchor": "last_active_at", "days": 7}
    assert world.upstream.calls == [
        ("POST", "/vector_stores", {"file_ids": ["file-1", "file-2"], "expires_after": expiry})
    ]
    posted(world, thread, attach("file-3", SEARCH), attach("file-2", CODE))
    assert world.upstream.calls[1:] == [("POST", "/vector_stores/vs_1/files", {"file_id": "file-3"})]
    assert resources(world, thread) == {
        "code_interpreter": {"file_ids": ["file-2"]},
        "file_search": {"vector_store_ids": ["vs_1"]},
    }


def test_attachments_of_a_new_threads_messages(world: World) -> None:
    first = {"role": "user", "content": "One", "attachments": [attach("file-1", CODE)]}
    thread = world.post("threads", messages=[first])
    assert thread["tool_resources"] == {"code_interpreter": {"file_ids": ["file-1"]}}


def test_attachments_for_an_unknown_thread_cause_no_call_upstream(world: World) -> None:
    with pytest.raises(Refused, match="No thread found"):
        posted(world, "thread_9", attach("file-1", SEARCH))
    assert world.upstream.calls == []


def test_a_run_uses_the_resources_of_its_assistant_and_its_thread(world: World) -> None:
    assistant = world.assistant(tools=[SEARCH, CODE], tool_resources={"file_search": {"vector_store_ids": ["vs_9"]}})
    thread = world.thread("One")
    posted(world, thread, attach("file-1", SEARCH, CODE))
    more = {"role": "user", "content": "Two", "attachments": [attach("file-2", CODE)]}
    told = world.run(thread, answer(call()), assistant_id=assistant, additional_messages=[more])
    search, run_code = world.sent["tools"]
    assert search["vector_store_ids"] == ["vs_9", "vs_1"]
    assert run_code["container"]["file_ids"] == ["file-1", "file-2"]
    assert world.upstream.waited == ["vs_1"]
    world.submit(last(told, "run.requires_action"), answer(HELLO, id="resp_2"), call_a="42")
    assert world.sent["tools"] == [search, run_code]
    assert world.upstream.waited == ["vs_1"]


def test_a_vector_store_whose_state_cannot_be_fetched_is_searched(world: World) -> None:
    thread = world.thread("One")
    posted(world, thread, attach("file-1", SEARCH))
    world.upstream.failing = Refusal(500, "Boom.")
    told = world.run(thread, answer(HELLO), assistant_id=world.assistant(tools=[SEARCH]))
    assert last(told, "run.completed")


def test_a_deleted_vector_store_is_no_longer_searched(world: World) -> None:
    mine = {"file_search": {"vector_store_ids": ["vs_9"]}}
    assistants = [world.assistant(tools=[SEARCH], tool_resources=mine), world.assistant()]
    world.call("DELETE", "vector_stores/vs_9")
    assert world.upstream.calls == [("DELETE", "/vector_stores/vs_9", None)]
    found = [world.get(f"assistants/{each}")["tool_resources"] for each in assistants]
    assert found == [{"file_search": {"vector_store_ids": []}}, {}]


PNG = base64.b64encode(b"picture").decode()
#: A picture in the output of code, and the stored bytes; None: nothing is stored.
PICTURES = [
    (f"data:image/png;base64,{PNG}", b"picture"),
    ("data:text/plain,a%20b", b"a b"),
    ("data:image/png;base64,!!", None),
]


@pytest.mark.parametrize("url, kept", PICTURES)
def test_a_picture_that_code_drew_is_stored(world: World, url: str, kept: bytes | None) -> None:
    thread = world.thread("One")
    told = world.run(thread, answer(code("x", {"type": "image", "url": url}), HELLO))
    content = last(told, "message.completed")["content"]
    file = content[0]["image_file"]["file_id"]
    if kept is None:
        with pytest.raises(Refused, match="No file found"):
            world.get(f"files/{file}")
        return
    assert world.reply("GET", f"files/{file}/content").body == kept
    shown = world.get(f"files/{file}")
    assert (shown["bytes"], shown["filename"], shown["object"]) == (len(kept), f"{file}.png", "file")
    assert world.delete(f"files/{file}")["deleted"]
    for path in (f"files/{file}", f"files/{file}/content"):
        with pytest.raises(Refused, match=f"No file found with id '{file}'."):
            world.get(path)
    with pytest.raises(Refused, match="No file found"):
        world.delete(f"files/{file}")


PATH = "sandbox:/mnt/data/a.csv"
LINK = {
    "type": "container_file_citation",
    "file_id": "cfile_9",
    "container_id": "cntr_1",
    "filename": "a.csv",
    "start_index": 0,
    "end_index": len(PATH),
}


def test_a_file_that_code_wrote_is_fetched_and_stored(world: World) -> None:
    world.run(world.thread("One"), answer(message(says(PATH, LINK))))
    assert world.upstream.calls == [("GET", "/containers/cntr_1/files/cfile_9/content", None)]
    assert world.reply("GET", "files/cfile_9/content").body == b"bytes"
    assert world.get("files/cfile_9")["filename"] == "a.csv"


#: Reasons why a file cannot be stored.
LOST = ["refused", "too large", "none is kept"]


@pytest.mark.parametrize("why", LOST)
def test_a_file_that_cannot_be_stored_does_not_change_the_message(
    world: World, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    if why == "refused":
        world.upstream.failing = Refusal(404, "Container is gone.")
    else:
        object.__setattr__(world.context, "max_file_bytes", 4 if why == "too large" else 0)
    told = world.run(world.thread("One"), answer(message(says(PATH, LINK))))
    assert last(told, "message.completed")["attachments"][0]["file_id"] == "cfile_9"
    assert [record.args for record in caplog.records] == ([] if why == "none is kept" else [("cfile_9", "a.csv")])
    with pytest.raises(Refused, match="No file found"):
        world.get("files/cfile_9")


def test_a_picture_before_a_function_call_is_shown_in_the_next_message(world: World) -> None:
    """The response with the picture ended without a message; markers are unique in a run."""
    url = PICTURES[0][0]
    notes = {"type": "file_citation", "file_id": "file-1", "filename": "a.txt", "index": 2}
    first = answer(message(says("So", notes)), code("x", {"type": "image", "url": url}), call())
    told = world.run(world.thread("One"), first)
    second = answer(message(says("So", notes), id="msg_2"), id="resp_2")
    shown = last(world.submit(last(told, "run.requires_action"), second, call_a="42"), "message.completed")
    picture, text = shown["content"]
    assert world.reply("GET", f"files/{picture['image_file']['file_id']}/content").body == b"picture"
    assert text["text"]["value"] == "So【4:1†a.txt】"
