"""Streamed answers in upstream's background mode: a stream that breaks off is resumed."""

from contextlib import suppress
from typing import Any

import pytest

from shim.engine.run.stream_position import PAUSES, StreamPosition
from shim.ports import Profile, Refusal
from tests.engine.scripted import Harness, Lost, Refused, answer, place
from tests.translate.upstream_events import added, call, created, done, ended, last, message, names, says, text

Json = dict[str, Any]
HELLO = message(says("Hello."))
CUT = Refusal(None, "The connection to the model was lost.")


@pytest.fixture
def harness(harness: Harness) -> Harness:
    harness.upstream.can = Profile("scripted", background=True, always=True)
    return harness


def numbered(*reads: list[Json], first: int = 0) -> list[list[Json]]:
    """One event in each network read, with its sequence number."""
    return [[event | {"sequence_number": first + n}] for n, (event,) in enumerate(reads)]


WHOLE = numbered([created()], [added(HELLO)], [text("Hel")], [text("lo.")], [done(HELLO)], [ended(HELLO)])


@pytest.mark.parametrize("how", [[], [CUT]], ids=["it ends", "it breaks"])
@pytest.mark.parametrize("cut", [1, 2, 3, 4, 5])
def test_a_stream_that_breaks_off_is_resumed(harness: Harness, cut: int, how: list[Any]) -> None:
    thread, calm = harness.thread("One"), harness.thread("One")
    harness.script([*WHOLE[:cut], *how], WHOLE[cut:])
    emitted = harness.run(thread)
    assert harness.upstream.resumed == [("resp_1", cut - 1)]
    assert names(emitted) == names(harness.run(calm, [[event | {}] for (event,) in WHOLE]))
    assert harness.messages(thread) == ["One", "Hello."]
    assert (harness.upstream.bodies[0]["background"], harness.upstream.cancelled) == (True, [])


def test_resuming_is_retried_and_each_success_resets_the_pauses(harness: Harness) -> None:
    waited: list[float] = []

    async def wait(seconds: float) -> None:
        waited.append(seconds)

    object.__setattr__(harness.context, "wait", wait)
    thread = harness.thread("One")
    harness.script([*WHOLE[:2], CUT], CUT, Refusal(503, "Busy."), [WHOLE[2], CUT], WHOLE[3:])
    assert names(harness.run(thread))[-1] == "run.completed"
    assert waited == [*PAUSES[:3], PAUSES[0]]


def test_a_stream_that_cannot_be_resumed_fails_the_run(harness: Harness) -> None:
    thread = harness.thread("One")
    harness.script([*WHOLE[:3], CUT], Refusal(404, "No such response."))
    assert last(harness.run(thread), "run.failed")["last_error"]["message"] == "No such response."
    assert harness.upstream.cancelled == ["resp_1"]
    harness.script([*WHOLE[:3], CUT], *[CUT] * len(PAUSES))
    assert names(harness.run(thread))[-1] == "run.failed"


def test_cancelling_the_run_cancels_the_response(harness: Harness) -> None:
    thread = harness.thread("One")
    stop = lambda: harness.post(f"threads/{thread}/runs/run_1/cancel") and None  # noqa: E731
    emitted = harness.run(thread, [*WHOLE[:3], stop, *WHOLE[3:]])
    assert (names(emitted)[-1], harness.upstream.cancelled, harness.upstream.resumed) == (
        "run.cancelled",
        ["resp_1"],
        [],
    )


def test_deleting_the_thread_cancels_the_response(harness: Harness) -> None:
    thread = harness.thread("One")
    harness.upstream.uncancellable = Refusal(404, "Gone.")
    harness.run(thread, [*WHOLE[:3], lambda: harness.delete(f"threads/{thread}"), *WHOLE[3:]])
    assert harness.upstream.cancelled == ["resp_1"]


def test_a_server_without_background_mode_gets_a_plain_request(harness: Harness) -> None:
    thread = harness.thread("One")
    harness.script(Refusal(400, "Unknown parameter.", param="background"), WHOLE)
    assert names(harness.run(thread))[-1] == "run.completed"
    harness.run(thread, answer(message(says("Bye."), id="msg_b"), id="resp_2"), additional_instructions="On.")
    assert ["background" in body for body in harness.upstream.bodies] == [True, False, False]


def test_a_server_whose_background_mode_does_not_stream(harness: Harness) -> None:
    """As OGX: streamed runs are plain requests from then on, and others still use the background."""
    thread = harness.thread("One")
    harness.script(Refusal(400, "OGX does not yet support 'stream' and 'background' together."), WHOLE)
    assert names(harness.run(thread))[-1] == "run.completed"
    harness.run(thread, answer(message(says("Bye."), id="msg_b"), id="resp_2"), additional_instructions="On.")
    harness.script({"id": "resp_3", "status": "queued", "output": []})
    harness.post(f"threads/{thread}/runs", assistant_id=harness.assistant())
    assert ["background" in body for body in harness.upstream.bodies] == [True, False, False, True]


def test_a_refused_run_is_not_stored(harness: Harness) -> None:
    thread = harness.thread("One")
    with pytest.raises(Refused, match="Bad schema"):
        harness.run(thread, Refusal(400, "Bad schema.", param="tools"))
    assert harness.get(f"threads/{thread}/runs")["data"] == []


def lose(harness: Harness, thread: str, name: str, *reads: Any) -> Json:
    other = harness.elsewhere(name)
    with suppress(Lost):
        other.run(thread, [*reads, other.die])
    (run,) = harness.base.read(lambda tx: tx.db.exec_driver_sql("SELECT id FROM runs").all())
    return {"id": run[0], "thread_id": thread}


@pytest.mark.parametrize("status", ["queued", "in_progress"])
def test_the_answer_of_a_dead_process_is_read_again(harness: Harness, status: str) -> None:
    """Any number of processes may die: upstream generates the answer only once."""
    thread = harness.thread("One")
    run = lose(harness, thread, "other", *WHOLE[:4])
    harness.upstream.stored["resp_1"] = {"id": "resp_1", "status": status, "background": True, "output": []}
    second = harness.elsewhere("second")
    harness.script([*WHOLE[:3], second.die])
    with suppress(Lost):
        second.get(place(run))
    harness.script(WHOLE)
    harness.get(place(run))
    assert harness.get(place(run))["status"] == "completed"
    assert harness.messages(thread) == ["One", "Hello."]
    assert harness.upstream.resumed == [("resp_1", None)] * 2


def test_an_answer_that_upstream_cannot_resume_is_requested_again(harness: Harness) -> None:
    thread = harness.thread("One")
    run = lose(harness, thread, "other", *WHOLE[:4])
    harness.upstream.stored["resp_1"] = {"id": "resp_1", "status": "in_progress", "background": True, "output": []}
    harness.script(Refusal(400, "Not streamed.", param="stream"), answer(call(), id="resp_2"))
    harness.get(place(run))
    assert harness.get(place(run))["status"] == "requires_action"
    assert harness.sent["background"] is True


@pytest.mark.parametrize("model, background", [("gpt-4o", False), ("o3-deep-research", True), ("gpt-5-pro", True)])
@pytest.mark.parametrize("streamed", [True, False])
def test_only_slow_models_run_in_the_background(harness: Harness, model: str, background: bool, streamed: bool) -> None:
    harness.upstream.can = Profile("scripted", background=True)
    polled = {"id": "resp_1", "status": "completed", "output": [HELLO], "usage": None}
    harness.script(polled if background and not streamed else WHOLE)
    path, given = f"threads/{harness.thread('One')}/runs", {"assistant_id": harness.assistant(), "model": model}
    harness.stream(path, **given) if streamed else harness.post(path, **given)
    assert harness.sent.get("background", False) is background


def test_a_position_has_the_first_responses_id_and_the_last_number() -> None:
    found = StreamPosition(broken=2)
    found.read([{"type": "keepalive"}, {"response": None}, {"response": {"id": "resp_1"}, "sequence_number": 3}])
    found.read([{"response": {"id": "resp_2"}, "sequence_number": "x"}])
    assert found == StreamPosition("resp_1", 3, 0)
