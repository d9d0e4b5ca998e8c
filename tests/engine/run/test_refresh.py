"""Looks at a thread's active run: what they find, and what becomes of the run where a look breaks."""

from typing import Any

import pytest

from shim.ports import Profile
from shim.translate import stream
from tests.engine.run.test_background import response, start
from tests.engine.run.test_recovery import lose
from tests.engine.scripted import World, place
from tests.translate.telling import created, message, says

HELLO = message(says("Hello."))


@pytest.fixture
def background(world: World) -> World:
    """A world whose runs go on in upstream's background."""
    world.upstream.can = Profile("scripted", background=True, always=True)
    return world


def broken(turn: Any, event: Any) -> Any:
    """A rule with a mistake of ours."""
    raise KeyError("ours")
    yield


def test_two_processes_that_look_at_once_find_the_same_end(background: World, monkeypatch) -> None:
    """Both fetch the finished response; the second to write it takes what the first has written."""
    thread = background.thread("One")
    run = start(background, thread, response())
    background.upstream.stored["resp_1"] = response("completed", HELLO)
    other, seen = background.elsewhere("other"), []
    retrieve = type(background.upstream).retrieve

    async def beside(self, response_id):
        found = await retrieve(self, response_id)
        if not seen:
            seen.append(None)
            seen[:] = [other.get(place(run))["status"]]
        return found

    monkeypatch.setattr(type(background.upstream), "retrieve", beside)
    assert background.get(place(run))["status"] == "completed"
    assert seen == ["completed"]
    assert background.messages(thread) == ["One", "Hello."]


def test_a_response_that_the_shim_cannot_translate_fails_the_run(background: World, monkeypatch, caplog) -> None:
    """Not every look at the thread, until the run's time is over."""

    thread = background.thread("One")
    run = start(background, thread, response())
    background.upstream.stored["resp_1"] = response("completed", HELLO)
    monkeypatch.setitem(stream.RULES, "response.completed", broken)
    found = background.get(place(run))
    assert (found["status"], found["last_error"]["code"]) == ("failed", "server_error")
    assert found["last_error"]["message"].startswith("internal error of the shim, see the log of 1970-01-01T")
    (record,) = [record for record in caplog.records if record.exc_info]
    assert run["id"] in record.getMessage()
    monkeypatch.undo()
    start(background, thread, response("completed", message(says("Bye."), id="msg_b"), id="resp_2"))
    assert background.messages(thread) == ["One", "Bye."]


def test_a_found_response_that_the_shim_cannot_translate_fails_the_run(world: World, monkeypatch) -> None:
    """Each look would find it again, and break in the same way."""

    thread = world.thread("One")
    run = lose(world, thread, [created()])
    world.upstream.stored["resp_1"] = response("completed", HELLO)
    monkeypatch.setitem(stream.RULES, "response.completed", broken)
    found = world.get(place(run))
    assert found["status"] == "failed"
    assert found["last_error"]["message"].startswith("internal error of the shim, see the log of ")
    assert world.messages(thread) == ["One"]
