"""``stream_run``: one run, all its tool rounds, one stream."""

import asyncio
import inspect
import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import aclosing, suppress
from functools import partial
from typing import Any, Final, Literal, TypedDict, get_args, overload

import openai
from openai.types.beta import AssistantStreamEvent
from openai.types.beta.threads import Run
from typing_extensions import Unpack

from shim.assembly.wiring import errands_of, is_wired
from shim.relay.feed import AsyncFeed, Feed
from shim.relay.ports import AsyncPort, Port, SyncPort
from shim.relay.rounds import OnResponse, Plan, Rounds
from shim.relay.tools import Describe, Toolbox, Tools, by_name, describe
from shim.runtime import background, drive
from shim.upstream.observing import observed

log = logging.getLogger("shim")
#: Whether a run goes on or is cancelled when its reader leaves.
OnLeave = Literal["continue", "cancel"]
#: Names of the background threads and tasks of a run.
NAME: Final = "shim-relay"


class _Stream:
    """The common part of blocking and async streams."""

    _feed: Any = None

    def __init__(self, client: Any, port: Port, plan: Plan, on_leave: OnLeave) -> None:
        self._rounds: Final = Rounds(port, plan)
        self._errands: Final = errands_of(client)
        self.client: Final = client
        self.on_leave: Final = on_leave
        self.thread_id: Final = plan.thread_id

    @property
    def run(self) -> Run | None:
        """The latest state of the run; None before it has started."""
        run: Run | None = self._rounds.run
        return run

    @property
    def outputs(self) -> dict[str, str]:
        """The outputs of calls, by their ids."""
        return dict(self._rounds.outputs)

    def __del__(self) -> None:
        # The reader stopped without closing the stream.
        if self._feed is not None and not self._feed.is_over:
            self._feed.leave()
            if self.on_leave == "cancel":
                self._rounds.desert()


class RunStream(_Stream, Iterator[AssistantStreamEvent]):
    """The events of a run over all its tool rounds, behind a blocking client.

    The run starts when the first event is read.  To stop reading before the end, close the stream, or read it in a
    ``with`` block: ``on_leave`` decides whether the run then goes on without a reader or is cancelled.
    """

    _feed: Feed[Any] | None = None

    def __next__(self) -> AssistantStreamEvent:
        if self._feed is None:
            self._feed = Feed()
            work = partial(_work, self._rounds, self._feed)
            if self._rounds.is_ours:
                self._errands.begin(work, NAME, partial(_give_up, self._rounds))
            else:
                background.thread(work, NAME)
        event: AssistantStreamEvent = self._feed.get()
        return event

    def until_done(self) -> Run | None:
        """Read to the end; returns the final run."""
        for _ in self:
            pass
        return self.run

    def cancel(self) -> None:
        """Cancel the run; its last events can still be read.  Safe in any thread."""
        if self._feed is None or not self._feed.is_over:
            self._rounds.stop()
            self._errands.begin(partial(_cancel, self._rounds), NAME)

    def close(self) -> None:
        """Stop reading."""
        if self._feed is None:
            self._feed = Feed()
            self._feed.end()
        elif self.on_leave == "cancel":
            self.cancel()
        self._feed.leave()

    def __enter__(self) -> "RunStream":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncRunStream(_Stream, AsyncIterator[AssistantStreamEvent]):
    """The same behind an async client."""

    _feed: AsyncFeed[Any] | None = None

    async def __anext__(self) -> AssistantStreamEvent:
        if self._feed is None:
            self._feed = AsyncFeed()
            work = partial(_work_async, self._rounds, self._feed)
            if self._rounds.is_ours:
                self._errands.begin(work, NAME, self._rounds.give_up)
            else:
                background.task(work(), NAME)
        event: AssistantStreamEvent = await self._feed.get()
        return event

    async def until_done(self) -> Run | None:
        """As `RunStream.until_done`."""
        with suppress(StopAsyncIteration):
            while True:
                await self.__anext__()
        return self.run

    def cancel(self) -> None:
        """As `RunStream.cancel`, but on the event loop of its reader."""
        if self._feed is None or not self._feed.is_over:
            self._rounds.stop()
            self._errands.begin(self._rounds.cancel, NAME)

    async def aclose(self) -> None:
        """Stop reading."""
        if self._feed is None:
            self._feed = AsyncFeed()
            self._feed.end()
        elif self.on_leave == "cancel":
            self.cancel()
        self._feed.leave()

    async def __aenter__(self) -> "AsyncRunStream":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


AnyStream = RunStream | AsyncRunStream


class Choices(TypedDict, total=False):
    """The options of a stream.

    ``tools``: functions, or `Tool` objects, by name or in a list; coroutine functions are awaited, others run in
    threads.  ``max_rounds`` (10): how often outputs are submitted; if the model calls functions after that, the run is
    cancelled and `RoundLimit` raised.  ``tool_timeout`` (30): seconds for a call, None for no limit.  ``early`` (True):
    a call begins as soon as its arguments are complete; otherwise when the run requires its output.  ``offer_tools``
    (False): the run has exactly ``tools`` instead of the assistant's tools.  ``describe_error``: returns the text that
    the model gets for a function's exception.

    ``on_leave`` ("continue"): whether the run goes on or is cancelled if its reader leaves.  ``on_response``: called
    with each finished response of the Responses API, before the event that ends the turn is returned; may be a
    coroutine function behind an async client; needs a client of this package.  ``run_options``: further arguments of
    ``runs.create``, such as ``additional_instructions``.
    """

    tools: Tools
    max_rounds: int
    tool_timeout: float | None
    early: bool
    offer_tools: bool
    describe_error: Describe
    on_leave: OnLeave
    on_response: OnResponse | None
    run_options: Mapping[str, Any]


@overload
def stream_run(
    client: openai.OpenAI, *, thread_id: str, assistant_id: str, **choices: Unpack[Choices]
) -> RunStream: ...


@overload
def stream_run(
    client: openai.AsyncOpenAI, *, thread_id: str, assistant_id: str, **choices: Unpack[Choices]
) -> AsyncRunStream: ...


def stream_run(
    client: openai.OpenAI | openai.AsyncOpenAI, *, thread_id: str, assistant_id: str, **choices: Unpack[Choices]
) -> RunStream | AsyncRunStream:
    """Run an assistant on a thread, answer its calls of ``tools``, and return the events of all rounds as one stream.

    ``client``: any official client with ``beta.threads``; the stream is blocking or async like the client.
    ``choices``: see `Choices`.  Calls of one turn run in parallel.  A function that fails, is unknown, is called with
    invalid arguments or takes too long is answered with ``{"error": ...}``, which is sent to the model.  The run starts
    when the first event is read.

    Raises TypeError for an unknown keyword, and ValueError for a value that cannot be used.  While it is read, the
    stream raises the exceptions of the API's calls, and `RoundLimit`.
    """
    _check(client, choices)
    on_response = choices.get("on_response")
    if on_response is not None and not is_wired(client):
        raise ValueError("on_response sees the responses behind a run only on a client of this package")
    tools = by_name(choices.get("tools", ()))
    options = {**choices.get("run_options", {}), "assistant_id": assistant_id}
    if choices.get("offer_tools"):
        options["tools"] = [tool.schema for tool in tools.values()]
    plan = Plan(thread_id, options, choices.get("max_rounds", 10), choices.get("early", True), on_response)
    toolbox = Toolbox(tools, choices.get("tool_timeout", 30.0), choices.get("describe_error", describe))
    on_leave = choices.get("on_leave", "continue")
    if isinstance(client, openai.AsyncOpenAI):
        return AsyncRunStream(client, AsyncPort(client, toolbox), plan, on_leave)
    if inspect.iscoroutinefunction(on_response):
        raise TypeError("on_response must be a plain function behind a blocking client")
    return RunStream(client, SyncPort(client, toolbox), plan, on_leave)


@overload
def follow_run(client: openai.OpenAI, thread_id: str, run_id: str) -> RunStream: ...


@overload
def follow_run(client: openai.AsyncOpenAI, thread_id: str, run_id: str) -> AsyncRunStream: ...


def follow_run(client: openai.OpenAI | openai.AsyncOpenAI, thread_id: str, run_id: str) -> RunStream | AsyncRunStream:
    """The end of a run that was started elsewhere, perhaps in another process, which also submits its outputs: an event
    for each of its messages and one for the run, after it has ended.
    """
    plan = Plan(thread_id, {}, run_id=run_id)
    toolbox = Toolbox({})
    if isinstance(client, openai.AsyncOpenAI):
        return AsyncRunStream(client, AsyncPort(client, toolbox), plan, "continue")
    return RunStream(client, SyncPort(client, toolbox), plan, "continue")


def _check(client: openai.OpenAI | openai.AsyncOpenAI, choices: Mapping[str, Any]) -> None:
    """Raises TypeError or ValueError for choices that would have no effect, so that a misspelt one is noticed before a
    run costs something.
    """
    for name in sorted(choices.keys() - Choices.__annotations__.keys()):
        known = inspect.signature(client.beta.threads.runs.create).parameters
        hint = f'; options of the run are given as run_options={{"{name}": ...}}' if name in known else ""
        raise TypeError(f"stream_run() got an unexpected keyword argument {name!r}{hint}")
    on_leave = choices.get("on_leave", "continue")
    if on_leave not in get_args(OnLeave):
        raise ValueError(f"on_leave is one of {', '.join(map(repr, get_args(OnLeave)))}, not {on_leave!r}")


def _work(rounds: Rounds, feed: Feed[Any]) -> None:
    try:
        with observed(rounds.saw):
            for event in drive.drain(rounds.events()):
                feed.put(event)
    except BaseException as problem:  # noqa: BLE001 - the reader gets it
        _unread(rounds, feed.end(problem), problem)
    else:
        feed.end()


async def _work_async(rounds: Rounds, feed: AsyncFeed[Any]) -> None:
    try:
        with observed(rounds.saw):
            async with aclosing(rounds.events()) as events:
                async for event in events:
                    await feed.put(event)
    except BaseException as problem:
        try:
            if isinstance(problem, asyncio.CancelledError):
                # The loop ends.  `Rounds.events` knows of it only if it was waiting at this moment.
                await rounds.give_up()
        finally:
            _unread(rounds, feed.end(problem), problem)
        if not isinstance(problem, Exception):
            raise
    else:
        feed.end()


def _unread(rounds: Rounds, is_read: bool, problem: BaseException) -> None:
    if not is_read:
        run = "a run" if rounds.run is None else f"the run {rounds.run.id}"
        log.warning("%s failed after its reader had left: %s", run, type(problem).__name__)


def _cancel(rounds: Rounds) -> None:
    drive.finish(rounds.cancel())


def _give_up(rounds: Rounds) -> None:
    drive.finish(rounds.give_up())
