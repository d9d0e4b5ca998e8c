"""Resources of hosted tools: vector stores, attachments, and files that code wrote."""

import base64
from typing import Any

import pytest

from shim.ports import Refusal
from tests.engine.scripted import Harness, Refused, answer
from tests.translate.upstream_events import call, code, last, message, says

HELLO = message(says("Hello."))
SEARCH, CODE = {"type": "file_search"}, {"type": "code_interpreter"}


def attach(file: str, *tools: dict[str, Any]) -> dict[str, Any]:
    return {"file_id": file, "tools": list(tools)}


def posted(harness: Harness, thread: str, *attachments: dict[str, Any]) -> None:
    harness.post(f"threads/{thread}/messages", role="user", content="See.", attachments=list(attachments))


def resources(harness: Harness, thread: str) -> Any:
    return harness.get(f"threads/{thread}")["tool_resources"]


def test_a_vector_store_that_is_described_is_created(harness: Harness) -> None:
    described = {"file_ids": ["file-1"], "metadata": None}
    made = harness.post(
        "assistants", model="m", tools=[SEARCH], tool_resources={"file_search": {"vector_stores": [described]}}
    )
    assert harness.upstream.calls == [("POST", "/vector_stores", {"file_ids": ["file-1"]})]
    assert made["tool_resources"] == {"file_search": {"vector_store_ids": ["vs_1"]}}


FILES, STORES = {"code_interpreter": {"file_ids": ["file-1"]}}, {"file_search": {"vector_store_ids": ["vs_9"]}}
NO_FILES, NO_STORES = {"code_interpreter": {"file_ids": []}}, {"file_search": {"vector_store_ids": []}}
#: Resources as they are given, and as the created object shows them: always with their list.
GIVEN: list[tuple[Any, Any]] = [
    ({}, {}),
    ({"code_interpreter": None, "file_search": None}, {}),
    ({"code_interpreter": {}}, NO_FILES),
    ({"code_interpreter": {"file_ids": None}}, NO_FILES),
    ({"file_search": {"vector_store_ids": None}, "code_interpreter": {}}, NO_FILES | NO_STORES),
    (STORES | FILES, FILES | STORES),
    ({"file_search": {"vector_stores": []}}, NO_STORES),
    ({"file_search": {"vector_stores": None}}, NO_STORES),
    ({"file_search": {"vector_stores": [], "vector_store_ids": ["vs_9"]}}, STORES),
]


@pytest.mark.parametrize("given, shown", GIVEN)
def test_resources_are_shown_with_their_lists(harness: Harness, given: Any, shown: Any) -> None:
    for path, body in (("assistants", {"model": "m"}), ("threads", {})):
        made = harness.post(path, **body, tool_resources=given)
        assert (made["tool_resources"], list(made["tool_resources"])) == (shown, list(shown))
    if "vector_stores" not in (given.get("file_search") or {}):
        harness.script(answer(HELLO))
        emitted = harness.stream(
            "threads/runs", assistant_id=harness.assistant(), instructions="Begin.", tool_resources=given
        )
        assert last(emitted, "run.completed")["tool_resources"] == (shown or NO_FILES)


#: Changes that give nothing.
NOTHING = [None, {}, *({kind: none} for kind in FILES | STORES for none in (None, {}))]
#: Changes of an object with files and stores, and what it then shows.
CHANGES = [
    *((change, FILES | STORES) for change in NOTHING),
    ({"code_interpreter": {"file_ids": None}}, FILES | STORES),
    ({"file_search": {"vector_store_ids": None}}, FILES | STORES),
    (NO_FILES, NO_FILES | STORES),
    (NO_STORES, FILES | NO_STORES),
    (NO_STORES | NO_FILES, NO_FILES | NO_STORES),
    (
        {"file_search": None, "code_interpreter": {"file_ids": ["file-2"]}},
        {"code_interpreter": {"file_ids": ["file-2"]}} | STORES,
    ),
]


@pytest.mark.parametrize("path, body", [("assistants", {"model": "m"}), ("threads", {})])
@pytest.mark.parametrize("change, shown", CHANGES)
def test_a_change_leaves_lists_that_it_does_not_give(
    harness: Harness, path: str, body: Any, change: Any, shown: Any
) -> None:
    made = harness.post(path, **body, tool_resources=FILES | STORES)
    where = f"{path}/{made['id']}"
    assert harness.post(where, tool_resources=change)["tool_resources"] == shown
    assert harness.get(where)["tool_resources"] == shown


@pytest.mark.parametrize("path, body", [("assistants", {"model": "m"}), ("threads", {})])
def test_a_change_of_an_object_without_resources_gives_it_their_lists(harness: Harness, path: str, body: Any) -> None:
    where = f"{path}/{harness.post(path, **body)['id']}"
    assert harness.post(where, tool_resources={"file_search": {}})["tool_resources"] == NO_STORES
    assert harness.post(where, tool_resources=FILES)["tool_resources"] == FILES | NO_STORES


def test_a_vector_store_that_cannot_be_created_raises_upstreams_refusal(harness: Harness) -> None:
    harness.upstream.failing = Refusal(400, "No such file.", param="file_ids")
    with pytest.raises(Refused, match="No such file") as refused:
        harness.post("threads", tool_resources={"file_search": {"vector_stores": [{"file_ids": ["x"]}]}})
    assert (refused.value.status, refused.value.error["param"]) == (400, "file_ids")


def test_attachments_are_added_to_the_threads_resources(harness: Harness) -> None:
    """The first one creates the thread's vector store, later ones are added to it; code reads the files directly."""
    thread = harness.thread()
    posted(harness, thread, attach("file-1", SEARCH), attach("file-2", CODE, SEARCH))
    expiry = {"anchor": "last_active_at", "days": 7}
    assert harness.upstream.calls == [
        ("POST", "/vector_stores", {"file_ids": ["file-1", "file-2"], "expires_after": expiry})
    ]
    posted(harness, thread, attach("file-3", SEARCH), attach("file-2", CODE))
    assert harness.upstream.calls[1:] == [("POST", "/vector_stores/vs_1/files", {"file_id": "file-3"})]
    assert resources(harness, thread) == {
        "code_interpreter": {"file_ids": ["file-2"]},
        "file_search": {"vector_store_ids": ["vs_1"]},
    }


def test_attachments_of_a_new_threads_messages(harness: Harness) -> None:
    first = {"role": "user", "content": "One", "attachments": [attach("file-1", CODE)]}
    thread = harness.post("threads", messages=[first])
    assert thread["tool_resources"] == {"code_interpreter": {"file_ids": ["file-1"]}}


def test_attachments_for_an_unknown_thread_cause_no_call_upstream(harness: Harness) -> None:
    with pytest.raises(Refused, match="No thread found"):
        posted(harness, "thread_9", attach("file-1", SEARCH))
    assert harness.upstream.calls == []


def test_a_vector_store_of_a_thread_expires_and_one_of_an_assistant_does_not(harness: Harness) -> None:
    described = {"file_search": {"vector_stores": [{"file_ids": ["file-1"]}]}}
    harness.post("threads", tool_resources=described)
    harness.script(answer(HELLO))
    asked = {"tool_resources": described, "messages": [{"role": "user", "content": "One"}]}
    harness.stream("threads/runs", assistant_id=harness.assistant(), thread=asked)
    harness.post("assistants", model="m", tools=[SEARCH], tool_resources=described)
    expiry = {"anchor": "last_active_at", "days": 7}
    thread_store, assistant_store = {"expires_after": expiry, "file_ids": ["file-1"]}, {"file_ids": ["file-1"]}
    bodies = [body for method, _, body in harness.upstream.calls if method == "POST"]
    assert bodies == [thread_store, thread_store, assistant_store]


def test_a_run_uses_the_resources_of_its_assistant_and_its_thread(harness: Harness) -> None:
    assistant = harness.assistant(tools=[SEARCH, CODE], tool_resources={"file_search": {"vector_store_ids": ["vs_9"]}})
    thread = harness.thread("One")
    posted(harness, thread, attach("file-1", SEARCH, CODE))
    more = {"role": "user", "content": "Two", "attachments": [attach("file-2", CODE)]}
    emitted = harness.run(thread, answer(call()), assistant_id=assistant, additional_messages=[more])
    search, run_code = harness.sent["tools"]
    assert search["vector_store_ids"] == ["vs_9", "vs_1"]
    assert run_code["container"]["file_ids"] == ["file-1", "file-2"]
    assert harness.upstream.waited == ["vs_1"]
    harness.submit(last(emitted, "run.requires_action"), answer(HELLO, id="resp_2"), call_a="42")
    assert harness.sent["tools"] == [search, run_code]
    assert harness.upstream.waited == ["vs_1"]


def test_a_vector_store_whose_state_cannot_be_fetched_is_searched(harness: Harness) -> None:
    thread = harness.thread("One")
    posted(harness, thread, attach("file-1", SEARCH))
    harness.upstream.failing = Refusal(500, "Boom.")
    emitted = harness.run(thread, answer(HELLO), assistant_id=harness.assistant(tools=[SEARCH]))
    assert last(emitted, "run.completed")


def test_a_deleted_vector_store_is_no_longer_searched(harness: Harness) -> None:
    mine = {"file_search": {"vector_store_ids": ["vs_9"]}}
    assistants = [harness.assistant(tools=[SEARCH], tool_resources=mine), harness.assistant()]
    harness.call("DELETE", "vector_stores/vs_9")
    assert harness.upstream.calls == [("DELETE", "/vector_stores/vs_9", None)]
    found = [harness.get(f"assistants/{each}")["tool_resources"] for each in assistants]
    assert found == [{"file_search": {"vector_store_ids": []}}, {}]


PNG = base64.b64encode(b"picture").decode()
#: A picture in the output of code, and the stored bytes; None: nothing is stored.
PICTURES = [
    (f"data:image/png;base64,{PNG}", b"picture"),
    ("data:text/plain,a%20b", b"a b"),
    ("data:image/png;base64,!!", None),
]


@pytest.mark.parametrize("url, stored", PICTURES)
def test_a_picture_that_code_drew_is_stored(harness: Harness, url: str, stored: bytes | None) -> None:
    thread = harness.thread("One")
    emitted = harness.run(thread, answer(code("x", {"type": "image", "url": url}), HELLO))
    content = last(emitted, "message.completed")["content"]
    file = content[0]["image_file"]["file_id"]
    if stored is None:
        with pytest.raises(Refused, match="No file found"):
            harness.get(f"files/{file}")
        return
    assert harness.reply("GET", f"files/{file}/content").body == stored
    shown = harness.get(f"files/{file}")
    assert (shown["bytes"], shown["filename"], shown["object"]) == (len(stored), f"{file}.png", "file")
    assert harness.delete(f"files/{file}")["deleted"]
    for path in (f"files/{file}", f"files/{file}/content"):
        with pytest.raises(Refused, match=f"No file found with id '{file}'."):
            harness.get(path)
    with pytest.raises(Refused, match="No file found"):
        harness.delete(f"files/{file}")


PATH = "sandbox:/mnt/data/a.csv"
LINK = {
    "type": "container_file_citation",
    "file_id": "cfile_9",
    "container_id": "cntr_1",
    "filename": "a.csv",
    "start_index": 0,
    "end_index": len(PATH),
}


def test_a_file_that_code_wrote_is_fetched_and_stored(harness: Harness) -> None:
    harness.run(harness.thread("One"), answer(message(says(PATH, LINK))))
    assert harness.upstream.calls == [("GET", "/containers/cntr_1/files/cfile_9/content", None)]
    assert harness.reply("GET", "files/cfile_9/content").body == b"bytes"
    assert harness.get("files/cfile_9")["filename"] == "a.csv"


#: Reasons why a file cannot be stored.
LOST = ["refused", "too large", "none is kept"]


@pytest.mark.parametrize("why", LOST)
def test_a_file_that_cannot_be_stored_does_not_change_the_message(
    harness: Harness, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    if why == "refused":
        harness.upstream.failing = Refusal(404, "Container is gone.")
    else:
        object.__setattr__(harness.context, "max_file_bytes", 4 if why == "too large" else 0)
    emitted = harness.run(harness.thread("One"), answer(message(says(PATH, LINK))))
    assert last(emitted, "message.completed")["attachments"][0]["file_id"] == "cfile_9"
    assert [record.args for record in caplog.records] == ([] if why == "none is kept" else [("cfile_9", "a.csv")])
    with pytest.raises(Refused, match="No file found"):
        harness.get("files/cfile_9")


def test_a_picture_before_a_function_call_is_shown_in_the_next_message(harness: Harness) -> None:
    """The response with the picture ended without a message; markers are unique in a run."""
    url = PICTURES[0][0]
    notes = {"type": "file_citation", "file_id": "file-1", "filename": "a.txt", "index": 2}
    first = answer(message(says("So", notes)), code("x", {"type": "image", "url": url}), call())
    emitted = harness.run(harness.thread("One"), first)
    second = answer(message(says("So", notes), id="msg_2"), id="resp_2")
    shown = last(harness.submit(last(emitted, "run.requires_action"), second, call_a="42"), "message.completed")
    picture, text = shown["content"]
    assert harness.reply("GET", f"files/{picture['image_file']['file_id']}/content").body == b"picture"
    assert text["text"]["value"] == "So【4:1†a.txt】"
