"""A process that is killed during a run: the next process continues its threads."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.recordings import ROOT
from tests.scenarios.doors.loopback import Gate, Loopback, Reply, Request
from tests.scenarios.doors.test_programs import run_program, swapped

Json = dict[str, Any]
CALL = "get_time"


@dataclass
class Scene:
    """A server whose answers stall, except for the first ``whole`` ones, and the database that both processes use."""

    environment: dict[str, str]
    server: Loopback = field(default_factory=Loopback)
    gate: Gate = field(default_factory=lambda: Gate(chunks=8))
    #: How many answers are complete.
    whole: int = 1
    #: Whether upstream completes an answer that has no reader.
    finishes: bool = False
    ids: list[str] = field(default_factory=list)

    def answer(self, request: Request) -> Reply | None:
        if (
            not request.path.endswith("/responses")
            or len(self.server.bodies) <= self.whole
            or self.gate.opened.is_set()
        ):
            return None
        reply = self.server.usual(request)
        body = list(reply.body) if self.finishes else reply.body
        return Reply(reply.status, reply.headers, self.gate.through(body))

    def kill_the_first(self, second: str, until: str, output: str = "") -> None:
        """Start the first process, and kill it as soon as it has printed ``until``."""
        known = os.environ | self.environment | {"SECOND": second, "OUTPUT": output}
        line = [sys.executable, "-c", swapped("stalls.py")]
        with subprocess.Popen(
            line, cwd=ROOT, env=known, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as it:
            assert it.stdout is not None
            self.ids = it.stdout.readline().split()
            assert self.ids[2:] == ["completed"]
            for printed in it.stdout:
                if printed.strip() == until:
                    break
            it.send_signal(signal.SIGKILL)
            assert it.wait(10) == -signal.SIGKILL
        self.gate.open()

    def go_on(self) -> Json:
        self.server.requests.clear()
        return run_program("-c", swapped("goes_on.py"), **self.environment, ASSISTANT=self.ids[0], THREAD=self.ids[1])


@pytest.fixture
def scene() -> Iterator[Scene]:
    with scenery() as found:
        yield found


@contextmanager
def scenery() -> Iterator[Scene]:
    made = Scene({"SHIM_DATABASE_URL": os.environ["SHIM_DATABASE_URL"], "OPENAI_API_KEY": "test"})
    made.server.answer = made.answer
    with made.server as server:
        # A known kind of server, which need not prove first that it stores responses.
        made.environment |= {"OPENAI_BASE_URL": server.url, "SHIM_UPSTREAM_PROFILE": "ogx"}
        yield made


def texts(body: Json) -> list[str]:
    """The input of a request: the text of each message, and the type of every other item."""
    return [item["content"][0]["text"] if item["type"] == "message" else item["type"] for item in body["input"]]


def first_response(scene: Scene) -> str:
    """The previous response id of the first process's second request."""
    return str(scene.server.bodies[1]["previous_response_id"])


def test_a_run_that_upstream_lost_is_requested_again(scene: Scene) -> None:
    scene.kill_the_first("Two", until="thread.message.delta")
    lost = scene.server.bodies[1]
    known = scene.go_on()
    assert (known["lost"], known["error"], known["next"]) == ("completed", None, "completed")
    assert known["before"] == [["user", "completed"], ["assistant", "completed"]] * 2
    again, body = scene.server.bodies
    assert again == lost
    assert texts(body) == ["Three"]
    assert "One" in known["answer"]


@pytest.mark.slow
def test_a_run_that_upstream_finished_in_the_meantime(scene: Scene) -> None:
    scene.finishes = True
    scene.kill_the_first("Two", until="thread.message.delta")
    head = first_response(scene)
    known = scene.go_on()
    assert (known["lost"], known["next"]) == ("completed", "completed")
    assert known["before"] == [["user", "completed"], ["assistant", "completed"]] * 2
    (body,) = scene.server.bodies
    assert body["previous_response_id"] not in ("", None, head)
    assert texts(body) == ["Three"]
    assert "Two" in known["answer"]


def test_a_run_that_required_action(scene: Scene) -> None:
    scene.whole = 9
    scene.kill_the_first(CALL, until="thread.run.requires_action")
    known = scene.go_on()
    assert (known["lost"], known["went on"], known["next"]) == ("requires_action", "completed", "completed")
    outputs, after = scene.server.bodies
    assert [(item["type"], item["output"]) for item in outputs["input"]] == [("function_call_output", "noon")]
    assert outputs["previous_response_id"]
    assert texts(after) == ["Three"]
    assert after["previous_response_id"] not in (None, outputs["previous_response_id"])
    assert "noon" in known["answer"]


@pytest.mark.slow
def test_a_run_whose_outputs_were_submitted(scene: Scene) -> None:
    scene.whole = 2
    scene.kill_the_first(CALL, until="again thread.message.delta", output="midnight")
    lost = scene.server.bodies[2]
    known = scene.go_on()
    assert (known["lost"], known["error"], known["next"]) == ("completed", None, "completed")
    again, body = scene.server.bodies
    assert again == lost
    assert texts(again) == ["function_call_output"]
    assert texts(body) == ["Three"]
    assert "midnight" in known["answer"]
