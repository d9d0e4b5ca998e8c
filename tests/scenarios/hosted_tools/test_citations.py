"""Citations as programs use them: replaced by footnotes, cut out by their ranges, in the stream and in the message."""

from typing import Any

import pytest

from tests.scenarios.hosted_tools.stage import SEARCH, Json, Stage, attach, folded, random_word, text

#: The words in the message, the number of citations, and the start index of the first one: None for any.
PLACES = {
    "": (1, None),
    "cite-first": (1, 0),
    "cite-twice": (2, None),
    "cite-emoji": (1, None),
    "cite-late": (1, None),
    "cite-emoji cite-twice": (2, None),
    "cite-late cite-twice cite-emoji": (2, None),
    "uncited": (0, None),
}


def footnotes(text: Json) -> tuple[str, list[str]]:
    """The SDK's example: every annotation's text is replaced by a number; returns the text and the notes."""
    value, notes = text["value"], []
    for index, annotation in enumerate(text["annotations"]):
        value = value.replace(annotation["text"], f" [{index}]")
        notes.append(f"[{index}] {annotation['file_citation']['file_id']}")
    return value, notes


def cut(text: Json) -> str:
    """The same with the annotations' ranges, from the last to the first, so that earlier offsets stay valid."""
    value = text["value"]
    for index, annotation in reversed(list(enumerate(text["annotations"]))):
        value = value[: annotation["start_index"]] + f" [{index}]" + value[annotation["end_index"] :]
    return str(value)


@pytest.mark.parametrize("words", PLACES, ids=lambda words: words or "plain")
def test_citations_can_be_replaced_and_cut_out(streamed_stage: Stage, words: str) -> None:
    _check(streamed_stage, words)


@pytest.mark.parametrize("words", ["cite-first", "cite-late cite-twice cite-emoji"])
def test_citations_in_every_way(stage: Stage, words: str) -> None:
    _check(stage, words)


def _check(stage: Stage, words: str) -> None:
    count, place = PLACES[words]
    fact = f"The {random_word()} lives in {random_word()}"
    files = [stage.upload(f"{random_word()}.txt", f"{fact} {number}.") for number in range(2)]
    thread = stage.thread()
    stage.add_message(thread, "Notes.", *(attach(file, SEARCH) for file in files))
    result = stage.ask(f"file_search {words} {fact.split()[1]}", stage.assistant(SEARCH), thread=thread)
    found = text(result)
    notes = found["annotations"]
    assert len(notes) == count
    assert len({note["text"] for note in notes}) == count
    assert {note["file_citation"]["file_id"] for note in notes} <= set(files)
    if count == 2:
        assert len({note["file_citation"]["file_id"] for note in notes}) == 2
    if place is not None:
        assert notes[0]["start_index"] == place
    for note in notes:
        assert found["value"].count(note["text"]) == 1
        assert found["value"][note["start_index"] : note["end_index"]] == note["text"]
    assert footnotes(found)[0] == cut(found)
    assert "†" not in footnotes(found)[0]
    assert (fact in found["value"]) == bool(count or words == "uncited")
    _check_stream(result, found)


def _check_stream(result: Any, found: Json) -> None:
    """The message built from the deltas, with the SDK's accumulator and without it, equals the stored message."""
    fold = folded(result)
    if fold is None:
        return
    (message,) = [message for message in result.messages if message["run_id"] == result.run["id"]]
    assert fold.content(message["id"]) == [{"type": "text", "text": found}]
    value, notes = "", []
    for name, data in result.rounds[0]:
        for part in data["delta"]["content"] if name == "thread.message.delta" else ():
            value += part["text"].get("value") or ""
            for note in part["text"].get("annotations") or []:
                # A program that prints the deltas as they arrive can cut the citation out immediately.
                assert value[note["start_index"] : note["end_index"]] == note["text"] == part["text"]["value"]
                assert note["file_citation"]["quote"] == ""
                notes.append(note["index"])
    assert value == found["value"]
    assert notes == list(range(len(found["annotations"])))
