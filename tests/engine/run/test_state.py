"""The state of a run while it is driven: its changes after transactions and after upstream's answers."""

import pytest

from shim.engine.run.container_files import StoredFile
from shim.engine.run.state import RunState
from shim.ports import Profile
from shim.translate.turn import GeneratedFile
from tests.engine.run import driven
from tests.engine.scripted import Harness
from tests.translate.upstream_events import added, created, done, emit, ended, message, says

HELLO = message(says("Hello."))


@pytest.fixture
def state(harness: Harness) -> RunState:
    return driven.drive(harness, harness.thread("One"))


def test_the_run_of_the_state_is_that_of_the_turn(state: RunState) -> None:
    emit(state.turn, created())
    assert (state.run["status"], state.stored_status) == ("in_progress", "queued"), "the store does not know that yet"


def test_the_profile_is_that_of_the_runs_model(harness: Harness, state: RunState) -> None:
    harness.upstream.can = Profile("scripted", address="http://x")
    assert state.profile.address == "http://x gpt-4o"
    state.memory = state.memory | {"model": "gpt-4.1"}
    assert state.profile.address == "http://x gpt-4.1"


def test_a_response_has_an_id_after_its_first_or_its_last_event(state: RunState) -> None:
    assert (state.response_id, state.opened) == (None, False)
    state.response = {"id": "resp_1"}
    assert (state.response_id, state.opened) == ("resp_1", True)
    emit(state.turn, created(), ended(HELLO, id="resp_2"))
    assert state.response_id == "resp_2"


def test_a_stored_response_counts_as_opened(state: RunState) -> None:
    state.noted = True
    assert state.opened


def test_a_run_that_another_process_has_changed_is_taken_over_into_the_state(state: RunState) -> None:
    state.moved(state.run | {"status": "cancelling"})
    assert (state.turn.run["status"], state.stored_status) == ("cancelling", "cancelling")


def test_stored_items_are_not_stored_twice(state: RunState) -> None:
    emit(state.turn, created(), added(HELLO), done(HELLO))
    state.response = {"id": "resp_1"}
    assert len(state.turn.done) == 1
    memory = state.memory | {"citations": 3}
    state.stored(state.run | {"metadata": {"a": "b"}}, memory)
    assert (state.turn.done, state.turn.amended, state.files) == ([], [], [])
    assert (state.memory["citations"], state.run["metadata"], state.stored_status) == (3, {"a": "b"}, "in_progress")
    assert state.noted


def test_a_response_without_an_id_is_not_stored_by_a_transaction(state: RunState) -> None:
    state.stored(state.run, state.memory)
    assert not state.noted
    state.noted = True
    state.stored(state.run, state.memory)
    assert state.noted, "what the store knows it goes on to know"


def test_a_dropped_response_is_removed_from_the_state(state: RunState) -> None:
    state.response, state.noted = {"id": "resp_1"}, True
    state.drop_response()
    assert (state.response_id, state.noted, state.opened) == (None, False, False)


def test_a_response_begins_with_the_event_that_opens_it(state: RunState) -> None:
    state.begun(None)
    assert not state.opened
    state.begun({"id": "resp_1"})
    state.begun(None)
    assert state.response_id == "resp_1"


@pytest.mark.parametrize("status", ["queued", "cancelling"])
def test_a_run_becomes_a_background_run(state: RunState, status: str) -> None:
    memory = state.memory | {"background": "resp_1"}
    assert state.handed_over(state.run | {"status": status}, memory) is (status == "cancelling")
    assert (state.memory, state.noted, state.stored_status) == (memory, True, status)


def test_fetched_files_wait_for_the_next_transaction(state: RunState) -> None:
    one, two = (StoredFile(None, {"id": name}, b"") for name in ("cfile_1", "cfile_2"))
    state.turn.generated_files = [GeneratedFile("cfile_1", "a.txt")]
    state.fetched([one])
    assert (state.files, state.turn.generated_files) == ([one], [])
    state.fetched([two])
    assert state.files == [one, two]
    state.stored(state.run, state.memory)
    assert state.files == []


def test_a_completed_run_replaces_the_status_cancelling(state: RunState) -> None:
    emit(state.turn, created(), ended(HELLO))
    state.cancelled()
    assert (state.stored_status, state.run["status"]) == ("cancelling", "completed")
