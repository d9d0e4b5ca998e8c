"""Native responses and their input, as a thread contains them."""

from typing import Any

from shim.translate import items, native

Json = dict[str, Any]
ANNOTATION = {"type": "file_citation", "file_id": "file-1", "filename": "a.txt", "index": 5}


def _ids() -> Any:
    count = iter(range(100))
    return lambda prefix: f"{prefix}_{next(count)}"


def test_a_text_is_a_user_message() -> None:
    (item,) = native.listing("Hello.")
    assert item["content"] == [{"type": "input_text", "text": "Hello."}]
    assert item[items.VERBATIM] == {"role": "user", "content": "Hello."}


def test_content_that_upstream_does_not_return_is_replaced_by_its_name() -> None:
    parts = [
        {"type": "input_text", "text": "See:"},
        {"type": "input_file", "filename": "report.pdf"},
        {"type": "input_image", "image_url": None},
        {"type": "input_file", "file_id": "file-1"},
    ]
    item = {"type": "message", "id": "msg_1", "status": "completed", "role": "user", "content": parts}
    texts = ["See:", "[report.pdf]", "[input_image]", None]
    listed = native.listed(item)
    assert [part.get("text") for part in listed["content"]] == texts
    assert listed.keys() == {"type", "role", "content"}
    assert native.listed({"type": "message", "role": "user", "content": "Hi."})["content"] == "Hi."
    call = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "f", "arguments": "{}"}
    assert native.listed(call) is call
    output = {"type": "function_call_output", "id": "fc_2", "call_id": "call_1", "output": ""}
    assert "id" not in native.listed(output)


def test_input_items_are_shown_as_messages() -> None:
    parts = [
        {"type": "input_text", "text": "See:"},
        {"type": "input_image", "file_id": "file-1"},
        {"type": "input_image", "image_url": "https://example.com/a.png", "detail": "low"},
        {"type": "input_file", "file_id": "file-2", "filename": "b.pdf"},
        {"type": "input_file", "file_data": "data:,x"},
    ]
    (item,) = native.listing([{"role": "user", "content": parts}])
    message = native.message(item, "msg_1", 7, "thread_1")
    assert message is not None
    assert (message["role"], message["created_at"], message["run_id"]) == ("user", 7, None)
    assert message["attachments"] == [{"file_id": "file-2", "tools": []}]
    assert message["content"] == [
        {"type": "text", "text": {"value": "See:", "annotations": []}},
        {"type": "image_file", "image_file": {"file_id": "file-1", "detail": "auto"}},
        {"type": "image_url", "image_url": {"url": "https://example.com/a.png", "detail": "low"}},
        {"type": "text", "text": {"value": "[b.pdf]", "annotations": []}},
        {"type": "text", "text": {"value": "[input_file]", "annotations": []}},
    ]
    (refusal,) = native.listing([{"role": "assistant", "content": [{"type": "refusal", "refusal": "No."}]}])
    assert (native.message(refusal, "msg_1", 7, "thread_1") or {})["content"] == [{"type": "refusal", "refusal": "No."}]
    for item in native.listing([{"role": "developer", "content": "Be kind."}, {"type": "reasoning", "summary": []}]):
        assert native.message(item, "msg_1", 7, "thread_1") is None


def test_the_output_of_a_response() -> None:
    text = {"type": "output_text", "text": "Seen.", "annotations": [ANNOTATION]}
    output: list[Json] = [
        {"type": "reasoning", "id": "rs_1", "summary": []},
        {"type": "file_search_call", "id": "fs_1", "status": "completed", "queries": ["x"], "results": None},
        {"type": "message", "id": "msg_a", "role": "assistant", "status": "completed", "content": [text]},
        {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "f", "arguments": "{}"},
    ]
    response = {"id": "resp_1", "created_at": 9, "status": "completed", "output": output}
    items = native.converted(response, "thread_1", _ids())
    assert [item["type"] for item, _ in items.items] == [item["type"] for item in output]
    messages = [message for _, message in items.items if message is not None]
    (message,) = messages
    assert (message["thread_id"], message["run_id"], message["assistant_id"]) == ("thread_1", None, None)
    assert (message["status"], message["created_at"], message["completed_at"]) == ("completed", 9, 9)
    (part,) = message["content"]
    assert part["text"]["value"].startswith("Seen.【")
    assert part["text"]["annotations"][0]["file_citation"]["file_id"] == "file-1"
    assert items.items[-1][0]["call_id"] == "call_1"


def test_repeated_input_is_recognised() -> None:
    one, two = native.listing([{"role": "user", "content": "One."}, {"role": "assistant", "content": "Two."}])
    thought: Json = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "x"}
    search: Json = {"type": "file_search_call", "id": "fs_1", "queries": []}
    item = {"type": "message", "id": "msg_9", "status": "completed", "role": "user"}
    picture = {"type": "input_image", "file_id": "file-1", "detail": "auto", "image_url": None}
    other = {"type": "input_image", "file_id": "file-1"}
    assert native.repeated_count([one, two], []) == 0
    assert native.repeated_count([one, thought, search, two, one], [one, two]) == 4
    assert native.repeated_count([one, two], [one, thought, two]) == 2
    assert native.repeated_count([one], [one, two]) is None
    assert native.repeated_count([two], [one]) is None
    same = [item | {"content": [picture]}], [{"type": "message", "role": "user", "content": [other]}]
    assert native.repeated_count(*same) == 1
    call = {"type": "function_call", "call_id": "call_1", "name": "f", "arguments": "{}"}
    assert native.repeated_count([call | {"id": "fc_1", "status": "completed"}], [call]) == 1
