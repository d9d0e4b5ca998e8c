"""A run's requests: from the thread's head, from the run's own tip, or with the whole thread."""

import json
from collections import deque
from contextlib import suppress

import pytest

from shim.ports import Profile, Refusal
from tests.engine.scripted import Harness, Refused, answer, inputs
from tests.scenarios.healing.wordings import WORDINGS, Wording
from tests.translate.upstream_events import added, call, created, ended, last, message, names, says, text


def spoken(value: str, id: str = "msg_a") -> dict:
    return message(says(value), id=id)


def previous(harness: Harness) -> str | None:
    return harness.sent.get("previous_response_id")


def test_a_thread_is_chained_run_by_run(harness: Harness) -> None:
    thread = harness.thread("One", "Two")
    harness.run(thread, answer(spoken("A"), id="resp_1"))
    assert (inputs(harness.sent), previous(harness)) == (["One", "Two"], None)
    harness.message(thread, "Three")
    harness.run(thread, answer(spoken("B", "msg_b"), id="resp_2"))
    assert (inputs(harness.sent), previous(harness)) == (["Three"], "resp_1")
    harness.run(thread, answer(spoken("C", "msg_c"), id="resp_3"))
    assert (inputs(harness.sent), previous(harness)) == ([], "resp_2")
    assert harness.messages(thread) == ["One", "Two", "A", "Three", "B", "C"]


def test_a_round_chains_from_the_response_with_the_calls(harness: Harness) -> None:
    thread = harness.thread("One")
    waiting = last(harness.run(thread, answer(call(), id="resp_1")), "run.requires_action")
    emitted = harness.submit(waiting, answer(spoken("A"), id="resp_2"), call_a="42")
    assert (inputs(harness.sent), previous(harness)) == (["output call_a"], "resp_1")
    assert names(emitted)[:3] == ["run.step.completed", "run.queued", "run.in_progress"]
    harness.run(thread, answer(spoken("B", "msg_b"), id="resp_3"))
    assert (inputs(harness.sent), previous(harness)) == ([], "resp_2")


def test_instructions_alone_are_an_input(harness: Harness) -> None:
    harness.run(harness.thread(), answer(spoken("A")), instructions="Begin.")
    assert harness.sent["input"] == [{"role": "developer", "content": "Begin."}]
    assert harness.sent["instructions"] == "Begin."


def test_a_run_without_instructions_and_messages_is_refused(harness: Harness) -> None:
    with pytest.raises(Refused, match="requires a Thread with a user message"):
        harness.run(harness.thread())
    assert harness.upstream.bodies == []


CUT = {"incomplete_details": {"reason": "max_output_tokens"}}
PAIR = [call(id="fc_b"), message(says("Ha"), status="incomplete")]
#: A second run that does not complete, and the third run's input after the head.
BAD_ENDS = {
    "failed without a word": (answer(id="resp_2", status="failed"), ["Two", "Three"]),
    "failed in the middle": (
        [
            [created(id="resp_2"), added(spoken("B", "msg_b")), text("Ha", "msg_b")],
            [ended(status="failed", id="resp_2")],
        ],
        ["Two", "Ha", "Three"],
    ),
    "failed with an open call": (answer(call(), id="resp_2", status="failed"), ["Two", "Three"]),
    "cut short": (
        answer(message(says("Ha"), id="msg_b", status="incomplete"), id="resp_2", status="incomplete", **CUT),
        ["Two", "Ha", "Three"],
    ),
    "cut in a call": (
        answer(call('{"', status="incomplete"), id="resp_2", status="incomplete", **CUT),
        ["Two", "Three"],
    ),
    "cancelled upstream": (answer(id="resp_2", status="cancelled"), ["Two", "Three"]),
    "broken off": (
        [[created(id="resp_2")], [added(spoken("B", "msg_b")), text("Ha", "msg_b")]],
        ["Two", "Ha", "Three"],
    ),
    "refused": (Refusal(500, "Boom."), ["Two", "Three"]),
}


@pytest.mark.parametrize("end", BAD_ENDS)
def test_a_run_that_ends_badly_leaves_the_head(harness: Harness, end: str) -> None:
    script, expected = BAD_ENDS[end]
    thread = harness.thread("One")
    harness.run(thread, answer(spoken("A"), id="resp_1"))
    harness.message(thread, "Two")
    harness.run(thread, script)
    harness.message(thread, "Three")
    harness.run(thread, answer(spoken("C", "msg_c"), id="resp_3"))
    assert (inputs(harness.sent), previous(harness)) == (expected, "resp_1")


@pytest.mark.parametrize("end", ["cancel", "expire"])
def test_a_run_that_ended_while_it_waited_leaves_the_head(harness: Harness, end: str) -> None:
    """Only calls that have an output are replayed."""
    thread = harness.thread("One")
    waiting = last(harness.run(thread, answer(call(id="fc_1"), id="resp_1")), "run.requires_action")
    harness.submit(waiting, answer(call(id="fc_2"), id="resp_2"), call_1="42")
    if end == "cancel":
        harness.post(f"threads/{thread}/runs/{waiting['id']}/cancel")
    else:
        harness.clock.time += 600
    harness.message(thread, "Two")
    harness.run(thread, answer(spoken("C"), id="resp_3"))
    assert (inputs(harness.sent), previous(harness)) == (["One", "call call_1", "output call_1", "Two"], None)


#: The forms of a lost chain: a refusal, a single error event, an answer whose echo has no chain.
def _error(row: Wording) -> dict:
    error: dict = json.loads(json.dumps(row.error).replace("{id}", "resp_1"))
    return error


def _refusal(row: Wording) -> Refusal:
    error = _error(row)
    code = error.get("code")
    return Refusal(row.status, error["message"], param=error.get("param"), code=code if isinstance(code, str) else None)


IGNORED = [[created(id="resp_9", previous_response_id=None)], [added(spoken("Who?")), text("Who?")]]
GONE = WORDINGS["OpenAI, expired or deleted"].error["message"]
LOST = {
    **{wording: _refusal(row) for wording, row in WORDINGS.items() if row.status},
    "422": Refusal(422, GONE),
    **{f"an event, {wording}": [[{**_error(row), "type": "error"}]] for wording, row in WORDINGS.items()},
    "a failure at once": [[ended(id="resp_9", status="failed", error={"code": "server_error", "message": GONE})]],
    "an error once it has begun": [
        [created(id="resp_9", previous_response_id="resp_1")],
        [{"type": "error", "message": GONE}],
    ],
    "an answer without the history": IGNORED,
    "the same behind a sign of life": [[{"type": "keepalive"}, *IGNORED[0]]],
    "the same, a read later": [[{"type": "keepalive"}], *IGNORED],
}
#: After these failures the server is not chained at any more.
NEVER = {way for way in LOST if way.removeprefix("an event, ") in {name for name, row in WORDINGS.items() if row.never}}
NEVER |= {"an answer without the history", "the same behind a sign of life", "the same, a read later"}


@pytest.mark.parametrize("way", LOST)
def test_a_lost_chain_is_healed(harness: Harness, way: str) -> None:
    thread = harness.thread("One")
    harness.run(thread, answer(spoken("A"), id="resp_1"))
    harness.message(thread, "Two")
    harness.script(LOST[way])
    emitted = harness.run(thread, answer(spoken("B", "msg_b"), id="resp_2"))
    assert [body.get("previous_response_id") for body in harness.upstream.bodies] == [None, "resp_1", None]
    assert inputs(harness.sent) == ["One", "A", "Two"]
    assert names(emitted)[-1] == "run.completed"
    assert harness.messages(thread) == ["One", "A", "Two", "B"]
    assert all(each.closed for each in harness.upstream.answers)
    harness.run(thread, answer(spoken("C", "msg_c"), id="resp_3"))
    assert previous(harness) == (None if way in NEVER else "resp_2")
    assert len(harness.upstream.bodies) == 4


@pytest.mark.parametrize("way", LOST)
def test_a_lost_chain_is_healed_only_once(harness: Harness, way: str) -> None:
    thread = harness.thread("One")
    harness.run(thread, answer(spoken("A"), id="resp_1"))
    harness.script(LOST[way])
    # A refusal before the answer is raised; one in the answer fails the run.
    with suppress(Refused):
        emitted = harness.run(thread, Refusal(400, GONE))
        assert names(emitted)[-1] == "run.failed"
    assert len(harness.upstream.bodies) == 3
    assert harness.upstream.script == deque()


def test_a_lost_tip_is_healed_with_its_outputs(harness: Harness) -> None:
    thread = harness.thread("One")
    waiting = last(harness.run(thread, answer(call(), id="resp_1")), "run.requires_action")
    harness.script(Refusal(400, WORDINGS["OpenAI, a call that is gone"].error["message"]))
    harness.submit(waiting, answer(spoken("A"), id="resp_2"), call_a="42")
    assert (inputs(harness.sent), previous(harness)) == (["One", "call call_a", "output call_a"], None)


#: Refusals that have nothing to do with a chain.
NOT_LOST = [Refusal(500, "Boom."), Refusal(429, "Slow down."), Refusal(None, "No connection.")]


@pytest.mark.parametrize("refusal", NOT_LOST, ids=str)
def test_other_failures_heal_nothing(harness: Harness, refusal: Refusal) -> None:
    thread = harness.thread("One")
    harness.run(thread, answer(spoken("A"), id="resp_1"))
    emitted = harness.run(thread, refusal)
    assert len(harness.upstream.bodies) == 2
    assert names(emitted)[-1] == "run.failed"
    harness.run(thread, answer(spoken("B", "msg_b"), id="resp_2"))
    assert previous(harness) == "resp_1"


def test_an_error_event_without_a_chain_ends_the_run(harness: Harness) -> None:
    emitted = harness.run(harness.thread("One"), [[{"type": "error", "message": GONE}]])
    assert last(emitted, "run.failed")["last_error"] == {"code": "server_error", "message": GONE}


def test_an_answer_that_is_not_stored_completes_the_run_but_is_no_head(harness: Harness) -> None:
    thread = harness.thread("One")
    events = answer(spoken("A"), id="resp_1")
    events[0] = [created(id="resp_1", store=False)]
    emitted = harness.run(thread, events)
    assert names(emitted)[-1] == "run.completed"
    harness.run(thread, answer(spoken("B", "msg_b"), id="resp_2"))
    assert (inputs(harness.sent), previous(harness)) == (["One", "A"], None)


def test_a_response_with_calls_that_is_not_stored_is_no_tip(harness: Harness) -> None:
    thread = harness.thread("One")
    events = answer(call(), id="resp_1")
    events[0] = [created(id="resp_1", store=False)]
    waiting = last(harness.run(thread, events), "run.requires_action")
    harness.submit(waiting, answer(spoken("A"), id="resp_2"), call_a="42")
    assert (inputs(harness.sent), previous(harness)) == (["One", "call call_a", "output call_a"], None)


def test_a_server_that_stores_nothing_is_never_chained(harness: Harness) -> None:
    harness.upstream.can = Profile("stateless", stores=False, encrypted_reasoning=True)
    thread = harness.thread("One")
    harness.run(thread, answer({"type": "reasoning", "id": "rs", "encrypted_content": "x"}, spoken("A"), id="resp_1"))
    harness.run(thread, answer(spoken("B", "msg_b"), id="resp_2"))
    assert (inputs(harness.sent), previous(harness)) == (["One", "thought", "A"], None)
    assert (harness.sent["store"], harness.sent["include"]) == (False, ["reasoning.encrypted_content"])


def test_an_answer_without_an_id_is_no_head(harness: Harness) -> None:
    thread = harness.thread("One")
    harness.run(thread, [[added(spoken("A")), text("A")], [ended(spoken("A"), id=None)]])
    harness.run(thread, answer(spoken("B", "msg_b")))
    assert (inputs(harness.sent), previous(harness)) == (["One", "A"], None)
