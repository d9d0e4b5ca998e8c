"""Tool outputs: which are accepted, and their effect."""

import pytest

from shim.ports import Refusal
from tests.engine.scripted import Harness, Refused, answer, inputs, place
from tests.translate.upstream_events import call, last, message, names, says

HELLO = message(says("Hello."))


@pytest.fixture
def waiting(harness: Harness):
    """A run that requires two outputs."""
    emitted = harness.run(harness.thread("One"), answer(call(id="fc_a"), call(id="fc_b"), id="resp_1"))
    return harness.get(place(last(emitted, "run.requires_action")))


def given(harness: Harness, run, *outputs):
    return harness.stream(f"{place(run)}/submit_tool_outputs", tool_outputs=list(outputs))


A, B = {"tool_call_id": "call_a", "output": "1"}, {"tool_call_id": "call_b", "output": "2"}
#: Outputs that do not match the calls, and the ids in the error.
WRONG = [
    ([], "[]"),
    ([A], "['call_a']"),
    ([A, A], "['call_a', 'call_a']"),
    ([A, B, B], "['call_a', 'call_b', 'call_b']"),
    ([A, {"tool_call_id": "call_z", "output": "3"}], "['call_a', 'call_z']"),
    ([A, {"output": "3"}], "['call_a', None]"),
]


@pytest.mark.parametrize("outputs, got", WRONG)
def test_outputs_that_do_not_match_change_nothing(harness: Harness, waiting, outputs, got) -> None:
    with pytest.raises(Refused) as refused:
        given(harness, waiting, *outputs)
    assert refused.value.status == 400
    assert refused.value.error["message"] == f"Expected tool outputs for call_ids ['call_a', 'call_b'], got {got}"
    assert harness.get(place(waiting)) == waiting


#: Outputs as submitted, and as sent upstream: in the order of the calls; a missing output is an empty one.
RIGHT = [
    ([A, B], ["1", "2"]),
    ([B, A], ["1", "2"]),
    ([{"tool_call_id": "call_a"}, B | {"output": None}], ["", ""]),
    ([A | {"output": '"\\\u2028é😀【4:0†x】'}, B], ['"\\\u2028é😀【4:0†x】', "2"]),
]


@pytest.mark.parametrize("outputs, sent", RIGHT)
def test_outputs_are_sent_in_the_order_of_the_calls(harness: Harness, waiting, outputs, sent) -> None:
    harness.script(answer(HELLO, id="resp_2"))
    emitted = given(harness, waiting, *outputs)
    assert [item["output"] for item in harness.sent["input"]] == sent
    step = last(emitted, "run.step.completed") if "run.step.completed" in names(emitted) else {}
    first = next(data for name, data in emitted if name == "thread.run.step.completed")
    assert [each["function"]["output"] for each in first["step_details"]["tool_calls"]] == sent
    assert step["status"] == "completed"


def test_the_second_stream_begins_with_the_answered_step(harness: Harness, waiting) -> None:
    harness.clock.time += 5
    harness.script(answer(HELLO, id="resp_2"))
    emitted = given(harness, waiting, A, B)
    assert names(emitted)[:3] == ["run.step.completed", "run.queued", "run.in_progress"]
    (_, step), (_, queued), (_, begun) = emitted[:3]
    assert (step["completed_at"], step["usage"]["total_tokens"]) == (1005, 14)
    assert (queued["started_at"], queued["required_action"], begun["started_at"]) == (1000, None, 1005)
    ended = last(emitted, "run.completed")
    assert (ended["expires_at"], ended["usage"]["total_tokens"]) == (None, 28)
    assert begun["expires_at"] == 1600


def test_of_two_submissions_one_is_accepted(harness: Harness, waiting) -> None:
    refused: list[str] = []

    def meanwhile(body):
        with pytest.raises(Refused) as late:
            given(harness, waiting, A, B)
        refused.append(str(late.value))
        return answer(HELLO, id="resp_2")

    harness.script(meanwhile)
    assert names(given(harness, waiting, A, B))[-1] == "run.completed"
    assert refused == ['Runs in status "queued" do not accept tool outputs.']
    assert len(harness.upstream.bodies) == 2


@pytest.mark.parametrize("end", ["completed", "failed", "incomplete"])
def test_a_run_that_has_ended_takes_no_outputs(harness: Harness, end: str) -> None:
    run = last(harness.run(harness.thread("One"), answer(status=end)), f"run.{end}")
    with pytest.raises(Refused, match=f'Runs in status "{end}" do not accept tool outputs'):
        given(harness, run, A)


def test_a_cancelled_run_takes_no_outputs(harness: Harness, waiting) -> None:
    harness.post(f"{place(waiting)}/cancel")
    with pytest.raises(Refused, match='Runs in status "cancelled" do not accept tool outputs'):
        given(harness, waiting, A, B)


def test_a_polled_round(harness: Harness, waiting) -> None:
    harness.script(answer(HELLO, id="resp_2"))
    run = harness.post(f"{place(waiting)}/submit_tool_outputs", tool_outputs=[A, B])
    assert (run["status"], run["required_action"]) == ("queued", None)
    assert harness.get(place(waiting))["status"] == "completed"


def test_upstream_may_use_the_same_call_ids_in_every_round(harness: Harness) -> None:
    """Some servers use the same call ids in every response.  In the run each id is unique; upstream receives its own
    ids.
    """
    thread = harness.thread("One")
    run = last(harness.run(thread, answer(call(id="fc_a"), id="resp_1")), "run.requires_action")
    emitted = harness.submit(run, answer(call(id="fc_a"), id="resp_2"), call_a="1")
    (required,) = last(emitted, "run.requires_action")["required_action"]["submit_tool_outputs"]["tool_calls"]
    assert required["id"].startswith("call_")
    assert required["id"] != "call_a"
    harness.submit(last(emitted, "run.requires_action"), answer(HELLO, id="resp_3"), **{required["id"]: "2"})
    assert [(item["call_id"], item["output"]) for item in harness.sent["input"]] == [("call_a", "2")]
    steps = harness.get(f"{place(run)}/steps", order="asc")["data"]
    outputs = [step["step_details"]["tool_calls"][0]["function"]["output"] for step in steps[:2]]
    assert outputs == ["1", "2"]
    assert [body.get("previous_response_id") for body in harness.upstream.bodies] == [None, "resp_1", "resp_2"]


def test_metadata_that_changes_while_the_run_waits_is_not_lost(harness: Harness, waiting) -> None:
    assert harness.post(place(waiting), metadata={"k": "v"})["metadata"] == {"k": "v"}
    harness.script(answer(HELLO, id="resp_2"))
    emitted = given(harness, waiting, A, B)
    assert last(emitted, "run.completed")["metadata"] == harness.get(place(waiting))["metadata"] == {"k": "v"}
    assert harness.sent["metadata"] == {"k": "v"}


@pytest.mark.parametrize("status", ["in_progress", "cancelling"])
def test_a_run_that_is_driven_cannot_be_changed(harness: Harness, status: str) -> None:
    thread = harness.thread("One")
    seen: list[str] = []

    def change() -> None:
        run = harness.get(f"threads/{thread}/runs")["data"][0]
        if status == "cancelling":
            harness.post(f"{place(run)}/cancel")
        with pytest.raises(Refused) as refused:
            harness.post(place(run), metadata={"k": "v"})
        seen.append(str(refused.value))

    reads = answer(HELLO)
    harness.run(thread, [*reads[:2], change, *reads[2:]])
    assert seen == [f"Cannot update run with status '{status}'."]


def test_a_message_that_is_deleted_during_a_refused_round_is_not_sent_again(harness: Harness) -> None:
    """The round chains from a response that contains the message: after it was refused, none chains from that."""
    thread = harness.thread("One", "Two")
    waiting = last(harness.run(thread, answer(call())), "run.requires_action")
    first = harness.get(f"threads/{thread}/messages", order="asc")["data"][0]["id"]

    def refused(body: object) -> Refusal:
        harness.delete(f"threads/{thread}/messages/{first}")
        return Refusal(400, "No.")

    with pytest.raises(Refused, match="No"):
        harness.submit(waiting, refused, call_a="1")
    assert harness.sent["previous_response_id"] == "resp_1"
    harness.submit(waiting, answer(HELLO, id="resp_2"), call_a="1")
    assert harness.sent.get("previous_response_id") is None
    assert inputs(harness.sent) == ["Two", "call call_a", "output call_a"]


@pytest.mark.parametrize("end", ["cancelled", "expired"])
def test_the_step_of_calls_that_get_no_outputs_has_its_usage(harness: Harness, end: str) -> None:
    usage = {"input_tokens": 10, "output_tokens": 4, "total_tokens": 14}
    thread = harness.thread("One")
    waiting = last(harness.run(thread, answer(call(), usage=usage)), "run.requires_action")
    if end == "cancelled":
        harness.post(f"{place(waiting)}/cancel")
    else:
        harness.clock.time += 3600
    run = harness.get(place(waiting))
    (step,) = harness.get(f"{place(run)}/steps")["data"]
    assert (run["status"], step["status"]) == (end, end)
    assert step["usage"] == run["usage"]
    assert run["usage"]["total_tokens"] == 14
