"""A carefully written program of the old API: it continues after every error and after being killed.

It reads all its state from the thread, so that after a restart it continues at the same place.
"""

import json
import random
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import openai

from shim.http.transport import http
from tests.scenarios.doors.talking import tool
from tests.scenarios.load.scale import FUNCTION, fact, facts, question

TOOLS: Final = [tool(FUNCTION, turn="integer", part="integer")]
ACTIVE: Final = ("queued", "in_progress", "requires_action", "cancelling")
#: The longest pause before a retry, in seconds.
PAUSE: Final = 0.2
#: A stream that breaks off raises an error of the HTTP library.
ERRORS: Final = (openai.APIError, http.HTTPError)
ID: Final = re.compile(r"(?:asst|thread|run|msg|call)_\w+")
Note = Callable[[str, float], None]


@dataclass
class Conversation:
    """One thread, whose questions are asked and answered one after the other."""

    client: Any
    assistant_id: str
    thread_id: str
    turns: int
    seed: str
    note: Note

    @property
    def runs(self) -> Any:
        return self.client.beta.threads.runs

    def converse(self) -> None:
        """Ask all questions, and retry after every error."""
        while True:
            try:
                return self._go_on()
            except ERRORS as problem:
                self.note(f"error {_told(problem)}", 0.0)
                time.sleep(random.uniform(0, PAUSE))

    def _go_on(self) -> None:
        self._free()
        turn, question_added = self._place()
        while turn <= self.turns:
            began = time.monotonic()
            if not question_added:
                self.client.beta.threads.messages.create(self.thread_id, role="user", content=question(turn))
            run = self._finish(random.choice((self._poll, self._stream, self._leave))())
            self.note(f"run {run.status}", 0.0)
            question_added = run.status != "completed"
            if not question_added:
                self.note("turn", time.monotonic() - began)
                turn += 1

    def _place(self) -> tuple[int, bool]:
        """The first turn without an answer, and whether its question is already in the thread.

        A run can fail after its last text, for example when its last event was lost.  Then the text is no answer.
        """
        turn, answered = 0, True
        completed = {run.id for run in self.runs.list(self.thread_id, limit=100) if run.status == "completed"}
        for message in self.client.beta.threads.messages.list(self.thread_id, order="asc", limit=100):
            if message.role == "user":
                turn, answered = turn + 1, False
            elif message.run_id in completed:
                text = "".join(part.text.value for part in message.content)
                answered = answered or all(known in text for known in facts(self.seed, self.thread_id, turn))
        return (turn + 1, False) if answered else (turn, True)

    def _free(self) -> None:
        """Finish or cancel a run that an earlier attempt left active."""
        newest = self.runs.list(self.thread_id, limit=1).data
        if newest and newest[0].status in ACTIVE:
            run = newest[0]
            if random.random() < 0.3:
                try:
                    run = self.runs.cancel(run.id, thread_id=self.thread_id)
                except openai.BadRequestError:
                    # The run ended before the cancellation.
                    run = self.runs.retrieve(run.id, thread_id=self.thread_id)
            run = self._finish(run)
            self.note(f"left behind: {run.status}", 0.0)

    def _finish(self, run: Any) -> Any:
        """Poll a run until it ends, and submit the outputs that it requires."""
        where = {"thread_id": self.thread_id}
        while run.status in ACTIVE:
            if run.status == "requires_action":
                outputs = list(self._outputs(run))
                run = self.runs.submit_tool_outputs_and_poll(run_id=run.id, tool_outputs=outputs, **where)
            else:
                run = self.runs.poll(run.id, **where)
        return run

    def _outputs(self, run: Any) -> Iterator[dict[str, str]]:
        for call in run.required_action.submit_tool_outputs.tool_calls:
            given = json.loads(call.function.arguments)
            yield {"tool_call_id": call.id, "output": fact(self.seed, self.thread_id, given["turn"], given["part"])}

    def _poll(self) -> Any:
        return self.runs.create_and_poll(thread_id=self.thread_id, assistant_id=self.assistant_id)

    def _stream(self) -> Any:
        """Stream every round of a run."""
        with self.runs.stream(thread_id=self.thread_id, assistant_id=self.assistant_id) as stream:
            run = _last(stream)
        while run.status == "requires_action":
            outputs = list(self._outputs(run))
            given = {"thread_id": self.thread_id, "run_id": run.id, "tool_outputs": outputs}
            with self.runs.submit_tool_outputs_stream(**given) as stream:
                run = _last(stream)
        return run

    def _leave(self) -> Any:
        """Stream a run, and disconnect after a few events."""
        stream = self.runs.create(thread_id=self.thread_id, assistant_id=self.assistant_id, stream=True)
        with stream:
            for event, _ in pairwise(stream):
                if event.event == "thread.run.in_progress":
                    break
        return self.runs.list(self.thread_id, limit=1).data[0]


def _told(problem: Exception) -> str:
    """What an error says, without ids, so that equal ones can be counted: of a refusal its request and its words."""
    if not isinstance(problem, openai.APIStatusError):
        return type(problem).__name__
    asked = problem.request
    return ID.sub("ID", f"{problem.status_code} {asked.method} {asked.url.path}: {problem.message}")


def _last(stream: Any) -> Any:
    stream.until_done()
    run = stream.current_run
    assert run is not None
    return run
