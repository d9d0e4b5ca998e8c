"""An imported thread has its original contents; its next run sends all of them, and later runs are chained."""

import base64
import json
import os
from pathlib import Path
from typing import Any

import pytest
from openai import NotFoundError

from shim import OpenAI
from shim.migrate import Importer, Report
from tests.scenarios.doors.colours import COLOURS, opened
from tests.scenarios.doors.loopback import Loopback
from tests.scenarios.imports import exported
from tests.server.sending import send
from tests.server.served import served

Json = dict[str, Any]


def brought(folder: Path, values: list[Json], picture: bool = True) -> Report:
    """Import from a file with one JSON value per line, and a picture in the same folder."""
    folder.mkdir(exist_ok=True)
    (folder / "all.jsonl").write_text("".join(json.dumps(value) + "\n" for value in values))
    if picture:
        (folder / f"{exported.FILE}.png").write_bytes(exported.PNG)
    with Importer() as importer:
        importer.read(folder)
    return importer.report


def client(server: Loopback) -> OpenAI:
    return OpenAI(api_key="test", base_url=server.url)


def shown(thing: Any) -> Json:
    made: Json = thing.to_dict()
    return made


def test_all_imported_objects_have_their_original_fields(tmp_path: Path) -> None:
    report = brought(tmp_path / "in", exported.everything())
    assert report.added == {"assistants": 1, "threads": 1, "messages": 6, "runs": 2, "steps": 3, "files": 1}
    assert report.problems == {}
    with Loopback() as server, client(server) as ours:
        beta = ours.beta
        assert exported.assistant().items() <= shown(beta.assistants.retrieve(exported.ASSISTANT)).items()
        assert exported.thread().items() <= shown(beta.threads.retrieve(exported.THREAD)).items()
        told = [shown(one) for one in beta.threads.messages.list(exported.THREAD, order="asc")]
        assert len(told) == len(exported.messages())
        for was, here in zip(exported.messages(), told, strict=True):
            assert was.items() <= here.items()
        for was, one in zip(exported.runs(), beta.threads.runs.list(exported.THREAD, order="asc"), strict=True):
            assert was.items() <= shown(one).items()
        found = [
            shown(one)
            for run in (exported.RUN, exported.OTHER_RUN)
            for one in beta.threads.runs.steps.list(run, thread_id=exported.THREAD, order="asc")
        ]
        for was, here in zip(exported.steps(), found, strict=True):
            assert was.items() <= here.items()


def inputs(kind: str) -> list[Json]:
    """The content that the next run sends for each message."""
    picture = f"data:image/png;base64,{base64.b64encode(exported.PNG).decode()}"
    told: dict[str, list[Json]] = {
        "text": [{"type": "input_text", "text": "What is the weather in Oslo?"}],
        "annotations": [{"type": "output_text", "text": "It rains in Oslo【4:0†weather.txt】."}],
        "image_file": [
            {"type": "input_text", "text": "And this?"},
            {"type": "input_image", "image_url": picture, "detail": "high"},
        ],
        "image_url": [{"type": "input_image", "image_url": "https://example.com/a.png", "detail": "low"}],
        "refusal": [{"type": "refusal", "refusal": "I cannot say."}],
        "attachment": [{"type": "input_text", "text": "Read that table."}],
    }
    return told[kind]


def test_the_next_run_sends_everything_and_the_following_run_is_chained(tmp_path: Path) -> None:
    brought(tmp_path / "in", exported.everything())
    with Loopback() as server, client(server) as ours:
        run = {"thread_id": exported.THREAD, "assistant_id": exported.ASSISTANT, "tools": []}
        threads = ours.beta.threads
        threads.messages.create(exported.THREAD, role="user", content="And tomorrow?")
        assert threads.runs.create_and_poll(**run).status == "completed"
        threads.messages.create(exported.THREAD, role="user", content="And then?")
        assert threads.runs.create_and_poll(**run).status == "completed"
        first, second = server.bodies
    items = first["input"]
    assert [item["type"] for item in items] == ["message", "function_call", "function_call_output", *["message"] * 6]
    assert [item["content"] for item in items if item["type"] == "message"] == [
        *(inputs(kind) for kind in exported.MESSAGES),
        [{"type": "input_text", "text": "And tomorrow?"}],
    ]
    assert {"name": "get_weather", "arguments": '{"city":"Oslo"}'}.items() <= items[1].items()
    assert items[2]["output"] == "rain, 7 degrees"
    assert items[1]["call_id"] == items[2]["call_id"] == exported.CALL["id"]
    assert second["previous_response_id"]
    assert [item["content"][0]["text"] for item in second["input"]] == ["And then?"]


@pytest.mark.parametrize("kind", exported.MESSAGES)
def test_each_kind_of_content_is_sent(kind: str, tmp_path: Path) -> None:
    message = exported.MESSAGES[kind] | {"run_id": None}
    brought(tmp_path / "in", [message, exported.assistant()], picture=kind == "image_file")
    with Loopback() as server, client(server) as ours:
        ours.beta.threads.messages.create(exported.THREAD, role="user", content="Go on.")
        run = ours.beta.threads.runs.create_and_poll(
            thread_id=exported.THREAD, assistant_id=exported.ASSISTANT, tools=[]
        )
        assert run.status == "completed"
        assert server.bodies[0]["input"][0]["content"] == inputs(kind)


def test_a_picture_without_imported_bytes_is_sent_by_its_id(tmp_path: Path) -> None:
    report = brought(tmp_path / "in", [exported.MESSAGES["image_file"], exported.assistant()], picture=False)
    assert report.problems == {"made_thread": 1}
    with Loopback() as server, client(server) as ours:
        ours.beta.threads.runs.create(thread_id=exported.THREAD, assistant_id=exported.ASSISTANT)
    [body] = server.bodies
    assert body["input"][0]["content"][1] == {"type": "input_image", "file_id": exported.FILE, "detail": "high"}


def test_an_imported_thread_can_be_encrypted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fernet = pytest.importorskip("cryptography.fernet")
    monkeypatch.setenv("SHIM_ENCRYPTION_KEY", fernet.Fernet.generate_key().decode())
    test_the_next_run_sends_everything_and_the_following_run_is_chained(tmp_path)


def test_runs_that_were_active_are_imported_as_expired(tmp_path: Path) -> None:
    values = [exported.thread(), exported.run(status="requires_action"), exported.assistant()]
    report = brought(tmp_path / "in", values, picture=False)
    assert report.problems == {"run_over": 1}
    with Loopback() as server, client(server) as ours:
        run = ours.beta.threads.runs.retrieve(exported.RUN, thread_id=exported.THREAD)
        assert (run.status, run.required_action) == ("expired", None)
        ours.beta.threads.messages.create(exported.THREAD, role="user", content="Go on.")


def test_an_imported_file_replaces_one_that_upstream_has_lost(tmp_path: Path) -> None:
    """The same through a client of either colour and through the server; for an unknown file the error is upstream's
    own 404.
    """
    brought(tmp_path / "in", exported.everything())
    with Loopback() as upstream:
        for colour in COLOURS:
            with opened(colour, base_url=upstream.url) as client:
                assert client.files.content(exported.FILE).read() == exported.PNG
                assert client.files.retrieve(exported.FILE).id == exported.FILE
                with pytest.raises(NotFoundError, match="file-nobodyhas"):
                    client.files.content("file-nobodyhas")
        with served(upstream=upstream.url, database_url=os.environ["SHIM_DATABASE_URL"]) as url:
            found = send(f"{url}/v1/files/{exported.FILE}/content", authorization="Bearer mine")
            assert (found.status, found.body) == (200, exported.PNG)
            assert send(f"{url}/v1/files/file-nobodyhas", authorization="Bearer mine").status == 404
    # Upstream is asked first, so its own files have precedence.
    assert [request.path for request in upstream.requests][:2] == [
        f"/v1/files/{exported.FILE}/content",
        f"/v1/files/{exported.FILE}",
    ]
