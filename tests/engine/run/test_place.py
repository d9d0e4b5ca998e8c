"""Streamed answers in upstream's background mode: a stream that breaks off is resumed."""

from contextlib import suppress
from typing import Any

import pytest

from shim.engine.run.place import PAUSES, Place
from shim.ports import Profile, Refusal
from tests.engine.scripted import Lost, Refused, World, answer, place
from tests.translate.telling import added, call, created, done, ended, last, message, names, says, text

Json = dict[str, Any]
HELLO = message(says("Hello."))
CUT = Refusal(None, "The connection to the model was lost.")


@pytest.fixture
def world(world: World) -> World:
    world.upstream.can = Profile("scripted", background=True, always=True)
    return world


def numbered(*reads: list[Json], first: int = 0) -> list[list[Json]]:
    """One event in each network read, with its sequence number."""
    return [[event | {"sequence_number": first + n}] for n, (event,) in enumerate(reads)]


WHOLE = numbered([created()], [added(HELLO)], [text("Hel")], [text("lo.")], [done(HELLO)], [ended(HELLO)])


@pytest.mark.parametrize("how", [[], [CUT]], ids=["it ends", "it breaks"])
@pytest.mark.parametrize("cut", [1, 2, 3, 4, 5])
def test_a_stream_that_breaks_off_is_resumed(world: World, cut: int, how: list[Any]) -> None:
    thread, calm = world.thread("One"), world.thread("One")
    world.script([*WHOLE[:cut], *how], WHOLE[cut:])
    told = world.run(thread)
    assert world.upstream.resumed == [("resp_1", cut - 1)]
    assert names(told) == names(world.run(calm, [[event | {}] for (event,) in WHOLE]))
    assert world.messages(thread) == ["One", "Hello."]
    assert (world.upstream.bodies[0]["background"], world.upstream.cancelled) == (True, [])


def test_resuming_is_retried_and_each_success_resets_the_pauses(world: World) -> None:
    waited: list[float] = []

    async def wait(seconds: float) -> None:
        waited.append(seconds)

    object.__setattr__(world.context, "wait", wait)
    thread = world.thread("One")
    world.script([*WHOLE[:2], CUT], CUT, Refusal(503, "Busy."), [WHOLE[2], CUT], WHOLE[3:])
    assert names(world.run(thread))[-1] == "run.completed"
    assert waited == [*PAUSES[:3], PAUSES[0]]


def test_a_stream_that_cannot_be_resumed_fails_the_run(world: World) -> None:
    thread = world.thread("One")
    world.script([*WHOLE[:3], CUT], Refusal(404, "No such response."))
    assert last(world.run(thread), "run.failed")["last_error"]["message"] == "No such response."
    assert world.upstream.cancelled == ["resp_1"]
    world.script([*WHOLE[:3], CUT], *[CUT] * len(PAUSES))
    assert names(world.run(thread))[-1] == "run.failed"


def test_cancelling_the_run_cancels_the_response(world: World) -> None:
    thread = world.thread("One")
    stop = lambda: world.post(f"threads/{thread}/runs/run_1/cancel") and None  # noqa: E731
    told = world.run(thread, [*WHOLE[:3], stop, *WHOLE[3:]])
    assert (names(told)[-1], world.upstream.cancelled, world.upstream.resumed) == ("run.cancelled", ["resp_1"], [])


def test_deleting_the_thread_cancels_the_response(world: World) -> None:
    thread = world.thread("One")
    world.upstream.uncancellable = Refusal(404, "Gone.")
    world.run(thread, [*WHOLE[:3], lambda: world.delete(f"threads/{thread}"), *WHOLE[3:]])
    assert world.upstream.cancelled == ["resp_1"]


def test_a_server_without_background_mode_gets_a_plain_request(world: World) -> None:
    thread = world.thread("One")
    world.script(Refusal(400, "Unknown parameter.", param="background"), WHOLE)
    assert names(world.run(thread))[-1] == "run.completed"
    world.run(thread, answer(message(says("Bye."), id="msg_b"), id="resp_2"), additional_instructions="On.")
    assert ["background" in body for body in world.upstream.bodies] == [True, False, False]


def test_a_refused_run_is_not_stored(world: World) -> None:
    thread = world.thread("One")
    with pytest.raises(Refused, match="Bad schema"):
        world.run(thread, Refusal(400, "Bad schema.", param="tools"))
    assert world.get(f"threads/{thread}/runs")["data"] == []


def lose(world: World, thread: str, name: str, *reads: Any) -> Json:
    other = world.elsewhere(name)
    with suppress(Lost):
        other.run(thread, [*reads, other.die])
    (run,) = world.base.read(lambda tx: tx.db.exec_driver_sql("SELECT id FROM runs").all())
    return {"id": run[0], "thread_id": thread}


@pytest.mark.parametrize("status", ["queued", "in_progress"])
def test_the_answer_of_a_dead_process_is_read_again(world: World, status: str) -> None:
    """Any number of processes may die: upstream generates the answer only once."""
    thread = world.thread("One")
    run = lose(world, thread, "other", *WHOLE[:4])
    world.upstream.stored["resp_1"] = {"id": "resp_1", "status": status, "background": True, "output": []}
    second = world.elsewhere("second")
    world.script([*WHOLE[:3], second.die])
    with suppress(Lost):
        second.get(place(run))
    world.script(WHOLE)
    world.get(place(run))
    assert world.get(place(run))["status"] == "completed"
    assert world.messages(thread) == ["One", "Hello."]
    assert world.upstream.resumed == [("resp_1", None)] * 2


def test_an_answer_that_upstream_cannot_resume_is_requested_again(world: World) -> None:
    thread = world.thread("One")
    run = lose(world, thread, "other", *WHOLE[:4])
    world.upstream.stored["resp_1"] = {"id": "resp_1", "status": "in_progress", "background": True, "output": []}
    world.script(Refusal(400, "Not streamed.", param="stream"), answer(call(), id="resp_2"))
    world.get(place(run))
    assert world.get(place(run))["status"] == "requires_action"
    assert world.sent["background"] is True


@pytest.mark.parametrize("model, background", [("gpt-4o", False), ("o3-deep-research", True), ("gpt-5-pro", True)])
@pytest.mark.parametrize("streamed", [True, False])
def test_only_slow_models_run_in_the_background(world: World, model: str, background: bool, streamed: bool) -> None:
    world.upstream.can = Profile("scripted", background=True)
    polled = {"id": "resp_1", "status": "completed", "output": [HELLO], "usage": None}
    world.script(polled if background and not streamed else WHOLE)
    path, given = f"threads/{world.thread('One')}/runs", {"assistant_id": world.assistant(), "model": model}
    world.stream(path, **given) if streamed else world.post(path, **given)
    assert world.sent.get("background", False) is background


def test_a_place_has_the_first_responses_id_and_the_last_number() -> None:
    found = Place(broken=2)
    found.read([{"type": "keepalive"}, {"response": None}, {"response": {"id": "resp_1"}, "sequence_number": 3}])
    found.read([{"response": {"id": "resp_2"}, "sequence_number": "x"}])
    assert found == Place("resp_1", 3, 0)
