"""Polled runs in upstream's background mode, which no process drives."""

from typing import Any

import pytest

from shim.ports import Profile, Refusal
from tests.engine.scripted import Harness, Refused, answer, inputs, place
from tests.translate.upstream_events import call, message, says

HELLO = message(says("Hello."))
Json = dict[str, Any]


def response(status: str = "queued", *output: Json, id: str = "resp_1", **more: Any) -> Json:
    usage = {"input_tokens": 10, "output_tokens": 4, "total_tokens": 14}
    return {"id": id, "status": status, "output": list(output), "usage": usage, **more}


@pytest.fixture
def harness(harness: Harness) -> Harness:
    harness.upstream.can = Profile("scripted", background=True, always=True)
    return harness


def start(harness: Harness, thread: str, *answers: Any, **given: Any) -> Json:
    harness.script(*answers)
    return harness.post(
        f"threads/{thread}/runs", assistant_id=given.pop("assistant_id", None) or harness.assistant(), **given
    )


def test_a_background_run_is_started_and_polled_upstream(harness: Harness) -> None:
    thread = harness.thread("One")
    run = start(harness, thread, response())
    assert (run["status"], harness.sent["background"]) == ("queued", True)
    harness.upstream.stored["resp_1"] = response("in_progress")
    found = harness.reply("GET", place(run))
    assert found.headers["openai-poll-after-ms"] == "250"
    assert harness.get(place(run))["status"] == "in_progress"
    harness.upstream.stored["resp_1"] = response("completed", HELLO)
    harness.clock.time += 1
    found = harness.get(place(run))
    assert (found["status"], found["usage"]["total_tokens"]) == ("completed", 14)
    assert harness.messages(thread) == ["One", "Hello."]
    assert harness.upstream.retrieved == ["resp_1", "resp_1"]


def test_a_response_that_is_completed_at_once(harness: Harness) -> None:
    thread = harness.thread("One")
    run = start(harness, thread, response("completed", HELLO))
    assert run["status"] == "queued"
    assert harness.get(place(run))["status"] == "completed"
    assert harness.upstream.retrieved == []


#: Refusals of servers without a background mode.
NO_BACKGROUND = [
    Refusal(400, "Unknown parameter.", param="background"),
    Refusal(400, "Background mode requires store=true."),
    Refusal(422, "Unsupported parameter: background"),
]


@pytest.mark.parametrize("refusal", NO_BACKGROUND)
def test_a_server_without_background_mode_is_asked_for_it_once(harness: Harness, refusal: Refusal) -> None:
    thread = harness.thread("One")
    run = start(harness, thread, refusal, answer(HELLO))
    assert (run["status"], harness.get(place(run))["status"]) == ("queued", "completed")
    start(harness, thread, answer(message(says("Bye."), id="msg_b"), id="resp_2"))
    assert ["background" in body for body in harness.upstream.bodies] == [True, False, False]
    assert harness.messages(thread) == ["One", "Hello.", "Bye."]


def test_upstream_is_polled_at_growing_intervals(harness: Harness) -> None:
    """Often at first, then once a second, for any number of calls."""
    run = start(harness, harness.thread("One"), response())
    harness.upstream.stored["resp_1"] = response("queued")
    polled = []
    for _ in range(12):
        harness.get(place(run))
        harness.get(f"threads/{run['thread_id']}/messages")
        polled.append(len(harness.upstream.retrieved))
        harness.clock.time += 0.25
    assert polled == [1, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5]


def test_a_run_in_the_background_needs_no_process(harness: Harness) -> None:
    run = start(harness, harness.thread("One"), response())
    harness.living.clear()
    harness.clock.time += 100
    harness.upstream.stored["resp_1"] = response("completed", HELLO)
    assert harness.elsewhere("other").get(place(run))["status"] == "completed"


def test_an_expired_background_run_is_cancelled_upstream(harness: Harness) -> None:
    run = start(harness, harness.thread("One"), response())
    harness.clock.time += 600
    assert harness.get(place(run))["status"] == "expired"
    assert harness.upstream.cancelled == ["resp_1"]


#: Upstream's answer to a cancellation, and its response afterwards; the status of the run.
STOPS = [
    (None, response("cancelled"), "cancelled"),
    (None, response("completed", HELLO), "cancelled"),
    (None, response("completed", call()), "cancelled"),
    (Refusal(404, "Response with id 'resp_1' not found."), Refusal(404, "No."), "cancelled"),
    (Refusal(500, "Boom."), response("in_progress"), "cancelling"),
]


@pytest.mark.parametrize("refusal, shown, status", STOPS)
def test_cancelling(harness: Harness, refusal: Any, shown: Any, status: str) -> None:
    run = start(harness, harness.thread("One"), response())
    harness.upstream.uncancellable, harness.upstream.stored["resp_1"] = refusal, response("in_progress")
    assert harness.post(f"{place(run)}/cancel")["status"] == "cancelling"
    assert harness.upstream.cancelled == ["resp_1"]
    harness.upstream.stored["resp_1"] = shown
    harness.clock.time += 1
    assert harness.get(place(run))["status"] == status


def test_deleting_the_thread_cancels_the_response(harness: Harness) -> None:
    run = start(harness, harness.thread("One"), response())
    harness.upstream.stored["resp_1"] = response("in_progress")
    harness.delete(f"threads/{run['thread_id']}")
    assert harness.upstream.cancelled == ["resp_1"]


def test_a_round_of_outputs_runs_in_the_background(harness: Harness) -> None:
    thread = harness.thread("One")
    run = start(harness, thread, response("completed", call()))
    assert harness.get(place(run))["status"] == "requires_action"
    harness.script(response("queued", id="resp_2"))
    outputs = [{"tool_call_id": "call_a", "output": "42"}]
    assert harness.post(f"{place(run)}/submit_tool_outputs", tool_outputs=outputs)["status"] == "queued"
    assert (inputs(harness.sent), harness.sent["previous_response_id"]) == (["output call_a"], "resp_1")
    harness.upstream.stored["resp_2"] = response("completed", HELLO, id="resp_2")
    assert harness.get(place(run))["status"] == "completed"
    start(harness, thread, response(id="resp_3"))
    assert harness.sent["previous_response_id"] == "resp_2"


#: Failures of a request for the state, and the status of the run.
LOOKS = [
    (Refusal(404, "No such response."), "failed"),
    (Refusal(500, "Boom."), "queued"),
    (Refusal(None, "No connection."), "queued"),
]


@pytest.mark.parametrize("refusal, status", LOOKS, ids=str)
def test_a_failed_poll(harness: Harness, refusal: Refusal, status: str) -> None:
    run = start(harness, harness.thread("One"), response())
    harness.upstream.stored["resp_1"] = refusal
    assert harness.get(place(run))["status"] == status


def test_a_refused_background_run_is_not_stored(harness: Harness) -> None:
    thread = harness.thread("One")
    with pytest.raises(Refused, match="does not exist"):
        start(harness, thread, Refusal(400, "The requested model 'x' does not exist.", code="model_not_found"))
    assert harness.get(f"threads/{thread}/runs")["data"] == []


def test_a_failed_background_request_fails_the_run(harness: Harness) -> None:
    run = start(harness, harness.thread("One"), Refusal(500, "Boom."))
    assert run["status"] == "queued"
    assert harness.get(place(run))["last_error"] == {"code": "server_error", "message": "Boom."}


def test_a_used_up_token_limit_ends_the_run_without_a_request(harness: Harness) -> None:
    usage = {"input_tokens": 10, "output_tokens": 90, "total_tokens": 100}
    run = start(harness, harness.thread("One"), response("completed", call(), usage=usage), max_completion_tokens=100)
    outputs = [{"tool_call_id": "call_a", "output": "42"}]
    harness.post(f"{place(run)}/submit_tool_outputs", tool_outputs=outputs)
    assert harness.get(place(run))["status"] == "incomplete"
    assert len(harness.upstream.bodies) == 1


def test_a_response_that_is_not_stored_is_no_head(harness: Harness) -> None:
    thread = harness.thread("One")
    harness.get(place(start(harness, thread, response("completed", HELLO, store=False))))
    start(harness, thread, response(id="resp_2"))
    assert harness.sent.get("previous_response_id") is None


LOST = {"error": {"code": "previous_response_not_found", "message": "x"}}


def chained(harness: Harness) -> str:
    """A thread with a head."""
    thread = harness.thread("One")
    start(harness, thread, response("completed", HELLO))
    harness.message(thread, "Two")
    return thread


#: Upstream's refusals of a lost chain.
WAYS = [
    Refusal(400, "Previous response with id 'resp_1' not found."),
    response("queued", id="resp_9", previous_response_id=None),
    response("failed", id="resp_9", **LOST),
]


@pytest.mark.parametrize("way", WAYS, ids=["refused", "ignored", "failed at once"])
@pytest.mark.parametrize("deaf", [None, Refusal(404, "x")])
def test_a_lost_chain_is_healed(harness: Harness, way: Any, deaf: Any) -> None:
    harness.upstream.uncancellable = deaf
    thread = chained(harness)
    run = start(harness, thread, way, response("completed", message(says("B"), id="msg_b"), id="resp_2"))
    assert [body.get("previous_response_id") for body in harness.upstream.bodies] == [None, "resp_1", None]
    assert inputs(harness.sent) == ["One", "Hello.", "Two"]
    assert harness.get(place(run))["status"] == "completed"


def test_a_lost_chain_that_is_reported_late_is_healed(harness: Harness) -> None:
    """Upstream searches for the previous response only when it begins to work on the new one."""
    thread = chained(harness)
    run = start(harness, thread, response("queued", id="resp_9"))
    harness.upstream.stored["resp_9"] = response("failed", id="resp_9", **LOST)
    harness.script(response("queued", id="resp_2"))
    assert harness.get(place(run))["status"] == "queued"
    assert inputs(harness.sent) == ["One", "Hello.", "Two"]
    harness.upstream.stored["resp_2"] = response("completed", message(says("B"), id="msg_b"), id="resp_2")
    harness.clock.time += 1
    assert harness.get(place(run))["status"] == "completed"
    assert harness.messages(thread) == ["One", "Hello.", "Two", "B"]


def test_a_healed_request_that_fails_fails_the_run(harness: Harness) -> None:
    run = start(harness, chained(harness), response("queued", id="resp_9"))
    harness.upstream.stored["resp_9"] = response("failed", id="resp_9", **LOST)
    harness.script(Refusal(500, "Boom."))
    harness.get(place(run))
    assert harness.get(place(run))["last_error"]["message"] == "Boom."


def test_a_response_without_a_chain_that_reports_a_lost_one_fails(harness: Harness) -> None:
    run = start(harness, harness.thread("One"), response("queued"))
    harness.upstream.stored["resp_1"] = response("failed", **LOST)
    assert harness.get(place(run))["status"] == "failed"


def test_of_two_processes_one_heals_the_chain(harness: Harness) -> None:
    run = start(harness, chained(harness), response("queued", id="resp_9"))
    harness.upstream.stored["resp_9"] = response("failed", id="resp_9", **LOST)
    harness.script(response("queued", id="resp_2"), response("queued", id="resp_3"))
    other = harness.elsewhere("other")
    harness.upstream.stored["resp_2"] = response("queued", id="resp_2")
    harness.meddle(lambda name, *args: name == "_claim", lambda: other.get(place(run)))
    harness.get(place(run))
    assert len(harness.upstream.script) == 1
    assert harness.get(place(run))["status"] in ("queued", "failed")


def test_a_run_that_is_cancelled_before_it_is_healed(harness: Harness) -> None:
    run = start(harness, chained(harness), response("queued", id="resp_9"))
    harness.upstream.stored["resp_9"] = response("in_progress", id="resp_9")
    other = harness.elsewhere("other")

    def cancel() -> None:
        harness.upstream.stored["resp_9"] = response("in_progress", id="resp_9")
        other.post(f"{place(run)}/cancel")

    harness.upstream.stored["resp_9"] = response("failed", id="resp_9", **LOST)
    harness.meddle(lambda name, *args: name == "_claim", cancel)
    assert harness.get(place(run))["status"] == "cancelled"
    assert len(harness.upstream.bodies) == 2


def test_a_run_that_is_cancelled_during_its_first_request(harness: Harness) -> None:
    thread = harness.thread("One")

    def meanwhile(body: Json) -> Json:
        (run,) = harness.get(f"threads/{thread}/runs")["data"]
        harness.post(f"{place(run)}/cancel")
        return response("queued")

    run = start(harness, thread, meanwhile)
    assert harness.upstream.cancelled == ["resp_1"]
    harness.upstream.stored["resp_1"] = response("cancelled")
    assert harness.get(place(run))["status"] == "cancelled"


def test_a_thread_that_is_deleted_during_its_runs_first_request(harness: Harness) -> None:
    thread = harness.thread("One")

    def meanwhile(body: Json) -> Json:
        harness.delete(f"threads/{thread}")
        return response("queued")

    with pytest.raises(Refused, match="No thread found"):
        start(harness, thread, meanwhile)
