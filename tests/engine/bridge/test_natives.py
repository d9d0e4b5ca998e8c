"""Native responses with the new input of each: how far back a chain is read, and in which order it is returned."""

from typing import Any

import pytest

from shim.engine.bridge import natives
from shim.engine.bridge.natives import Native, NotAdoptable
from shim.ports import Refusal
from shim.runtime import drive
from tests.engine.bridge.serving import Server, response, user
from tests.engine.scripted import Harness
from tests.translate.upstream_events import message, says

Json = dict[str, Any]


def collect(harness: Harness, *responses: Any, known: set[str] = frozenset(), given: Any = None) -> list[Native]:  # type: ignore[assignment]
    return drive.finish(natives.collect(harness.context, known, responses, given))


def messages(found: list[Native]) -> list[tuple[str, list[str]]]:
    """Each response, and the texts of its new input."""
    return [(one.response["id"], [item["content"][0]["text"] for item in one.input_items]) for one in found]


@pytest.fixture
def server(harness: Harness) -> Server:
    """Three responses in a chain, each of which lists all items of its chain."""
    server, listed = Server(harness, page=2), []
    for number in (1, 2, 3):
        listed.append(user(f"Question {number}.", f"msg_q{number}"))
        item = message(says(f"Answer {number}."), id=f"msg_a{number}")
        previous = f"resp_{number - 1}" if number > 1 else None
        server.has(response(f"resp_{number}", item, previous=previous), *listed)
        listed.append(item)
    return server


WHOLE = [(f"resp_{number}", [f"Question {number}."]) for number in (1, 2, 3)]


def test_a_chain_is_returned_from_its_beginning_with_new_input_only(harness: Harness, server: Server) -> None:
    assert messages(collect(harness, "resp_3")) == WHOLE


def test_a_response_that_the_caller_has_is_not_fetched(harness: Harness, server: Server) -> None:
    first = harness.upstream.stored.pop("resp_1")
    assert messages(collect(harness, first)) == WHOLE[:1]
    assert harness.upstream.retrieved == []


@pytest.mark.parametrize("known, expected", [("resp_1", WHOLE[1:]), ("resp_2", WHOLE[2:]), ("resp_3", [])])
def test_a_chain_is_read_back_to_a_known_response(harness: Harness, server: Server, known: str, expected: Any) -> None:
    assert messages(collect(harness, "resp_3", known={known})) == expected


def test_each_response_is_returned_once(harness: Harness, server: Server) -> None:
    assert messages(collect(harness, "resp_1", "resp_3", "resp_2", "resp_3")) == WHOLE


def test_items_without_an_id_are_taken_as_new(harness: Harness) -> None:
    server = Server(harness)
    server.has(response("resp_1", message(says("Answer."), id="")), user("One.", ""))
    server.has(response("resp_2", message(says("Answer."), id=""), previous="resp_1"), user("Two.", ""))
    assert messages(collect(harness, "resp_2")) == [("resp_1", ["One."]), ("resp_2", ["Two."])]


def test_input_is_returned_without_upstreams_ids(harness: Harness, server: Server) -> None:
    (one, *_) = collect(harness, "resp_3")
    assert "id" not in one.input_items[0]


@pytest.mark.parametrize("given", ["Hello?", [{"role": "user", "content": "Hello?"}]])
def test_input_that_is_given_is_not_fetched(harness: Harness, given: Any) -> None:
    last = response("resp_9", message(says("Yes.")), previous="resp_8")
    assert messages(collect(harness, last, given=given)) == [("resp_9", ["Hello?"])]
    assert (harness.upstream.retrieved, harness.upstream.calls) == ([], [])


@pytest.mark.parametrize(
    "changes, response",
    [
        ({"status": "failed"}, "'failed'"),
        ({"status": "in_progress"}, "'in_progress'"),
        ({"output": []}, "'completed'"),
        ({"status": None}, "None"),
    ],
)
def test_a_response_without_an_end_or_an_output_cannot_stand_in_a_thread(
    harness: Harness, server: Server, changes: Json, response: str
) -> None:
    harness.upstream.stored["resp_2"] |= changes  # type: ignore[operator]
    with pytest.raises(NotAdoptable, match=f"resp_2 has the status {response} and cannot"):
        collect(harness, "resp_3")


def test_an_incomplete_response_can_be_adopted(harness: Harness, server: Server) -> None:
    harness.upstream.stored["resp_3"] |= {"status": "incomplete"}  # type: ignore[operator]
    assert messages(collect(harness, "resp_3")) == WHOLE


def test_input_that_upstream_does_not_have_must_be_given(harness: Harness, server: Server) -> None:
    del server.inputs["resp_2"]
    with pytest.raises(NotAdoptable, match=r"resp_2: .*pass the input, too"):
        collect(harness, "resp_3")


def test_refusals_of_upstream_are_raised(harness: Harness, server: Server) -> None:
    with pytest.raises(Refusal, match="No such response"):
        collect(harness, "resp_9")
    harness.upstream.stored["broken"] = response("broken", message(says("Yes.")))
    with pytest.raises(Refusal, match=r"Not here\."):
        collect(harness, "broken")
