"""A chain that cannot be used: how that is recognised, and the effect on the request, the thread and the server's
capabilities.
"""

import logging
from typing import Any

import pytest

from shim.engine.run import healing
from shim.engine.run.state import RunState
from shim.ports import Profile, Refusal
from shim.runtime import drive
from shim.store import responses, threads
from tests.engine.run import driven
from tests.engine.scripted import Harness, answer, inputs
from tests.translate.upstream_events import added, created, emit, message, says

Json = dict[str, Any]
HELLO = message(says("Hello."))
GONE = Refusal(400, "Previous response with id 'resp_1' not found.", code="previous_response_not_found")


@pytest.fixture
def state(harness: Harness) -> RunState:
    """A run that is to chain from the answer before it."""
    thread = harness.thread("One")
    harness.run(thread, answer(HELLO))
    harness.message(thread, "Two")
    return driven.drive(harness, thread)


def heal(state: RunState, why: healing.Cause = "lost") -> None:
    drive.finish(healing.heal(state, why))


def test_only_a_request_with_a_chain_is_healed_and_only_once(harness: Harness, state: RunState) -> None:
    assert not healing.possible(driven.drive(harness, harness.thread("One")))
    assert healing.possible(state)
    heal(state)
    assert not healing.possible(state)


def test_the_healed_request_contains_the_whole_thread(harness: Harness, state: RunState, caplog: Any) -> None:
    requests: list[tuple[str, str]] = []
    object.__setattr__(harness.context, "monitor", lambda what, run, detail: requests.append((what, detail)))
    assert (inputs(state.sent.body), state.sent.previous) == (["Two"], "resp_1")
    state.fitted, state.memory = True, state.memory | {"tip": {"id": "resp_1", "covers": 2}}
    with caplog.at_level(logging.WARNING, "shim"):
        heal(state)
    assert (inputs(state.sent.body), state.sent.previous) == (["One", "Hello.", "Two"], None)
    assert "previous_response_id" not in state.sent.body
    assert (state.healed, state.fitted, state.memory["tip"]) == (True, False, None)
    (mark,) = state.memory["marks"]
    why = "upstream no longer has the previous response"
    assert (mark["kind"], mark["why"], mark["previous"], mark["response"]) == ("healed", why, "resp_1", None)
    assert harness.base.read(threads.head, state.run["thread_id"]) == (None, 0), "no other run chains from it"
    assert requests == [("healed", "lost")]
    assert caplog.messages == [
        f"{why}: run {state.run['id']} sends the whole thread {state.run['thread_id']} from the journal"
    ]


#: How a chain was lost, how often, and whether an unknown server is still chained at afterwards.
LEARNED: list[tuple[healing.Cause, int, bool]] = [
    ("lost", 1, True),
    ("lost", 2, False),
    ("unproven", 1, True),
    ("never", 1, False),
    ("ignored", 1, False),
    ("unstored", 1, False),
]


@pytest.mark.parametrize("why, times, chained", LEARNED)
def test_what_a_lost_chain_teaches_about_the_server(
    harness: Harness, state: RunState, why: healing.Cause, times: int, chained: bool
) -> None:
    harness.upstream.can = Profile("scripted", trusted=False)
    harness.context.capabilities.remember_response(state.profile, "resp_1")
    for _ in range(times):
        state.healed, state.sent = False, type(state.sent)(state.sent.body, "resp_1")
        heal(state, why)
    assert state.profile.stores is chained


#: A refusal, whether it is healed, and whether the server is still chained at afterwards.
REFUSED = [
    (GONE, True, True),
    (Refusal(404, "I know no resp_1."), True, True),
    (Refusal(400, "previous_response_id is not supported"), True, False),
    (Refusal(400, "Invalid value: 'temperature'.", param="temperature"), False, True),
    (Refusal(404, "I know no resp_7."), False, True),
    (Refusal(500, "Oops."), False, True),
]


@pytest.mark.parametrize("refusal, healed, chained", REFUSED, ids=lambda given: str(getattr(given, "message", given)))
def test_which_refusals_report_a_lost_chain(state: RunState, refusal: Refusal, healed: bool, chained: bool) -> None:
    assert drive.finish(healing.lost_chain(state, refusal)) is healed
    assert (state.healed, state.profile.stores) == (healed, chained)
    assert not drive.finish(healing.lost_chain(state, refusal)), "not a second time"


@pytest.mark.parametrize(
    "refusal, healed",
    [
        (Refusal(400, "store is not supported", param="store"), True),
        (Refusal(400, "Store must be set to false"), True),
        (Refusal(400, "top_p is not supported", param="top_p"), False),
    ],
)
def test_after_a_refusal_to_store_the_request_has_store_false(state: RunState, refusal: Refusal, healed: bool) -> None:
    assert drive.finish(healing.refused_store(state, refusal)) is healed
    assert (state.sent.body["store"], state.profile.stores) == (not healed, not healed)
    assert not drive.finish(healing.refused_store(state, refusal)), "not a second time"


def test_the_first_events_show_whether_the_chain_is_valid(state: RunState) -> None:
    chained, other = created(previous_response_id="resp_1"), created(previous_response_id=None)
    lost = {"type": "error", "error": {"code": GONE.code, "message": GONE.message}}
    found = [healing.cause(state, [event]) for event in (chained, other, lost, {"type": "keepalive"})]
    assert found == [None, "ignored", "lost", None]
    assert healing.cause_in(state, other["response"]) == "ignored"
    assert healing.cause_in(state, chained["response"]) is None


def test_nothing_is_healed_after_an_event_was_sent(state: RunState) -> None:
    ignored = created(previous_response_id=None)
    emit(state.turn, created(), added(HELLO))
    assert healing.cause(state, [ignored]) is None
    heal(state)
    assert healing.cause_in(state, ignored["response"]) is None


def test_a_dropped_answer_is_stored_for_its_deletion(harness: Harness, state: RunState) -> None:
    state.response, state.noted = {"id": "resp_2"}, True
    drive.finish(healing.drop(state, "resp_2", "resp_1"))
    (row,) = harness.base.read(responses.of_run, state.run["id"])
    assert (row.id, row.previous_id, row.status) == ("resp_2", "resp_1", "cancelled")
    assert (state.response, state.noted, state.opened) == ({}, False, False)
    drive.finish(healing.drop(state, None, None))
    assert len(harness.base.read(responses.of_run, state.run["id"])) == 1


def test_what_the_first_event_teaches_about_the_server(harness: Harness, state: RunState) -> None:
    healing.learn(state, {"id": "resp_2", "store": True})
    assert (state.chained, state.profile.stores) == (True, True)
    healing.learn(state, {"id": "resp_2", "store": False})
    assert (state.chained, state.profile.stores) == (False, False)


def test_a_valid_chain_resets_the_count_of_lost_ones(harness: Harness, state: RunState) -> None:
    harness.upstream.can = Profile("scripted", trusted=False)
    capabilities = harness.context.capabilities
    for lost in ("resp_1", "resp_2"):
        healing.judge(state, {"id": lost, "store": True}, True)
        capabilities.lost(state.profile, lost)
        healing.learn(state, {"id": "resp_3", "store": True})
    assert state.profile.stores


@pytest.mark.proof
@pytest.mark.parametrize("has_it", [True, False])
def test_an_unknown_server_must_first_prove_that_it_has_the_response(
    harness: Harness, state: RunState, has_it: bool
) -> None:
    harness.upstream.can = Profile("scripted", trusted=False)
    if has_it:
        harness.upstream.stored["resp_1"] = {"id": "resp_1", "status": "completed"}
    harness.script(GONE)
    drive.finish(healing.prove(state))
    assert state.healed is not has_it
    assert (state.sent.previous, len(state.memory["marks"])) == (("resp_1", 0) if has_it else (None, 1))


@pytest.mark.proof
def test_a_request_without_a_chain_needs_no_proof(harness: Harness) -> None:
    state = driven.drive(harness, harness.thread("One"))
    harness.upstream.can = Profile("scripted", trusted=False)
    drive.finish(healing.prove(state))
    assert (harness.upstream.retrieved, state.healed) == ([], False)
