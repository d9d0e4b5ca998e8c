"""The main scenarios: small programs that can be started again after a crash, as a careful application can.

Each program adds its message unless the thread contains it already, and then makes sure that the last message has an
answer.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

from tests.scenarios.doors.talking import tool

Json = dict[str, Any]
TOOLS: Final = [tool("get_time"), tool("get_weather", city="string")]
#: A question that needs one function, one that needs two in succession, and one that needs none.
ONE: Final = "get_time"
TWO: Final = "get_time then get_weather"
LAST: Final = "Bye"
#: A second question, for which upstream has just lost the chain.
LOST: Final = "And now?"
#: The statuses in which a run either has ended or requires action by its caller.
SETTLED: Final = ("completed", "failed", "expired", "cancelled", "incomplete", "requires_action")


class Application:
    """One conversation.  ``thread_id`` is known from the start, as an application stores it with its user."""

    def __init__(self, client: Any, assistant_id: str, thread_id: str) -> None:
        self.threads, self.assistant_id, self.thread_id = client.beta.threads, assistant_id, thread_id

    def add_message(self, text: str) -> None:
        """Add a message, unless the thread contains it."""
        texts = [part.text.value for message in self.messages() for part in message.content]
        if text not in texts:
            self.threads.messages.create(self.thread_id, role="user", content=text)

    def messages(self) -> list[Any]:
        return list(self.threads.messages.list(self.thread_id, order="asc", limit=100))

    def runs(self) -> list[Any]:
        return list(self.threads.runs.list(self.thread_id, order="asc", limit=100))

    def answered(self) -> bool:
        last = self.messages()[-1]
        return last.role == "assistant" and last.status == "completed" and self.runs()[-1].status == "completed"

    def outputs(self, run: Any) -> list[Json]:
        calls = run.required_action.submit_tool_outputs.tool_calls
        return [{"tool_call_id": call.id, "output": "fine"} for call in calls]

    def go_on(self, rounds: Callable[["Application", Any], Any]) -> None:
        """Run rounds until the last message has an answer, whatever state the thread is in."""
        for _ in range(8):
            if self.answered():
                return
            waiting = [run for run in self.runs() if run.status == "requires_action"]
            rounds(self, waiting[0] if waiting else None)
        raise AssertionError(f"no answer: {[run.status for run in self.runs()]}")


def streamed(app: Application, waiting: Any) -> None:
    """One round, streamed."""
    parameters: Json = {"thread_id": app.thread_id, "stream": True}
    if waiting is None:
        events: Iterable[Any] = app.threads.runs.create(assistant_id=app.assistant_id, **parameters)
    else:
        events = app.threads.runs.submit_tool_outputs(waiting.id, tool_outputs=app.outputs(waiting), **parameters)
    for _ in events:
        pass


def polled(app: Application, waiting: Any) -> None:
    """One round, polled."""
    if waiting is None:
        run = app.threads.runs.create(app.thread_id, assistant_id=app.assistant_id)
    else:
        parameters: Json = {"thread_id": app.thread_id, "tool_outputs": app.outputs(waiting)}
        run = app.threads.runs.submit_tool_outputs(waiting.id, **parameters)
    while run.status not in SETTLED:
        run = app.threads.runs.retrieve(run.id, thread_id=app.thread_id)


def talk(question: str, rounds: Callable[[Application, Any], Any]) -> Callable[[Application], None]:
    """A program that asks one question whose answer needs functions."""

    def program(app: Application) -> None:
        app.add_message(question)
        app.go_on(rounds)

    return program


def give_up(app: Application) -> None:
    """Ask, and cancel the run when it requires action, unless it is cancelled already."""
    app.add_message(ONE)
    if not app.runs() or app.runs()[-1].status in ("failed", "completed"):
        streamed(app, None)
    waiting = app.runs()[-1]
    if waiting.status == "requires_action":
        app.threads.runs.cancel(waiting.id, thread_id=app.thread_id)
        waiting = app.threads.runs.retrieve(waiting.id, thread_id=app.thread_id)
    assert waiting.status == "cancelled"


def go_on_without_a_chain(app: Application) -> None:
    """A second turn, for which upstream has lost the chain."""
    for text in (ONE, LOST):
        app.add_message(text)
        app.go_on(streamed)


def list_runs(app: Application) -> None:
    """List the runs that a dead process has left."""
    app.runs()


class Row(NamedTuple):
    """A program, its first question, the environment variables that it needs, and its further questions."""

    program: Callable[[Application], None]
    question: str
    environment: dict[str, str]
    more: tuple[str, ...] = ()


PROGRAMS: Final[dict[str, Row]] = {
    "streamed": Row(talk(TWO, streamed), TWO, {}),
    "polled": Row(talk(ONE, polled), ONE, {}),
    "background": Row(talk(ONE, polled), ONE, {"SHIM_BACKGROUND": "always"}),
    "replayed": Row(talk(ONE, streamed), ONE, {"SHIM_STORE_RESPONSES": "false"}),
    "cancelled": Row(give_up, ONE, {}),
    "looking": Row(list_runs, ONE, {}),
    "healed": Row(go_on_without_a_chain, ONE, {}, (LOST,)),
}
