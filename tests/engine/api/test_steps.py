"""Run steps over the API: their contents in each status."""

from typing import Any

import pytest

from shim.wire.pages import FILE_SEARCH_CONTENT
from tests.engine.scripted import Harness, Refused, answer, place
from tests.translate.upstream_events import call, code, last, message, says, search

HELLO = message(says("Hello."))


@pytest.fixture
def finished(harness: Harness) -> dict[str, Any]:
    """A completed run with a search, code and a function call; and another thread."""
    harness.thread("Other")
    found = {"file_id": "file-1", "filename": "a.txt", "score": 0.5, "text": "words", "attributes": {}}
    emitted = harness.run(harness.thread("One", "Two"), answer(search(found), code("x"), call(), id="resp_1"))
    emitted = harness.submit(last(emitted, "run.requires_action"), answer(HELLO, id="resp_2"), call_a="42")
    return last(emitted, "run.completed")


def test_search_results_are_shown_on_request(harness: Harness, finished: dict[str, Any]) -> None:
    steps = f"{place(finished)}/steps"
    listed = harness.get(steps, order="asc")["data"]
    assert [step["step_details"]["type"] for step in listed] == ["tool_calls"] * 3 + ["message_creation"]
    (found,) = listed[0]["step_details"]["tool_calls"][0]["file_search"]["results"]
    assert found == {"file_id": "file-1", "file_name": "a.txt", "score": 0.5, "attributes": {}}
    for shown in (
        harness.get(f"{steps}/{listed[0]['id']}", **{"include[]": FILE_SEARCH_CONTENT}),
        harness.get(steps, order="asc", **{"include[]": FILE_SEARCH_CONTENT})["data"][0],
    ):
        (found,) = shown["step_details"]["tool_calls"][0]["file_search"]["results"]
        assert found["content"] == [{"type": "text", "text": "words"}]
    assert harness.get(f"{steps}/{listed[1]['id']}") == listed[1]


def test_steps_have_no_expiry_once_the_run_has_ended(harness: Harness) -> None:
    run = last(harness.run(harness.thread("One"), answer(call(), message(says("x")))), "run.requires_action")
    steps = f"{place(run)}/steps"
    assert {step["expires_at"] for step in harness.get(steps)["data"]} == {run["expires_at"]}
    harness.submit(run, answer(HELLO, id="resp_2"), call_a="42")
    assert {step["expires_at"] for step in harness.get(steps)["data"]} == {None}


def test_an_unknown_step(harness: Harness, finished: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="No run step found"):
        harness.get(f"{place(finished)}/steps/step_99")


def test_a_step_is_found_only_in_its_own_run(harness: Harness, finished: dict[str, Any]) -> None:
    other = last(
        harness.run(harness.thread("One"), answer(message(says("Bye."), id="msg_b"), id="resp_3")), "run.completed"
    )
    (mine,) = harness.get(f"{place(other)}/steps")["data"]
    assert harness.get(f"{place(other)}/steps/{mine['id']}") == mine
    for found in ({"limit": "1", "after": mine["id"]}, {"before": mine["id"]}):
        with pytest.raises(Refused, match=f"No run step found with id '{mine['id']}'"):
            harness.get(f"{place(finished)}/steps", **found)
    with pytest.raises(Refused, match="No run step found"):
        harness.get(f"{place(finished)}/steps/{mine['id']}")
    with pytest.raises(Refused, match="No run found"):
        harness.get(f"threads/{finished['thread_id']}/runs/{other['id']}/steps/{mine['id']}")


def test_an_unknown_include_is_refused(harness: Harness, finished: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        harness.get(f"{place(finished)}/steps", **{"include[]": "everything"})
    assert refused.value.status == 400
