"""Adopting what other servers made: how they list inputs, store responses, and word refusals."""

from typing import Any

import pytest

from shim.engine.bridge import adoption, natives, transcript
from shim.ports import Profile, Refusal
from shim.runtime import drive
from shim.store import threads
from shim.wire.errors import ApiError
from tests.engine.scripted import World, answer
from tests.translate.telling import message

Json = dict[str, Any]


def _user(text: str, id: str | None = None) -> Json:
    own = {} if id is None else {"id": id}
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]} | own


def _response(id: str, *output: Json, previous: str | None = None, **more: Any) -> Json:
    made = {"id": id, "created_at": 5, "status": "completed", "output": list(output)}
    return made | {"previous_response_id": previous} | more


class Server:
    """Responses with the items that are listed as their input."""

    def __init__(self, world: World, page: int = 100) -> None:
        self.world, self.page, self.inputs = world, page, dict[str, list[Json]]()
        world.upstream.call = self.call  # type: ignore[method-assign]

    def has(self, response: Json, *listed: Json) -> Json:
        self.world.upstream.stored[response["id"]] = response
        self.inputs[response["id"]] = list(listed)
        return response

    async def call(self, method: str, path: str, body: Any = None) -> Json:
        response_id, query = path.removeprefix("/responses/").split("/input_items?")
        if response_id not in self.inputs:
            raise Refusal(404 if response_id.startswith("resp") else 500, "Not here.")
        options = dict(pair.split("=") for pair in query.split("&"))
        listed = self.inputs[response_id]
        start = 1 + [item["id"] for item in listed].index(options["after"]) if "after" in options else 0
        data = listed[start : start + self.page]
        return {"data": data, "has_more": start + self.page < len(listed), "last_id": data[-1]["id"] if data else None}


def _adopt(world: World, thread_id: str, *responses: Any, **given: Any) -> list[str]:
    found = drive.finish(adoption.adopt(world.context, thread_id, list(responses), **given))
    return [part["text"]["value"] for each in found for part in each["content"]]


def _state(world: World, thread_id: str) -> transcript.Transcript:
    return world.base.read(transcript.read, world.context, thread_id)


@pytest.mark.parametrize("page", [1, 100])
@pytest.mark.parametrize("whole", [True, False], ids=["lists all before it", "lists what was new"])
def test_both_ways_to_list_an_input(world: World, page: int, whole: bool) -> None:
    server = Server(world, page)
    thread_id = world.thread("One.")
    world.run(thread_id, answer(message("Two.", id="msg_2"), id="resp_1"))
    one, two = _user("One.", "msg_1"), message("Two.", id="msg_2")
    three, four = _user("Three.", "msg_3"), message("Four.", id="msg_4")
    server.has(_response("resp_1", two), one)
    server.has(_response("resp_2", four, previous="resp_1"), *([one, two] if whole else []), three)
    before = [one, two, three, four] if whole else []
    five = _user("Five.", "msg_5")
    last = server.has(_response("resp_3", message("Six.", id="msg_6"), previous="resp_2"), *before, five)
    assert _adopt(world, thread_id, last) == ["Three.", "Four.", "Five.", "Six."]
    assert world.messages(thread_id) == ["One.", "Two.", "Three.", "Four.", "Five.", "Six."]
    assert _state(world, thread_id).last_response_id == "resp_3"
    world.say(thread_id, "Seven.")
    world.run(thread_id, answer(message("Eight.", id="msg_8"), id="resp_4"))
    assert (world.sent["previous_response_id"], len(world.sent["input"])) == ("resp_3", 1)


def test_a_conversation_knows_more_than_its_request_says(world: World) -> None:
    server = Server(world)
    thread_id = world.thread()
    last = server.has(_response("resp_1", message("Two."), conversation={"id": "conv_1"}), _user("One.", "msg_1"))
    assert _adopt(world, thread_id, last) == ["One.", "Two."]
    assert _state(world, thread_id).last_response_id is None


@pytest.mark.parametrize("how", [{"store": False}, {"status": "incomplete"}])
def test_from_which_no_run_chains(world: World, how: Json) -> None:
    server = Server(world)
    thread_id = world.thread()
    last = server.has(_response("resp_1", message("Two.", status="completed"), **how), _user("One.", "msg_1"))
    _adopt(world, thread_id, last)
    assert _state(world, thread_id).last_response_id is None


def test_a_server_that_stores_nothing(world: World) -> None:
    world.upstream.can = Profile("scripted", stores=False)
    thread_id = world.thread()
    assert _adopt(world, thread_id, _response("resp_1", message("Two.")), input="One.") == ["One.", "Two."]
    assert _state(world, thread_id).last_response_id is None
    assert world.base.read(threads.head, thread_id).response_id is None


def test_what_is_asked_of_a_thread_already_is_not_asked_twice(world: World) -> None:
    thread_id = world.thread("One.", "Two.")
    said = [_user("One."), _user("Two."), _user("Three.")]
    assert _adopt(world, thread_id, _response("resp_1", message("Four.")), input=said) == ["Three.", "Four."]
    world.say(thread_id, "Five.")
    # Its chain knows the thread but for one message, and the request says another: that is not in its head.
    other = _response("resp_2", message("Seven."), previous="resp_1")
    assert _adopt(world, thread_id, other, input="Six.") == ["Six.", "Seven."]
    assert _state(world, thread_id).last_response_id == "resp_1"
    # The same response at the same time: one of the two adds it.
    assert _adopt(world, thread_id, other, other, input="Six.") == []


def test_somebody_else_adopts_it_meanwhile(world: World) -> None:
    thread_id = world.thread()
    response = _response("resp_1", message("Two."))
    world.meddle(lambda name, *_: name == "_write", lambda: _adopt(world, thread_id, response, input="One."))
    assert _adopt(world, thread_id, response, input="One.") == []
    assert world.messages(thread_id) == ["One.", "Two."]


def test_refusals(world: World) -> None:
    server = Server(world)
    thread_id = world.thread()
    with pytest.raises(natives.NotAdoptable, match="give its input, too"):
        _adopt(world, thread_id, _response("resp_gone", message("Two.")))
    with pytest.raises(ApiError, match=r"Not here\."):
        _adopt(world, thread_id, _response("broken", message("Two.")))
    with pytest.raises(natives.NotAdoptable, match="'failed'"):
        _adopt(world, thread_id, server.has(_response("resp_1", message("Two."), status="failed")))
    with pytest.raises(natives.NotAdoptable, match="'completed'"):
        _adopt(world, thread_id, server.has(_response("resp_2")))
    assert world.messages(thread_id) == []


def test_an_approval_answers_the_one_who_asked(world: World) -> None:
    thread_id = world.thread()
    request = {"type": "mcp_approval_request", "id": "mcpr_1", "server_label": "s", "name": "f", "arguments": "{}"}
    leave = {"type": "mcp_approval_response", "approval_request_id": "mcpr_1", "approve": True}
    _adopt(world, thread_id, _response("resp_1", request), input="Go.")
    assert _state(world, thread_id).last_response_id is None
    _adopt(world, thread_id, _response("resp_2", message("Gone."), previous="resp_1"), input=[leave])
    kinds = [item["type"] for item in _state(world, thread_id).everything]
    assert kinds == ["message", "message"]
    stranger = {"type": "function_call_output", "call_id": "call_of_nobody", "output": "1"}
    _adopt(world, thread_id, _response("resp_3", message("Well.")), input=[stranger])
    assert [item["type"] for item in _state(world, thread_id).everything] == ["message"] * 3
