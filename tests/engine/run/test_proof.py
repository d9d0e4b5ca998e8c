"""An unknown server must show once that it continues from a previous response, before requests are chained."""

import logging
from typing import Any

import pytest

from shim.ports import Profile, Refusal
from tests.engine.scripted import World, answer, inputs
from tests.translate.telling import last, message, names, says

pytestmark = pytest.mark.proof
HELLO = message(says("Hello."))
UNKNOWN = Profile("other", trusted=False)
GONE = Refusal(400, "Gone.", code="previous_response_not_found")


def echoing(body: dict[str, Any], id: str, **more: Any) -> Any:
    return answer(HELLO, id=id, previous_response_id=body.get("previous_response_id"), **more)


class Talk:
    """A thread on an unknown server; ``proof``: its answer to an invented response id."""

    def __init__(self, world: World, proof: Any, has_it: bool = True) -> None:
        self.world, self.proof, self.has_it = world, proof, has_it
        world.upstream.can = UNKNOWN
        self.thread, self.assistant, self.count = world.thread("One"), world.assistant(), 0

    def say(self, text: str = "And?", asks: bool = False) -> list[str]:
        """Run the thread; returns the input that was sent."""
        world, self.count = self.world, self.count + 1
        id = f"resp_x{self.count}"
        if asks:
            world.script(self.proof)
        told = world.run(
            self.thread,
            lambda body: [[event] for read in self._made(body, id) for event in read],
            assistant_id=self.assistant,
        )
        assert names(told)[-1] == "run.completed"
        if self.has_it:
            world.upstream.stored[id] = {"id": id, "object": "response", "status": "completed", "output": []}
        sent = inputs(world.sent)
        world.say(self.thread, text)
        return sent

    def _made(self, body: dict[str, Any], id: str) -> Any:
        reads: Any = echoing(body, id)
        reads[0][0]["response"]["previous_response_id"] = body.get("previous_response_id")
        return reads


def test_a_server_that_refuses_an_invented_id_is_chained(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """Its first response has no ``store``."""
    talk = Talk(world, GONE)
    assert talk.say() == ["One"]
    assert talk.say(asks=True) == ["And?"]
    assert talk.say() == ["And?"]
    assert world.sent["previous_response_id"] == "resp_x2"
    proofs = [body for body in world.upstream.bodies if body.get("max_output_tokens") == 16]
    assert len(proofs) == 1
    assert (proofs[0]["store"], world.upstream.asked) == (False, ["resp_x1"])
    assert proofs[0]["previous_response_id"] not in world.upstream.stored
    assert caplog.records == []


def test_a_server_whose_echo_omits_an_invented_id_is_chained_but_not_trusted(world: World) -> None:
    talk = Talk(world, {"id": "resp_p", "status": "completed", "output": [], "previous_response_id": None})
    talk.say()
    assert talk.say(asks=True) == ["And?"]
    assert talk.say() == ["And?"]
    assert not world.context.profile("gpt-4o").trusted


def test_a_server_that_accepts_any_id_gets_the_whole_thread(world: World, caplog: pytest.LogCaptureFixture) -> None:
    talk = Talk(world, lambda body: {"id": "p", "status": "completed", "output": []} | _echo(body))
    talk.say()
    with caplog.at_level(logging.WARNING, "shim"):
        assert talk.say(asks=True) == ["One", "Hello.", "And?"]
        assert talk.say() == ["One", "Hello.", "And?", "Hello.", "And?"]
    assert (world.sent["store"], "previous_response_id" in world.sent) == (False, False)
    assert [record.message.partition(":")[0] for record in caplog.records] == [
        "upstream has not shown that it continues from previous responses"
    ]


def _echo(body: dict[str, Any]) -> dict[str, Any]:
    return {"previous_response_id": body["previous_response_id"]}


def test_a_server_that_does_not_have_its_response_gets_no_test_request(world: World) -> None:
    talk = Talk(world, GONE, has_it=False)
    talk.say()
    assert talk.say() == ["One", "Hello.", "And?"]
    assert len(talk.say()) == 5
    # After two losses this is known.
    assert len(talk.say()) == 7
    assert world.upstream.asked == ["resp_x1", "resp_x2"]


def test_a_test_request_that_failed_is_repeated(world: World) -> None:
    talk = Talk(world, Refusal(503, "Busy."))
    talk.say()
    assert talk.say(asks=True) == ["One", "Hello.", "And?"]
    talk.proof = GONE
    assert talk.say(asks=True) == ["And?"]


def test_a_response_with_another_id_than_requested_is_no_proof(world: World) -> None:
    talk = Talk(world, GONE)
    talk.say()
    world.upstream.stored["resp_x1"] = {"id": "resp_y"}
    assert talk.say() == ["One", "Hello.", "And?"]


def test_a_server_that_reports_store_false_gets_no_test_request(world: World) -> None:
    world.upstream.can = UNKNOWN
    thread, assistant = world.thread("One"), world.assistant()
    reads: Any = answer(HELLO, store=False)
    reads[0][0]["response"]["store"] = False
    world.run(thread, reads, assistant_id=assistant)
    world.say(thread, "Two")
    assert last(world.run(thread, answer(HELLO, id="resp_b"), assistant_id=assistant), "run.completed")
    assert world.upstream.asked == []
