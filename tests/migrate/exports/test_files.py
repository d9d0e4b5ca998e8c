"""Threads exported to files: each file complete or not written, and a format for people."""

import stat
from pathlib import Path
from typing import Any

import pytest

from shim.migrate.exports import files, markdown

Json = dict[str, Any]
THREAD: Json = {"id": "thread_1", "object": "thread", "created_at": 0, "metadata": {"user": "ada"}}
NOTE = {"type": "file_citation", "text": "【0】", "file_citation": {"file_id": "file-1"}}


def message(role: str, *content: Json, run: str | None = None, files: tuple[str, ...] = ()) -> Json:
    attached = [{"file_id": each, "tools": []} for each in files]
    own = {"object": "thread.message", "role": role, "created_at": 60, "run_id": run, "attachments": attached}
    return own | {"content": list(content)}


def text(value: str, *notes: Json) -> Json:
    return {"type": "text", "text": {"value": value, "annotations": list(notes)}}


def step(run: str, *calls: Json) -> Json:
    return {
        "object": "thread.run.step",
        "run_id": run,
        "step_details": {"type": "tool_calls", "tool_calls": list(calls)},
    }


def test_a_file_is_complete_or_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "out"
    assert files.write(folder, "ndjson", [THREAD, message("user", text("Hi."))]) is True
    (path,) = folder.iterdir()
    assert (path.name, len(path.read_text().splitlines())) == ("thread_1.ndjson", 2)
    path.chmod(0o640)
    before = path.stat().st_mtime_ns
    assert files.write(folder, "ndjson", [THREAD, message("user", text("Hi."))]) is False
    assert path.stat().st_mtime_ns == before
    assert files.write(folder, "ndjson", [THREAD]) is True
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    monkeypatch.setattr("os.fsync", _full)
    with pytest.raises(OSError, match="no space"):
        files.write(folder, "ndjson", [THREAD, THREAD])
    assert len(path.read_text().splitlines()) == 1
    assert list(folder.iterdir()) == [path]


def _full(handle: int) -> None:
    raise OSError("no space")


def test_an_id_is_a_single_file_name(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    files.write(folder, "markdown", [THREAD | {"id": "../thread\ud800/1"}])
    assert [path.name for path in folder.iterdir()] == ["..%2Fthread%3F%2F1.md"]


def test_the_format_for_people() -> None:
    function = {"type": "function", "function": {"name": "f", "arguments": "{}", "output": "4\n2"}}
    code = {"type": "code_interpreter", "code_interpreter": {"input": "1 + 1", "outputs": []}}
    search = {"type": "file_search", "file_search": {"results": [{}, {}]}}
    shown = markdown.written(
        [
            THREAD,
            message(
                "user", text("Hi."), {"type": "image_file", "image_file": {"file_id": "file-2"}}, files=("file-3",)
            ),
            message("assistant", text("Seen【0】.", NOTE), run="run_1"),
            message("assistant", {"type": "refusal", "refusal": "No."}, {"type": "strange"}),
            message("user", {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}),
            {"object": "thread.run", "id": "run_1", "status": "completed", "last_error": None},
            {"object": "thread.run", "id": "run_2", "status": "failed", "last_error": {"message": "Broken."}},
            step("run_1", function, code, search, {"type": "mcp"}),
            step("run_2", function | {"function": {"name": "g", "arguments": "{}", "output": None}}),
        ]
    )
    assert shown.startswith("# thread_1\n\nCreated 1970-01-01 00:00 UTC.\n\n- user: ada\n\n## user, 1970-01-01 00:01")
    order = [
        "Hi.",
        "[image `file-2`]",
        "Attached: `file-3`",
        "> called `f({})`, which gave: 4\n> 2",
        "> ran\n> ```\n> 1 + 1",
    ]
    order += [
        "> searched: 2 results",
        "> called `mcp`",
        "Seen【0】.\n\n- 【0】: `file-1`",
        "(refused) No.",
        "[strange]",
    ]
    order += ["![image](https://example.com/a.png)", "`g({})`, which gave: nothing", "*run_2 ended failed: Broken.*"]
    places = [shown.index(each) for each in order]
    assert places == sorted(places)
