"""A run with all its tool rounds as one stream of events: the requests, their order, and the end.

Written once for blocking and async clients, over `Port`.  When the run requires outputs, the functions run, their
outputs are submitted, and the events of that request follow, until the run ends.  If a stream breaks, the run is
polled, and missed messages follow as events of whole objects.
"""

import json
import logging
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Final

import openai

from shim.assembly.decoding import TYPES
from shim.relay.ports import Port, Started
from shim.relay.tools import Call
from shim.relay.turn import ASKS, ENDS, Turn
from shim.wire.types import Json

try:
    from openai.types.responses import Response
except ImportError:  # before openai 1.66: an object with the same attributes, whose parts are plain dictionaries
    from openai import BaseModel as Response  # type: ignore[assignment]

log = logging.getLogger("shim")
OnResponse = Callable[[Response], "Awaitable[None] | None"]
#: Events with a message in its final form.
MESSAGE_ENDS: Final = frozenset({"thread.message.completed", "thread.message.incomplete"})
#: Seconds between two polls of a run whose functions another process runs.
POLL_SECONDS: Final = 1.0
#: Options about how a request is sent, which apply to every request of the run.
SENDING: Final = frozenset({"extra_headers", "extra_query", "timeout"})


class RoundLimit(RuntimeError):
    """The model called functions in more rounds than allowed.  The run was cancelled."""

    def __init__(self, rounds: int) -> None:
        super().__init__(f"the model asked for functions again after {rounds} rounds; the run was cancelled")
        self.rounds: Final = rounds


@dataclass(frozen=True, slots=True)
class Plan:
    """The task of a stream.  ``options``: arguments of ``runs.create``.  ``run_id``: an existing run whose outputs
    another process submits; it is only polled.
    """

    thread_id: str
    options: Mapping[str, Any]
    max_rounds: int = 10
    early: bool = True
    on_response: OnResponse | None = None
    run_id: str | None = None


@dataclass(slots=True)
class Rounds:
    """One run.  ``run``: its latest state.  ``outputs``: the outputs of its calls, by their ids."""

    port: Port
    plan: Plan
    run: Any = None
    outputs: dict[str, str] = field(default_factory=dict)
    stopped: bool = False
    _is_deserted: bool = False
    _is_given_up: bool = False
    _round: int = 0
    _finished: deque[Json] = field(default_factory=deque)
    _accounted: set[str] = field(default_factory=set)
    _messages: set[str] = field(default_factory=set)

    async def events(self) -> AsyncGenerator[Any, None]:
        """The events of all rounds.  Raises the exceptions of the API's calls, and `RoundLimit`."""
        try:
            async with aclosing(self._rounds() if self.is_ours else self._followed()) as events:
                async for event in events:
                    yield event
        except GeneratorExit:
            # The generator may be closed without an event loop, so nothing is awaited.
            raise
        except BaseException:
            if self.run is not None and self.run.status == "requires_action":
                await self.give_up()
            raise

    @property
    def is_ours(self) -> bool:
        """Whether the outputs are submitted here, and by no other process."""
        return self.plan.run_id is None

    def saw(self, response: Json) -> None:
        """Store a response that upstream has finished; ``on_response`` is called for it later, once, in the order of
        the stream.
        """
        self._finished.append(response)

    def stop(self) -> None:
        """Start no further function, and cancel the run as soon as possible; from any thread."""
        self.stopped = True
        self.port.stop()

    def desert(self) -> None:
        """As `stop`, when nothing else cancels the run: it is cancelled with its next event."""
        self._is_deserted = True
        self.stop()

    async def give_up(self) -> None:
        """Cancel the run, as nobody will submit its outputs any more, and while it waits for them the thread accepts no
        message; once.
        """
        if self.is_ours and not self._is_given_up:
            self._is_given_up = True
            self.stop()
            await self.cancel()

    async def cancel(self) -> None:
        """Cancel the run, if it has started and not ended."""
        if self.run is None or self._is_over():
            return
        try:
            await self.port.call("cancel", self._where())
        except (openai.APIError, RuntimeError) as problem:
            # HTTP libraries raise RuntimeError if the client has been closed.
            log.info("the run %s was not cancelled: %s", self.run.id, problem)

    async def _rounds(self) -> AsyncGenerator[Any, None]:
        method, arguments = "create", {"thread_id": self.plan.thread_id, **self.plan.options}
        while True:
            turn: Turn = Turn()
            started: dict[str, tuple[Call, Started]] = {}
            async with aclosing(self._turn(turn, started, method, arguments)) as events:
                async for event in events:
                    yield event
            if not turn.calls:
                return
            outputs = None
            if self._round < self.plan.max_rounds and not self.stopped:
                outputs = await self._answers(turn.calls, started)
            if outputs is None:
                async with aclosing(self._cancelled()) as events:
                    async for event in events:
                        yield event
                if self.stopped:
                    return
                raise RoundLimit(self._round)
            self._round += 1
            method, arguments = "submit_tool_outputs", {**self._where(), "tool_outputs": outputs}

    async def _turn(
        self, turn: Turn, started: dict[str, tuple[Call, Started]], method: str, arguments: Json
    ) -> AsyncGenerator[Any, None]:
        """The events of one request.  Afterwards the run has ended, or ``turn`` has the calls that it requires."""
        broken: Exception | None = None
        try:
            async with aclosing(self.port.events(method, arguments)) as events:
                async for event in events:
                    for call in turn.see(event):
                        if self.plan.early and self._round < self.plan.max_rounds and not self.stopped:
                            started[call.id] = call, self.port.start(call)
                    await self._received(turn, event)
                    yield event
        except Exception as problem:
            if self.run is None:
                raise
            broken = problem
        if not (turn.calls or self._is_over()):
            async with aclosing(self._caught_up(turn, broken)) as events:
                async for event in events:
                    yield event
        await self._account()

    async def _received(self, turn: Turn, event: Any) -> None:
        is_first, self.run = self.run is None, turn.run or self.run
        if self.run is not None and (self._is_deserted or (is_first and self.stopped)):
            self._is_deserted = False
            await self.cancel()
        if event.event in MESSAGE_ENDS:
            self._messages.add(event.data.id)
        if event.event in ENDS or event.event == ASKS:
            await self._account()

    async def _caught_up(self, turn: Turn, broken: Exception | None) -> AsyncGenerator[Any, None]:
        """Poll a run whose stream broke, and send the missed events.  Raises the stream's exception if the run still
        requires the same outputs.
        """
        log.warning("the run %s is polled, as its stream did not go on (%s)", self.run.id, type(broken).__name__)
        run = await self.port.call("poll", self._where())
        required_calls = run.required_action.submit_tool_outputs.tool_calls if run.status == "requires_action" else []
        if any(each.id in self.outputs for each in required_calls):
            raise broken or RuntimeError("the stream of the run ended before the run")
        for event in await self._missed(run):
            list(turn.see(event))
            await self._received(turn, event)
            yield event

    async def _followed(self) -> AsyncGenerator[Any, None]:
        """The end of a run whose outputs another process submits, as events of whole objects."""
        where = {"thread_id": self.plan.thread_id, "run_id": self.plan.run_id}
        self.run = run = await self.port.call("retrieve", where)
        while f"thread.run.{run.status}" not in ENDS:
            run = await self.port.call("poll", where)
            if run.status == "requires_action":
                await self.port.wait(POLL_SECONDS)
        for event in await self._missed(run):
            yield event
        self.run = run

    async def _missed(self, run: Any) -> list[Any]:
        """Events of the run's messages that were not sent completely, and of its status."""
        messages = await self.port.messages(run.thread_id, run.id)
        return [*(_event_of_message(each) for each in messages if each.id not in self._messages), _event_of(run)]

    async def _answers(self, calls: list[Call], started: dict[str, tuple[Call, Started]]) -> list[Json] | None:
        """The output of each call; None after `stop`."""
        begun = [self._begun(call, started.pop(call.id, None)) for call in calls]
        for call, _ in started.values():
            log.warning("%s was run for a call that the run %s does not wait for", call.name, self.run.id)
        outputs = [await each.output() for each in begun]
        if self.stopped or None in outputs:
            return None
        answered = {call.id: output for call, output in zip(calls, outputs, strict=True) if output is not None}
        self.outputs |= answered
        return [{"tool_call_id": id, "output": output} for id, output in answered.items()]

    def _begun(self, call: Call, early: tuple[Call, Started] | None) -> Started:
        """The function that was started early for a call, if its name and arguments are the same."""
        if early is not None and early[0].name == call.name and _equal(early[0].arguments, call.arguments):
            return early[1]
        return self.port.start(call)

    async def _cancelled(self) -> AsyncGenerator[Any, None]:
        """Cancel a run that requires outputs; returns the event of its end."""
        await self.cancel()
        self.run = await self.port.call("poll", self._where())
        yield _event_of(self.run)

    async def _account(self) -> None:
        """Call ``on_response`` for finished responses.  Its exceptions are logged and do not end the stream."""
        while self._finished:
            response = self._finished.popleft()
            if self.plan.on_response is None or response["id"] in self._accounted:
                continue
            self._accounted.add(response["id"])
            try:
                waited = self.plan.on_response(Response.construct(**response))
                if waited is not None:
                    await waited
            except Exception:
                log.exception("on_response failed for the response %s", response["id"])

    def _is_over(self) -> bool:
        return self.run is not None and f"thread.run.{self.run.status}" in ENDS

    def _where(self) -> Json:
        sending = {name: value for name, value in self.plan.options.items() if name in SENDING}
        return {"thread_id": self.run.thread_id, "run_id": self.run.id, **sending}


def _event_of(run: Any) -> Any:
    name = f"thread.run.{run.status}"
    return TYPES[name](event=name, data=run)


def _event_of_message(message: Any) -> Any:
    name = "thread.message.incomplete" if message.status == "incomplete" else "thread.message.completed"
    return TYPES[name](event=name, data=message)


def _equal(one: str, other: str) -> bool:
    """Whether two texts are the same JSON, or the same text."""
    try:
        return one == other or bool(json.loads(one) == json.loads(other))
    except ValueError:
        return False
