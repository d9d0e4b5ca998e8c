"""An unknown server must show once that it continues from a previous response, before requests are chained."""

import logging
from typing import Any

import pytest

from shim.ports import Profile, Refusal
from tests.engine.scripted import Harness, answer, inputs
from tests.translate.upstream_events import last, message, names, says

pytestmark = pytest.mark.proof
HELLO = message(says("Hello."))
UNKNOWN = Profile("other", trusted=False)
GONE = Refusal(400, "Gone.", code="previous_response_not_found")


def echoing(body: dict[str, Any], id: str, **more: Any) -> Any:
    return answer(HELLO, id=id, previous_response_id=body.get("previous_response_id"), **more)


class Talk:
    """A thread on an unknown server; ``proof``: its answer to an invented response id."""

    def __init__(self, harness: Harness, proof: Any, has_it: bool = True) -> None:
        self.harness, self.proof, self.has_it = harness, proof, has_it
        harness.upstream.can = UNKNOWN
        self.thread, self.assistant, self.count = harness.thread("One"), harness.assistant(), 0

    def turn(self, text: str = "And?", probed: bool = False) -> list[str]:
        """Run the thread; returns the input that was sent."""
        harness, self.count = self.harness, self.count + 1
        id = f"resp_x{self.count}"
        if probed:
            harness.script(self.proof)
        emitted = harness.run(
            self.thread,
            lambda body: [[event] for read in self._made(body, id) for event in read],
            assistant_id=self.assistant,
        )
        assert names(emitted)[-1] == "run.completed"
        if self.has_it:
            harness.upstream.stored[id] = {"id": id, "object": "response", "status": "completed", "output": []}
        sent = inputs(harness.sent)
        harness.message(self.thread, text)
        return sent

    def _made(self, body: dict[str, Any], id: str) -> Any:
        reads: Any = echoing(body, id)
        reads[0][0]["response"]["previous_response_id"] = body.get("previous_response_id")
        return reads


def test_a_server_that_refuses_an_invented_id_is_chained(harness: Harness, caplog: pytest.LogCaptureFixture) -> None:
    """Its first response has no ``store``."""
    talk = Talk(harness, GONE)
    assert talk.turn() == ["One"]
    assert talk.turn(probed=True) == ["And?"]
    assert talk.turn() == ["And?"]
    assert harness.sent["previous_response_id"] == "resp_x2"
    proofs = [body for body in harness.upstream.bodies if body.get("max_output_tokens") == 16]
    assert len(proofs) == 1
    assert (proofs[0]["store"], harness.upstream.retrieved) == (False, ["resp_x1"])
    assert proofs[0]["previous_response_id"] not in harness.upstream.stored
    assert caplog.records == []


def test_a_server_whose_echo_omits_an_invented_id_is_chained_but_not_trusted(harness: Harness) -> None:
    talk = Talk(harness, {"id": "resp_p", "status": "completed", "output": [], "previous_response_id": None})
    talk.turn()
    assert talk.turn(probed=True) == ["And?"]
    assert talk.turn() == ["And?"]
    assert not harness.context.profile("gpt-4o").trusted


def test_a_server_that_accepts_any_id_gets_the_whole_thread(harness: Harness, caplog: pytest.LogCaptureFixture) -> None:
    talk = Talk(harness, lambda body: {"id": "p", "status": "completed", "output": []} | _echo(body))
    talk.turn()
    with caplog.at_level(logging.WARNING, "shim"):
        assert talk.turn(probed=True) == ["One", "Hello.", "And?"]
        assert talk.turn() == ["One", "Hello.", "And?", "Hello.", "And?"]
    assert (harness.sent["store"], "previous_response_id" in harness.sent) == (False, False)
    assert [record.message.partition(":")[0] for record in caplog.records] == [
        "upstream has not shown that it continues from previous responses"
    ]


def _echo(body: dict[str, Any]) -> dict[str, Any]:
    return {"previous_response_id": body["previous_response_id"]}


def test_a_server_that_does_not_have_its_response_gets_no_test_request(harness: Harness) -> None:
    talk = Talk(harness, GONE, has_it=False)
    talk.turn()
    assert talk.turn() == ["One", "Hello.", "And?"]
    assert len(talk.turn()) == 5
    # After two losses this is known.
    assert len(talk.turn()) == 7
    assert harness.upstream.retrieved == ["resp_x1", "resp_x2"]


def test_a_test_request_that_failed_is_repeated(harness: Harness) -> None:
    talk = Talk(harness, Refusal(503, "Busy."))
    talk.turn()
    assert talk.turn(probed=True) == ["One", "Hello.", "And?"]
    talk.proof = GONE
    assert talk.turn(probed=True) == ["And?"]


def test_a_response_with_another_id_than_requested_is_no_proof(harness: Harness) -> None:
    talk = Talk(harness, GONE)
    talk.turn()
    harness.upstream.stored["resp_x1"] = {"id": "resp_y"}
    assert talk.turn() == ["One", "Hello.", "And?"]


def test_a_server_that_reports_store_false_gets_no_test_request(harness: Harness) -> None:
    harness.upstream.can = UNKNOWN
    thread, assistant = harness.thread("One"), harness.assistant()
    reads: Any = answer(HELLO, store=False)
    reads[0][0]["response"]["store"] = False
    harness.run(thread, reads, assistant_id=assistant)
    harness.message(thread, "Two")
    assert last(harness.run(thread, answer(HELLO, id="resp_b"), assistant_id=assistant), "run.completed")
    assert harness.upstream.retrieved == []
