"""A line in the log that explains an error; the error's body is unchanged."""

from dataclasses import replace
from typing import Any

import pytest

from shim.engine import leads, notices
from shim.ports import Refusal
from shim.runtime import drive
from shim.store.errors import StoreFailed
from shim.wire.errors import error
from tests.engine.scripted import Harness, Refused

CODE = {"type": "code_interpreter"}

#: A call that fails, and a part of the log line.
CALLS: dict[str, tuple[str, str, Any, str]] = {
    "an assistant": ("GET", "assistants/asst_old", None, "assistants-shim assistants create --id asst_old"),
    "a thread": (
        "GET",
        "threads/thread_old",
        None,
        "SHIM_UNKNOWN_THREADS=create a call that writes into thread_old, runs it",
    ),
    "file_ids": ("POST", "assistants", {"model": "gpt-4o", "file_ids": ["file-1"]}, "`tool_resources`"),
    "retrieval": ("POST", "assistants", {"model": "gpt-4o", "tools": [{"type": "retrieval"}]}, "`file_search`"),
}


@pytest.mark.parametrize("name", CALLS)
def test_an_error_is_followed_by_one_line(harness: Harness, name: str, caplog: pytest.LogCaptureFixture) -> None:
    method, path, body, message = CALLS[name]
    for _ in range(2):
        with pytest.raises(Refused) as refused:
            harness.call(method, path, body)
        assert message not in str(refused.value)
    assert len(caplog.records) == 1
    assert message in caplog.text
    assert "see docs/how-to/" in caplog.text


@pytest.mark.parametrize("path", ["assistants", "threads/thread_old/messages"])
def test_other_errors_have_no_line(harness: Harness, path: str, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(Refused):
        harness.post(path, role="nobody", temperature=3)
    assert caplog.records == []


#: Upstream's message, and the ids that are logged.
REFUSALS = [
    (404, "Vector store with id ['vs_68aabbcc'] not found.", ["vs_68aabbcc"]),
    (400, "No such File object: file-abcd1234 does not exist", ["file-abcd1234"]),
    (404, "Files not found: file-aaaa1111, file-bbbb2222", ["file-aaaa1111", "file-bbbb2222"]),
    (404, "The model `gpt-none` does not exist", []),
    (400, "Unknown parameter: 'tools[0].file_search'", []),
    (400, "Unknown parameter: 'tools[0].file_ids'", []),
    (400, "file-abcd1234 is too large", []),
    (500, "Vector store vs_68aabbcc not found.", []),
]


@pytest.mark.parametrize("status, text, ids", REFUSALS)
@pytest.mark.parametrize("where", ["a run", "an attachment"])
def test_ids_that_upstream_does_not_have_are_logged(
    harness: Harness, status: int, text: str, ids: list[str], where: str, caplog: pytest.LogCaptureFixture
) -> None:
    refusal = Refusal(status, text)
    thread = harness.thread("One")
    if where == "a run":
        harness.script(refusal)
        call: Any = lambda: harness.run(thread)  # noqa: E731
    else:
        harness.upstream.failing = refusal
        attached = [{"file_id": "file-abcd1234", "tools": [{"type": "file_search"}]}]
        call = lambda: harness.post(f"threads/{thread}/messages", role="user", content="x", attachments=attached)  # noqa: E731
    if status == 500 and where == "a run":
        call()
    else:
        with pytest.raises(Refused):
            call()
    found = [record.args[0] for record in caplog.records if "not known upstream" in record.msg]  # type: ignore[index]
    assert found == ids


def test_requests_of_version_1_are_logged_once(harness: Harness, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(2):
        harness.reply("GET", "assistants", **{"openai-beta": "assistants=v1"})
    harness.reply("GET", "assistants", **{"openai-beta": "assistants=v2"})
    assert caplog.text.count("assistants=v1") == 1
    assert "`file_search`" in caplog.text


#: Paths of calls that are passed on, the status of upstream's answer, and the id in the log line.
PATHS = [
    ("/v1/files/file-abcd1234", 404, "file-abcd1234"),
    ("/v1/files/file-abcd1234/content", 404, "file-abcd1234"),
    ("/v1/vector_stores/vs_68aabbcc", 404, "vs_68aabbcc"),
    ("/v1/vector_stores/vs_68aabbcc/search", 404, "vs_68aabbcc"),
    ("/v1/vector_stores/vs_68aabbcc/files/file-abcd1234", 404, None),
    ("/v1/files/file-abcd1234", 200, None),
    ("/v1/files/file-abcd1234", 403, None),
    ("/v1/files", 404, None),
    ("/v1/responses/resp_1", 404, None),
]


@pytest.mark.parametrize("path, status, id", PATHS)
def test_an_unknown_id_in_a_call_that_is_passed_on_is_logged(
    harness: Harness, path: str, status: int, id: str | None, caplog: Any
) -> None:
    for _ in range(2):
        leads.of_path(harness.context, path, status)
    assert [record.args for record in caplog.records] == ([] if id is None else [(id,)])


def test_the_number_of_lines_is_limited(
    harness: Harness, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Invented ids fill neither memory nor log."""
    monkeypatch.setattr(notices, "MAX_SUBJECTS", 3)
    for number in range(9):
        leads.of_refusal(harness.context, Refusal(404, f"vs_0000{number} not found"))
    assert len(caplog.records) == 3


def test_a_store_that_fails_does_not_hide_the_lead(harness: Harness, caplog: pytest.LogCaptureFixture) -> None:
    class Failing:
        tenant = ""

        async def read(self, *_: Any) -> Any:
            raise StoreFailed("The disk is full.")

    failing = replace(harness.context, store=Failing(), notices=notices.Notices())
    drive.finish(leads.of_error(failing, error("no_thread", id="thread_gone")))
    assert "thread_gone" in caplog.text
