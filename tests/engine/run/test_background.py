"""Polled runs in upstream's background mode, which no process drives."""

from typing import Any

import pytest

from shim.ports import Profile, Refusal
from tests.engine.scripted import Refused, World, answer, inputs, place
from tests.translate.telling import call, message, says

HELLO = message(says("Hello."))
Json = dict[str, Any]


def response(status: str = "queued", *output: Json, id: str = "resp_1", **more: Any) -> Json:
    usage = {"input_tokens": 10, "output_tokens": 4, "total_tokens": 14}
    return {"id": id, "status": status, "output": list(output), "usage": usage, **more}


@pytest.fixture
def world(world: World) -> World:
    world.upstream.can = Profile("scripted", background=True, always=True)
    return world


def start(world: World, thread: str, *answers: Any, **given: Any) -> Json:
    world.script(*answers)
    return world.post(
        f"threads/{thread}/runs", assistant_id=given.pop("assistant_id", None) or world.assistant(), **given
    )


def test_a_background_run_is_started_and_polled_upstream(world: World) -> None:
    thread = world.thread("One")
    run = start(world, thread, response())
    assert (run["status"], world.sent["background"]) == ("queued", True)
    world.upstream.stored["resp_1"] = response("in_progress")
    found = world.reply("GET", place(run))
    assert found.headers["openai-poll-after-ms"] == "250"
    assert world.get(place(run))["status"] == "in_progress"
    world.upstream.stored["resp_1"] = response("completed", HELLO)
    world.clock.time += 1
    found = world.get(place(run))
    assert (found["status"], found["usage"]["total_tokens"]) == ("completed", 14)
    assert world.messages(thread) == ["One", "Hello."]
    assert world.upstream.asked == ["resp_1", "resp_1"]


def test_a_response_that_is_completed_at_once(world: World) -> None:
    thread = world.thread("One")
    run = start(world, thread, response("completed", HELLO))
    assert run["status"] == "queued"
    assert world.get(place(run))["status"] == "completed"
    assert world.upstream.asked == []


#: Refusals of servers without a background mode.
NO_BACKGROUND = [
    Refusal(400, "Unknown parameter.", param="background"),
    Refusal(400, "Background mode requires store=true."),
    Refusal(422, "Unsupported parameter: background"),
]


@pytest.mark.parametrize("refusal", NO_BACKGROUND)
def test_a_server_without_background_mode_is_asked_for_it_once(world: World, refusal: Refusal) -> None:
    thread = world.thread("One")
    run = start(world, thread, refusal, answer(HELLO))
    assert (run["status"], world.get(place(run))["status"]) == ("queued", "completed")
    start(world, thread, answer(message(says("Bye."), id="msg_b"), id="resp_2"))
    assert ["background" in body for body in world.upstream.bodies] == [True, False, False]
    assert world.messages(thread) == ["One", "Hello.", "Bye."]


def test_upstream_is_polled_at_growing_intervals(world: World) -> None:
    """Often at first, then once a second, for any number of calls."""
    run = start(world, world.thread("One"), response())
    world.upstream.stored["resp_1"] = response("queued")
    asked = []
    for _ in range(12):
        world.get(place(run))
        world.get(f"threads/{run['thread_id']}/messages")
        asked.append(len(world.upstream.asked))
        world.clock.time += 0.25
    assert asked == [1, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5]


def test_a_run_in_the_background_needs_no_process(world: World) -> None:
    run = start(world, world.thread("One"), response())
    world.living.clear()
    world.clock.time += 100
    world.upstream.stored["resp_1"] = response("completed", HELLO)
    assert world.elsewhere("other").get(place(run))["status"] == "completed"


def test_an_expired_background_run_is_cancelled_upstream(world: World) -> None:
    run = start(world, world.thread("One"), response())
    world.clock.time += 600
    assert world.get(place(run))["status"] == "expired"
    assert world.upstream.cancelled == ["resp_1"]


#: Upstream's answer to a cancellation, and its response afterwards; the status of the run.
STOPS = [
    (None, response("cancelled"), "cancelled"),
    (None, response("completed", HELLO), "cancelled"),
    (None, response("completed", call()), "cancelled"),
    (Refusal(404, "Response with id 'resp_1' not found."), Refusal(404, "No."), "cancelled"),
    (Refusal(500, "Boom."), response("in_progress"), "cancelling"),
]


@pytest.mark.parametrize("refusal, shown, status", STOPS)
def test_cancelling(world: World, refusal: Any, shown: Any, status: str) -> None:
    run = start(world, world.thread("One"), response())
    world.upstream.uncancellable, world.upstream.stored["resp_1"] = refusal, response("in_progress")
    assert world.post(f"{place(run)}/cancel")["status"] == "cancelling"
    assert world.upstream.cancelled == ["resp_1"]
    world.upstream.stored["resp_1"] = shown
    world.clock.time += 1
    assert world.get(place(run))["status"] == status


def test_deleting_the_thread_cancels_the_response(world: World) -> None:
    run = start(world, world.thread("One"), response())
    world.upstream.stored["resp_1"] = response("in_progress")
    world.delete(f"threads/{run['thread_id']}")
    assert world.upstream.cancelled == ["resp_1"]


def test_a_round_of_outputs_runs_in_the_background(world: World) -> None:
    thread = world.thread("One")
    run = start(world, thread, response("completed", call()))
    assert world.get(place(run))["status"] == "requires_action"
    world.script(response("queued", id="resp_2"))
    outputs = [{"tool_call_id": "call_a", "output": "42"}]
    assert world.post(f"{place(run)}/submit_tool_outputs", tool_outputs=outputs)["status"] == "queued"
    assert (inputs(world.sent), world.sent["previous_response_id"]) == (["output call_a"], "resp_1")
    world.upstream.stored["resp_2"] = response("completed", HELLO, id="resp_2")
    assert world.get(place(run))["status"] == "completed"
    start(world, thread, response(id="resp_3"))
    assert world.sent["previous_response_id"] == "resp_2"


#: Failures of a request for the state, and the status of the run.
LOOKS = [
    (Refusal(404, "No such response."), "failed"),
    (Refusal(500, "Boom."), "queued"),
    (Refusal(None, "No connection."), "queued"),
]


@pytest.mark.parametrize("refusal, status", LOOKS, ids=str)
def test_a_failed_poll(world: World, refusal: Refusal, status: str) -> None:
    run = start(world, world.thread("One"), response())
    world.upstream.stored["resp_1"] = refusal
    assert world.get(place(run))["status"] == status


def test_a_refused_background_run_is_not_stored(world: World) -> None:
    thread = world.thread("One")
    with pytest.raises(Refused, match="does not exist"):
        start(world, thread, Refusal(400, "The requested model 'x' does not exist.", code="model_not_found"))
    assert world.get(f"threads/{thread}/runs")["data"] == []


def test_a_failed_background_request_fails_the_run(world: World) -> None:
    run = start(world, world.thread("One"), Refusal(500, "Boom."))
    assert run["status"] == "queued"
    assert world.get(place(run))["last_error"] == {"code": "server_error", "message": "Boom."}


def test_a_used_up_token_limit_ends_the_run_without_a_request(world: World) -> None:
    usage = {"input_tokens": 10, "output_tokens": 90, "total_tokens": 100}
    run = start(world, world.thread("One"), response("completed", call(), usage=usage), max_completion_tokens=100)
    outputs = [{"tool_call_id": "call_a", "output": "42"}]
    world.post(f"{place(run)}/submit_tool_outputs", tool_outputs=outputs)
    assert world.get(place(run))["status"] == "incomplete"
    assert len(world.upstream.bodies) == 1


def test_a_response_that_is_not_stored_is_no_head(world: World) -> None:
    thread = world.thread("One")
    world.get(place(start(world, thread, response("completed", HELLO, store=False))))
    start(world, thread, response(id="resp_2"))
    assert world.sent.get("previous_response_id") is None


LOST = {"error": {"code": "previous_response_not_found", "message": "x"}}


def chained(world: World) -> str:
    """A thread with a head."""
    thread = world.thread("One")
    start(world, thread, response("completed", HELLO))
    world.say(thread, "Two")
    return thread


#: Upstream's refusals of a lost chain.
WAYS = [
    Refusal(400, "Previous response with id 'resp_1' not found."),
    response("queued", id="resp_9", previous_response_id=None),
    response("failed", id="resp_9", **LOST),
]


@pytest.mark.parametrize("way", WAYS, ids=["refused", "ignored", "failed at once"])
@pytest.mark.parametrize("deaf", [None, Refusal(404, "x")])
def test_a_lost_chain_is_healed(world: World, way: Any, deaf: Any) -> None:
    world.upstream.uncancellable = deaf
    thread = chained(world)
    run = start(world, thread, way, response("completed", message(says("B"), id="msg_b"), id="resp_2"))
    assert [body.get("previous_response_id") for body in world.upstream.bodies] == [None, "resp_1", None]
    assert inputs(world.sent) == ["One", "Hello.", "Two"]
    assert world.get(place(run))["status"] == "completed"


def test_a_lost_chain_that_is_reported_late_is_healed(world: World) -> None:
    """Upstream searches for the previous response only when it begins to work on the new one."""
    thread = chained(world)
    run = start(world, thread, response("queued", id="resp_9"))
    world.upstream.stored["resp_9"] = response("failed", id="resp_9", **LOST)
    world.script(response("queued", id="resp_2"))
    assert world.get(place(run))["status"] == "queued"
    assert inputs(world.sent) == ["One", "Hello.", "Two"]
    world.upstream.stored["resp_2"] = response("completed", message(says("B"), id="msg_b"), id="resp_2")
    world.clock.time += 1
    assert world.get(place(run))["status"] == "completed"
    assert world.messages(thread) == ["One", "Hello.", "Two", "B"]


def test_a_healed_request_that_fails_fails_the_run(world: World) -> None:
    run = start(world, chained(world), response("queued", id="resp_9"))
    world.upstream.stored["resp_9"] = response("failed", id="resp_9", **LOST)
    world.script(Refusal(500, "Boom."))
    world.get(place(run))
    assert world.get(place(run))["last_error"]["message"] == "Boom."


def test_a_response_without_a_chain_that_reports_a_lost_one_fails(world: World) -> None:
    run = start(world, world.thread("One"), response("queued"))
    world.upstream.stored["resp_1"] = response("failed", **LOST)
    assert world.get(place(run))["status"] == "failed"


def test_of_two_processes_one_heals_the_chain(world: World) -> None:
    run = start(world, chained(world), response("queued", id="resp_9"))
    world.upstream.stored["resp_9"] = response("failed", id="resp_9", **LOST)
    world.script(response("queued", id="resp_2"), response("queued", id="resp_3"))
    other = world.elsewhere("other")
    world.upstream.stored["resp_2"] = response("queued", id="resp_2")
    world.meddle(lambda name, *args: name == "_claim", lambda: other.get(place(run)))
    world.get(place(run))
    assert len(world.upstream.script) == 1
    assert world.get(place(run))["status"] in ("queued", "failed")


def test_a_run_that_is_cancelled_before_it_is_healed(world: World) -> None:
    run = start(world, chained(world), response("queued", id="resp_9"))
    world.upstream.stored["resp_9"] = response("in_progress", id="resp_9")
    other = world.elsewhere("other")

    def cancel() -> None:
        world.upstream.stored["resp_9"] = response("in_progress", id="resp_9")
        other.post(f"{place(run)}/cancel")

    world.upstream.stored["resp_9"] = response("failed", id="resp_9", **LOST)
    world.meddle(lambda name, *args: name == "_claim", cancel)
    assert world.get(place(run))["status"] == "cancelled"
    assert len(world.upstream.bodies) == 2


def test_a_run_that_is_cancelled_during_its_first_request(world: World) -> None:
    thread = world.thread("One")

    def meanwhile(body: Json) -> Json:
        (run,) = world.get(f"threads/{thread}/runs")["data"]
        world.post(f"{place(run)}/cancel")
        return response("queued")

    run = start(world, thread, meanwhile)
    assert world.upstream.cancelled == ["resp_1"]
    world.upstream.stored["resp_1"] = response("cancelled")
    assert world.get(place(run))["status"] == "cancelled"


def test_a_thread_that_is_deleted_during_its_runs_first_request(world: World) -> None:
    thread = world.thread("One")

    def meanwhile(body: Json) -> Json:
        world.delete(f"threads/{thread}")
        return response("queued")

    with pytest.raises(Refused, match="No thread found"):
        start(world, thread, meanwhile)
