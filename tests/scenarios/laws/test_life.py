"""Any interleaving of calls on one thread, upstream's events and passing time, compared with a model of runs."""

from collections import Counter
from pathlib import Path
from typing import Final

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from shim.ports import Refusal
from shim.store.database import database
from tests.scenarios.laws.living import Place
from tests.scenarios.laws.rules import FUNCTION, Thread
from tests.scenarios.laws.table import Note, note
from tests.stores import Stores

#: Statuses, refusals and happenings that must occur in the examples, or the law would not cover them.
WANTED: Final = {
    *("queued", "in_progress", "requires_action", "cancelled", "failed", "completed", "incomplete", "expired"),
    *("Can't add messages to", "Can't delete message", "Thread already has", "Run creation requires a"),
    *("Expected tool outputs for", "Cannot cancel run with", "Cannot update run with", "No thread found with"),
    *('Runs in status "completed"', 'Runs in status "failed"', 'Runs in status "expired"', "Bad schema."),
    *("outputs were taken", "a reader left", "a process died", "a process came back"),
}
LAW: Final = settings(
    max_examples=40, stateful_step_count=35, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck)
)


def walk(thread: Thread) -> None:
    """The rarer actions, one after the other, so that the law covers them without depending on chance."""
    away, bad, plain = Refusal(500, "Away."), Refusal(400, "Bad schema."), (True, None, "Be kind.", ["Go."], True)
    thread.fresh()
    thread.start(True, None, "", [], True)
    for how in ("completed", "cap", "filter", "cancelled", "error", "silence"):
        thread.start(*plain)
        thread.answer(["message", "call", "search"] if how == "cap" else ["message"], how, False, False, None)
    thread.submit_amiss(1, [0], False)
    thread.start(True, away, "", ["Hello?"], True)
    thread.submit_amiss(0, [0], True)
    thread.start(True, bad, "", ["Hello!"], True)
    thread.start(*plain)
    thread.leave()
    thread.post("user", "Me too.")
    thread.start(*plain)
    thread.answer(["message", "call", "call"], "completed", False, False, None)
    thread.delete_message(0)
    thread.submit_amiss(0, [0, 0], False)
    thread.submit_amiss(0, [1, 2, 1], False)
    thread.submit(True, True, bad, False)
    walk_on(thread)


def walk_on(thread: Thread) -> None:
    plain = (True, None, "Be kind.", ["Go."], True)
    thread.delete_message(1)
    thread.submit(True, True, None, True)
    thread.update(0, "a")
    thread.answer(["call"], "completed", False, False, None)
    thread.cancel(0, True)
    thread.cancel(0, True)
    thread.start(*plain)
    thread.answer(["call"], "completed", False, False, None)
    thread.wait(600.0)
    thread.submit(False, False, None, False)
    for how in ("failed", "lost"):
        thread.start(*plain)
        thread.item("message", False)
        thread.delta(0, "Half")
        thread.end(how)
    thread.start(*plain)
    thread.item("message", False)
    thread.delta(0, "Half")
    thread.cancel(0, True)
    thread.start(False, None, "", ["Never mind."], False)
    thread.cancel(0, True)
    thread.start(*plain)
    thread.item("message", False)
    thread.delta(0, "Half")
    thread.die(True)
    thread.agree()
    thread.wake()
    thread.delete_thread(True)
    thread.teardown()


def test_any_interleaving_agrees_with_the_model(stores: Stores, tmp_path: Path, record_property: Note) -> None:
    url = stores.new(tmp_path, "life.db")
    base = database(url)
    place, seen = Place(base), Counter[str]()
    assistants = {
        text: place.harness.assistant(tools=[FUNCTION], instructions=text or None) for text in ("", "Be kind.")
    }
    machine = type("Here", (Thread,), {"place": place, "assistants": assistants, "seen": seen})
    walk(machine())
    run_state_machine_as_test(machine, settings=LAW)
    base.close()
    stores.drop(url)
    note(record_property, "runs, refusals, happenings", seen)
    assert seen.keys() >= WANTED
