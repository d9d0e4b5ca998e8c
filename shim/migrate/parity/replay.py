"""Runs a recorded turn again with another model through the shim, on a temporary thread."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

import openai

from shim.assembly import ledger
from shim.engine import retention
from shim.engine.bridge import session
from shim.engine.context import Context
from shim.migrate.parity.answers import Answer, Call, answer
from shim.migrate.parity.conversations import Conversation, Turn
from shim.migrate.parity.playback import MATCHES, Playback, Reply
from shim.migrate.parity.results import Options, Result
from shim.runtime import drive
from shim.store import assistants
from shim.store import threads as thread_rows
from shim.store.tx import Tx
from shim.wire import encoding, objects
from shim.wire.errors import ApiError
from shim.wire.types import Json

#: The number of rounds after which a turn is cancelled, as a model may call the same function for ever.
ROUNDS: Final = 25
#: Statuses of runs that have ended by themselves.
ENDED: Final = ("failed", "expired", "incomplete")
#: Parameters of an assistant; the others exist only for a run.
OF_ASSISTANT: Final = (
    "model",
    "instructions",
    "tools",
    "tool_resources",
    "temperature",
    "top_p",
    "reasoning_effort",
    "response_format",
)
#: Makes an object of an id, a time and fields.
Blank = Callable[[str, int, Json], Json]


@dataclass(frozen=True, slots=True)
class CandidateParameters:
    """The parameters for candidates: the same for all turns, or with None those of each recorded run.

    ``assistants``: assistants by id, for turns without a recorded run and for vector stores.
    """

    options: Options
    setting: Json | None
    assistants: dict[str, Json]

    def of(self, turn: Turn) -> Json:
        """The parameters of a turn, by names of the API's fields."""
        if self.setting is not None:
            return self.setting
        assistant = self.assistants.get(turn.assistant_id or "", {})
        resources = {"tool_resources": assistant["tool_resources"]} if assistant.get("tool_resources") else {}
        return resources | (turn.setting or {})


@dataclass(frozen=True, slots=True)
class ReplayEnvironment:
    """The environment of replays: a client on a temporary store, and its engine's context."""

    client: openai.OpenAI
    context: Context

    def conversation(
        self, recorded: Conversation, turns: Sequence[Turn], model: str, parameters: CandidateParameters
    ) -> Iterator[Result]:
        """All turns in one thread, whose history is the candidate's own answers."""
        with self._thread(recorded, ()) as thread_id:
            for turn in turns:
                yield self._run_turn(thread_id, recorded, turn, model, parameters)

    def turn(self, recorded: Conversation, turn: Turn, model: str, parameters: CandidateParameters) -> Result:
        """One turn, with the history as it was recorded."""
        with self._thread(recorded, turn.before) as thread_id:
            return self._run_turn(thread_id, recorded, turn, model, parameters)

    @contextmanager
    def _thread(self, recorded: Conversation, before: Iterable[Json]) -> Iterator[str]:
        """A temporary thread; afterwards its responses are deleted upstream, too."""
        thread_id = self._insert(thread_rows.insert, objects.thread, "thread", tool_resources=recorded.tool_resources)
        try:
            self._put(thread_id, before)
            yield thread_id
        finally:
            drive.finish(
                self.context.store.write(retention.delete_thread, self.context, thread_id, never_returned=True)
            )
            drive.finish(retention.delete_upstream(self.context))

    def _insert(self, insert: Callable[[Tx, Json], Any], blank: Blank, prefix: str, **fields: Any) -> str:
        """Insert an object without the validation of requests, as recorded objects have fields that requests must not
        have.
        """
        body = blank(self.context.ids(prefix), self.context.now(), fields)
        drive.finish(self.context.store.write(insert, body))
        return str(body["id"])

    def _put(self, thread_id: str, items: Iterable[Json]) -> None:
        drive.finish(session.add(self.context, thread_id, list(items)))

    def _run_turn(
        self, thread_id: str, recorded: Conversation, turn: Turn, model: str, parameters: CandidateParameters
    ) -> Result:
        playback = Playback(turn.answer.calls or (), recorded.calls_but(turn))
        run = _Run(self.client, thread_id, playback, parameters.options.placeholder)
        setting = parameters.of(turn) | {"model": model}
        assistant_fields = {name: setting[name] for name in OF_ASSISTANT if name in setting}
        assistant_id = self._insert(assistants.insert, objects.assistant, "asst", **assistant_fields)
        try:
            self._put(thread_id, turn.question_items)
            run.go(assistant_id, {name: value for name, value in setting.items() if name not in OF_ASSISTANT})
        except (openai.APIError, ApiError) as problem:
            # A run that the shim refused, or a stream that broke off.
            code = getattr(problem, "code", None) or type(problem).__name__
            run.refused = {"code": code, "message": problem.message}
        return Result(model, 0, self._answer(thread_id, model, run), tuple(run.replies), run.stopped)

    def _answer(self, thread_id: str, model: str, run: "_Run") -> Answer:
        objects_of_thread = drive.finish(self.context.store.read(ledger.export, self.context.tenant, thread_id))
        of_run = [each for each in objects_of_thread if each.get("run_id") == run.id and run.id is not None]
        messages = [each for each in of_run if each["object"] == "thread.message"]
        steps = [each for each in of_run if each["object"] == "thread.run.step"]
        body = next(
            (each for each in objects_of_thread if each["object"] == "thread.run" and each["id"] == run.id), None
        )
        new_answer = answer(body, steps, messages)
        new_answer = replace(new_answer, model=model, calls=new_answer.calls or (), hosted=new_answer.hosted or ())
        if run.refused is not None and new_answer.status not in ENDED:
            new_answer = replace(new_answer, status="failed", error=run.refused)
        return replace(new_answer, seconds=run.seconds, first=run.first)


class _Run:
    """A current run.  ``replies``: its calls so far, with their outputs."""

    def __init__(self, client: openai.OpenAI, thread_id: str, playback: Playback, placeholder: str | None) -> None:
        self._runs: Final = client.beta.threads.runs
        self._thread_id: Final = thread_id
        self._playback: Final = playback
        self._placeholder: Final = placeholder
        self._began = time.perf_counter()
        self.id: str | None = None
        self.first: float | None = None
        self.seconds: float | None = None
        self.replies: list[Reply] = []
        self.stopped: str | None = None
        self.refused: Json | None = None

    def go(self, assistant_id: str, setting: Json) -> None:
        """Run to the end, or to a call without a known output.  Raises `openai.APIError`."""
        self._began = time.perf_counter()
        try:
            waiting = self._read(
                self._runs.create(self._thread_id, assistant_id=assistant_id, stream=True, extra_body=setting)
            )
            for batch in range(ROUNDS):
                if waiting is None or not self._answer(waiting, batch):
                    return
                waiting = self._read(self._submit())
            if waiting is not None:
                self._stop(f"more than {ROUNDS} rounds of calls")
        finally:
            self.seconds = round(time.perf_counter() - self._began, 3)

    def _read(self, stream: Any) -> Any:
        """Read the stream to its end; returns the run if it requires outputs."""
        waiting = None
        with stream:
            for event in stream:
                if event.event == "thread.message.delta" and self.first is None:
                    self.first = round(time.perf_counter() - self._began, 3)
                if event.event == "thread.run.created":
                    self.id = event.data.id
                if event.event == "thread.run.requires_action":
                    waiting = event.data
        return waiting

    def _answer(self, run: Any, batch: int) -> bool:
        """Find outputs for the calls of the run; returns whether there is one for each call."""
        self._required_calls = run.required_action.submit_tool_outputs.tool_calls
        calls = [Call(call.function.name, call.function.arguments or "", None, batch) for call in self._required_calls]
        replies = self._playback.answer(calls)
        if self._placeholder is not None:
            replies = [replace(reply, output=self._placeholder) if reply.output is None else reply for reply in replies]
        self.replies += replies
        silent = next((reply for reply in replies if reply.output is None), None)
        if silent is not None:
            self._stop(f"{MATCHES[silent.match]}: {silent.call.name}")
        return silent is None

    def _submit(self) -> Any:
        replies = self.replies[-len(self._required_calls) :]
        outputs: Any = [
            {"tool_call_id": call.id, "output": reply.output}
            for call, reply in zip(self._required_calls, replies, strict=True)
        ]
        assert self.id is not None
        return self._runs.submit_tool_outputs(self.id, thread_id=self._thread_id, tool_outputs=outputs, stream=True)

    def _stop(self, why: str) -> None:
        assert self.id is not None
        self.stopped = encoding.well_formed(why)
        self._runs.cancel(self.id, thread_id=self._thread_id)
        # The next read finds it cancelled; before that the thread accepts no message.
        self._runs.retrieve(self.id, thread_id=self._thread_id)
