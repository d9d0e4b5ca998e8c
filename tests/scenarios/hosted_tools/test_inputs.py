"""Images and files as input: by URL, by id, with their detail, in every place that accepts a message."""

from typing import Any

import pytest

from tests.scenarios.hosted_tools.recordings import Player, Recording, recordings
from tests.scenarios.hosted_tools.stage import CODE, SEARCH, Json, Stage, attach, random_word, text

PIXEL = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def picture(stage: Stage) -> str:
    return stage.upload(f"{random_word()}.png", PIXEL, "vision")


#: The given detail, and the detail that is shown and sent.
DETAILS = [(None, "auto"), ("low", "low"), ("high", "high"), ("auto", "auto")]


@pytest.mark.parametrize("requested, shown", DETAILS)
def test_images_and_their_detail(plain: Stage, requested: str | None, shown: str) -> None:
    _check(plain, requested, shown)


def test_images_by_id_and_by_url(stage: Stage) -> None:
    _check(stage, "low", "low")


def _check(stage: Stage, requested: str | None, shown: str) -> None:
    detail = {"detail": requested} if requested else {}
    file, url = picture(stage), f"https://example.com/{random_word()}.jpg"
    content = [
        {"type": "text", "text": "What do you see?"},
        {"type": "image_file", "image_file": {"file_id": file, **detail}},
        {"type": "image_url", "image_url": {"url": url, **detail}},
    ]
    thread = stage.thread()
    message = stage.add_message(thread, content)
    assert message["content"][1:] == [
        {"type": "image_file", "image_file": {"file_id": file, "detail": shown}},
        {"type": "image_url", "image_url": {"url": url, "detail": shown}},
    ]
    result = stage.run(thread, stage.assistant())
    (sent,) = stage.sent("/responses")[-1]["input"]
    assert sent["content"] == [
        {"type": "input_text", "text": "What do you see?"},
        {"type": "input_image", "file_id": file, "detail": shown},
        {"type": "input_image", "image_url": url, "detail": shown},
    ]
    assert file in text(result)["value"]
    assert url in text(result)["value"]


def test_images_in_every_place_that_accepts_a_message(plain: Stage) -> None:
    """In a new thread, in a run's additional messages, in a thread created with its run; and in a replay."""
    files = [picture(plain) for _ in range(3)]
    one, two, three = (
        {"role": "user", "content": [{"type": "image_file", "image_file": {"file_id": file}}]} for file in files
    )
    assistant = plain.assistant()
    thread = plain.thread(messages=[one])
    plain.run(thread, assistant, additional_messages=[two])
    assert _images(plain) == files[:2]
    plain.client.beta.threads.create_and_run_poll(assistant_id=assistant, thread={"messages": [three]})
    assert _images(plain) == files[2:]
    plain.sandbox.forget()
    plain.ask("And now?", assistant, thread=thread)
    assert _images(plain) == files[:2]


def _images(stage: Stage) -> list[str]:
    items = stage.sent("/responses")[-1]["input"]
    parts = [part for item in items for part in item["content"] if isinstance(part, dict)]
    return [part["file_id"] for part in parts if part["type"] == "input_image"]


def test_a_missing_image_fails_with_upstreams_message(plain: Stage) -> None:
    thread = plain.thread()
    plain.add_message(thread, [{"type": "image_file", "image_file": {"file_id": "file-missing"}}])
    run = plain.run(thread, plain.assistant()).run
    assert (run["status"], "file-missing" in run["last_error"]["message"]) == ("failed", True)


def test_a_file_for_both_tools(stage: Stage) -> None:
    """One upload with the purpose ``assistants``; the message's attachment lists both tools."""
    fact = random_word()
    file = stage.upload(f"{fact}.txt", f"The {fact} sleeps.")
    thread = stage.thread()
    message = stage.add_message(thread, f"file_search {fact} and code_interpreter", attach(file, SEARCH, CODE))
    assert message["attachments"] == [{"file_id": file, "tools": [SEARCH, CODE]}]
    result = stage.run(thread, stage.assistant(SEARCH, CODE))
    tools = stage.tools()
    assert tools["code_interpreter"]["container"]["file_ids"] == [file]
    (store,) = tools["file_search"]["vector_store_ids"]
    assert [each.id for each in stage.client.vector_stores.files.list(store)] == [file]
    assert [step["type"] for step in result.steps].count("tool_calls") == 2


RECORDED = [each for each in recordings() if each.kind == "image_input"]


@pytest.mark.wire
@pytest.mark.skipif(not recordings(), reason="no recordings")
@pytest.mark.parametrize("recording", RECORDED, ids=lambda each: each.name)
def test_images_are_sent_as_the_recorded_clients_sent_them(
    recording: Recording, players: dict[str, tuple[Stage, Player]]
) -> None:
    """Except for the detail, which the old API always showed."""
    stage, player = players["sync, polled"]
    player.recording = recording
    (message,) = recording.request["input"]
    stage.ask([_part(part) for part in message["content"]], stage.assistant())
    (sent,) = stage.sent("/responses")[-1]["input"]
    assert sent["content"] == [_detailed(part) for part in message["content"]]


def _part(part: Json) -> Any:
    if part["type"] == "input_text":
        return {"type": "text", "text": part["text"]}
    return {"type": "image_url", "image_url": {"url": part["image_url"]}}


def _detailed(part: Json) -> Json:
    return {"detail": "auto"} | part if part["type"] == "input_image" else part
