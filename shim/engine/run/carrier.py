"""The carrier: takes a run's response from upstream into the store, and emits its events.

One `Carrier` is one response of one run.  Its `events` is what a door pumps; it is the only place where an open answer
is read.  Nothing is held across a `yield` but the connection to upstream.

Longer than 350 lines: the life of one response, from request to end, with one owner of its state.
"""

import logging
from collections.abc import Awaitable, Callable, Iterable
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from shim import lifecycle
from shim.engine import learned, retention
from shim.engine.context import Context
from shim.engine.protocol import DONE, Emitted, Events, Outlet, encode
from shim.engine.run import asking, backlog, container_files, echo, healing, notes, record
from shim.engine.run.backlog import Backlog
from shim.engine.run.budget import OutOfTokens
from shim.engine.run.commit import Moved, commit, hand_over
from shim.engine.run.state import RunState
from shim.engine.run.stream_position import PAUSES, StreamPosition
from shim.ports import Answer, Call, Interruption, Refusal
from shim.store import runs
from shim.store.errors import Gone, StoreFailed
from shim.translate import endings, failures, models, normalise, stream
from shim.translate.turn import Turn
from shim.upstream import lifetime, profiles
from shim.wire import objects
from shim.wire.types import Json

log = logging.getLogger("shim")
T = TypeVar("T")

BROKE_OFF: Final = "The connection to the model was lost before its answer was complete."

#: The request field for upstream's background mode.
BACKGROUND: Final[Json] = {"background": True}
#: The smallest number of completion tokens that upstream accepts.
SMALLEST: Final = 16


class Superseded(Exception):
    """Another process or request has ended the run or taken it over; this carrier is done.  ``run``: the run as it is
    stored now.
    """

    def __init__(self, run: Json) -> None:
        super().__init__(run["id"])
        self.run = run


@dataclass(slots=True)
class Carrier:
    """``state``: the run, its memory, and its next request.  ``unregistered``: the run is in no registry, so the
    carrier must check the store itself.  ``background``: the answer goes on upstream without a connection.
    ``position``: how far it was read.  ``out_of_tokens``: the run has too few prompt tokens left.  ``has_text``:
    its first text was sent.
    """

    state: RunState
    call: Call
    unregistered: bool = False
    position: StreamPosition = field(default_factory=StreamPosition)
    background: bool = False
    out_of_tokens: bool = False
    has_text: bool = False
    answer: Answer | None = None
    outlet: Outlet | None = None
    backlog: Backlog = field(init=False)
    interruption: Interruption = field(default_factory=Interruption)

    def __post_init__(self) -> None:
        self.backlog = Backlog(self.context, self.turn.run["id"])
        self.call = replace(self.call, interruption=self.interruption, until=self.turn.run["expires_at"])

    @property
    def context(self) -> Context:
        """The context of the run."""
        return self.state.context

    @property
    def turn(self) -> Turn:
        """The translation of the response under way."""
        return self.state.turn

    def attach(self, outlet: Outlet) -> None:
        """Send further text there, without waking the pump."""
        self.outlet = outlet

    async def open(self) -> None:
        """Request a stream from upstream, unless the run has too few tokens left.  Raises `Refusal`."""
        with suppress(OutOfTokens), lifetime.within(self.call):
            if not self.exhausted:
                self.answer = await self._opened()

    async def _opened(self) -> Answer:
        """The rest of an answer in the background, if upstream still has it, or a new answer."""
        if self.position.response_id is not None:
            with suppress(Refusal):
                return await self.context.upstream.resume(self.position.response_id, self.position.last, self.call)
            self.position = StreamPosition()
        if self.background:
            try:
                return await self._send(lambda body: self.context.upstream.stream(body | BACKGROUND, self.call))
            except Refusal as refusal:
                if not profiles.cannot_background(refusal):
                    raise
                self.stay_in_foreground(refusal)
        return await self._send(lambda body: self.context.upstream.stream(body, self.call))

    async def create(self) -> Json:
        """Start a response in upstream's background.  Raises `Refusal`, and `OutOfTokens`."""
        with lifetime.within(self.call):
            return await self._send(lambda body: self.context.upstream.create(body | BACKGROUND, self.call))

    async def handed_over(self, response_id: str) -> bool:
        """Store that upstream works on the run in its background, as that response, and that no process drives the run.
        Returns whether the run was cancelled before there was a response to stop.  Raises `Gone`.
        """
        stored = await self.context.store.write(hand_over, self.state, response_id)
        return self.state.handed_over(stored.run, stored.memory)

    def choose_background(self, streamed: bool = True) -> bool:
        """Decide whether the run uses upstream's background mode; a run whose background answer is read on always
        does.
        """
        wanted = self.wants_background and (self.state.profile.background_streams or not streamed)
        self.background = wanted or self.position.response_id is not None
        return self.background

    def stay_in_foreground(self, refusal: Refusal) -> None:
        """Upstream has no background mode for this model, or none for streams: this and later requests do not use
        it.
        """
        streams_only = profiles.cannot_stream_background(refusal)
        self.context.capabilities.foreground(self.state.profile, streams_only)
        self.background = False

    async def _send(self, send: Callable[[Json], Awaitable[T]]) -> T:
        try:
            if not self.state.memory["asker"]:
                await self._indexed()
            return await asking.ask(self.state, send)
        except OutOfTokens:
            self.out_of_tokens = True
            raise
        finally:
            self.turn.requested(self.state.sent.body)

    async def _indexed(self) -> None:
        """Wait until recently attached files are indexed, as only then a search finds them."""
        if any(tool["type"] == "file_search" for tool in self.turn.run["tools"]):
            for store_id in self.state.memory["awaits"]:
                # If the vector store cannot be read, the search itself will fail with the reason.
                with suppress(Refusal):
                    await self.context.upstream.indexed(store_id)

    def message_for_caller(self, refusal: Refusal) -> str:
        """Upstream's refusal, with the caller's names for fields."""
        return self.turn.names.message(refusal.message, refusal.param)

    @property
    def wants_background(self) -> bool:
        """Whether the run must use upstream's background mode."""
        profile, model = self.state.profile, self.state.memory["model"]
        return profile.background and not self.exhausted and (profile.always or models.takes_minutes(model))

    @property
    def exhausted(self) -> bool:
        """Whether the run has fewer completion tokens left than upstream accepts."""
        return bool(self.state.sent.body.get("max_output_tokens", SMALLEST) < SMALLEST)

    async def finish_out_of_tokens(self) -> list[Emitted]:
        """The end of a run that has too few tokens left for another round."""
        reason = "max_prompt_tokens" if self.out_of_tokens else "max_output_tokens"
        cut = {"incomplete_details": {"reason": reason}}
        return await self.commit_batch([*self.turn.begin(), *endings.cut_short(self.turn, cut)])

    async def events(self, first: Iterable[Emitted], refused: Refusal | None = None) -> Events:
        """The events of the run from here on, until it ends or requires an action.

        ``refused``: the refusal of the request; then the run fails.
        """
        run_id = self.turn.run["id"]
        self.backlog.pump_started()
        self.context.registry.enter(run_id, self.interruption, self.context.tenant)
        try:
            yield list(first)
            async with aclosing(self._to_its_end(refused)) as batches:
                async for batch in batches:
                    yield batch
            await self._stop_background(self.turn.run)
        except Superseded as superseded:
            await self._stop_background(superseded.run)
            yield [(f"thread.run.{superseded.run['status']}", objects.as_streamed(superseded.run))]
        except Gone:
            await self._stop_background({"status": "deleted"})
            await retention.discard(self.context, self.state.response_id)
        except StoreFailed:
            self.abandon()
            raise
        except Exception:  # noqa: BLE001 - `internal_error` logs it
            yield await self._end_after_internal_error(notes.internal_error(self.context, run_id))
        except BaseException:
            await self._release_run()
            raise
        finally:
            self.context.registry.leave(run_id)
            if self.answer is not None:
                # The answer was not read at all.
                await self.answer.close()
        yield [DONE]

    async def _release_run(self) -> None:
        """The pump is being stopped: release the run, unless its end is known, so that another process takes it
        over.
        """
        self.backlog.pump_stopped()
        try:
            if self.turn.ended and self.backlog.events:
                with suppress(Superseded, Gone):
                    await self.commit_batch([])
            else:
                await self.context.store.write(runs.release, self.turn.run["id"], self.context.owner)
        except StoreFailed:
            self.abandon()

    async def _end_after_internal_error(self, why: str) -> list[Emitted]:
        """An internal error, neither upstream's nor the store's: the run fails, with a reference to the log."""
        try:
            return await self._abandon(why)
        except Exception:
            # Ending the run may fail for the same reason.
            self.abandon()
            raise

    async def _abandon(self, why: str) -> list[Emitted]:
        """The pump has failed: end the run, if possible, so that it does not stay active."""
        self.backlog.pump_stopped()
        ending = [] if self.turn.ended else endings.failed(self.turn, failures.last_error(None, why))
        try:
            with suppress(Superseded, Gone, lifecycle.Impossible):
                if (last := list(ending)) or self.backlog.events:
                    return await self.commit_batch(last)
        except StoreFailed:
            self.abandon()
        return []

    def abandon(self) -> None:
        """The store fails: the next call of this process that reads the thread finishes the run."""
        self.context.registry.abandon(self.turn.run["id"], self.state.response_id)

    async def _to_its_end(self, refused: Refusal | None) -> Events:
        """All batches; a failure of upstream becomes the end of the run."""
        error = failures.last_error(None, BROKE_OFF)
        try:
            if refused is not None:
                raise refused
            async with aclosing(self._answers()) as batches:
                async for batch in batches:
                    yield batch
        except Refusal as refusal:
            error = failures.of_refusal(refusal.status, refusal.code, self.message_for_caller(refusal))
        if self.turn.error is not None:
            error = failures.of_response({}, self.turn.error, self.turn.names)
        if not self.turn.ended and (stopped := await self.stopped(check_store=True)) is not None:
            yield stopped
        elif not self.turn.ended:
            yield await self.commit_batch(list(endings.failed(self.turn, error)))

    async def _answers(self) -> Events:
        """The batches of the answer, and of the one that replaces it if the request has to be sent again."""
        if self.answer is None and not self.out_of_tokens:
            await self.open()
        while (answer := self.answer) is not None:
            self.answer = None
            try:
                async with aclosing(self._read_batches(answer)) as batches:
                    async for batch in batches:
                        yield batch
            except Refusal:
                if not self._can_resume:
                    raise
            await self._resume()
        if self.out_of_tokens or self.exhausted:
            yield await self.finish_out_of_tokens()

    @property
    def _can_resume(self) -> bool:
        """Whether the connection broke, but the response goes on in upstream's background."""
        if not self.background or self.turn.ended or self.turn.error is not None or self.interruption.happened:
            return False
        return self.position.response_id is not None and self.position.broken < len(PAUSES)

    async def _resume(self) -> None:
        """Open the answer again where it broke off.  Raises `Refusal` if upstream does not have it."""
        while self.answer is None and self._can_resume:
            await self.context.wait(PAUSES[self.position.broken])
            self.position.silent()
            try:
                self.answer = await self.context.upstream.resume(
                    str(self.position.response_id), self.position.last, self.call
                )
            except Refusal as refusal:
                if refusal.status is not None and refusal.status < 500:
                    raise

    async def _stop_background(self, run: Json) -> None:
        """Stop upstream's background response if the run has ended, as it is no longer needed."""
        goes_on = self.background and self.turn.terminal is None and self.position.response_id is not None
        if goes_on and run["status"] not in lifecycle.ACTIVE:
            with suppress(Refusal):
                await self.context.upstream.cancel(str(self.position.response_id))

    async def _read_batches(self, answer: Answer) -> Events:
        """A batch for each network read, two if it begins with text and has more."""
        try:
            with self.interruption.stopping(answer.interrupt):
                answer.listen(self._takes)
                async with aclosing(answer.events()) as reads:
                    async for read in reads:
                        events = normalise.events(read)
                        self.position.read(events)
                        if not self.turn.items and await self._resent(events):
                            return
                        for part in stream.parted(events):
                            if batch := await self.take(part):
                                yield batch
                            if self.turn.ended:
                                return
        finally:
            await answer.close()

    def _takes(self, events: list[Json]) -> bool:
        """Whether the events of a network read were sent at once: those of nearly every token.  They are text, which is
        stored when its message has ended.
        """
        turn, outlet = self.turn, self.outlet
        if outlet is None or not self.has_text or turn.done or turn.amended or self.backlog.events:
            return False
        if outlet.is_full() or self._must_check_store():
            return False
        emitted = stream.more_text(turn, events := normalise.events(events))
        if emitted is None:
            return False
        self.position.read(events)
        outlet.put_now(encode((emitted,)))
        return True

    async def _resent(self, events: list[Json]) -> bool:
        """Send the request again, before any event of the answer is sent, if the answer does not continue from the
        previous response or begins with a refusal that has a remedy.  Returns whether that was done.
        """
        state, previous = self.state, self.state.sent.previous
        why = healing.cause(state, events)
        if why is None and not await asking.remedied(state, events):
            return False
        await healing.drop(state, (state.response or echo.response_in(events) or {}).get("id"), previous)
        self.position = StreamPosition()
        if why is not None:
            await healing.heal(state, why)
        await self.open()
        return True

    async def take(self, events: list[Json]) -> list[Emitted]:
        """Translate upstream's events, store the result, and return the events to send."""
        opened = None if self.state.opened else echo.response_in(events)
        # Upstream has made this response, however the run ends.
        self.state.begun(opened)
        if self._must_check_store() and (stop := await self.stopped()) is not None:
            return stop
        turn = self.turn
        emitted = [pair for event in events for pair in stream.translate(turn, event)]
        deltas = sum([name in record.DELTAS for name, _ in emitted])
        if deltas and not self.has_text:
            self.has_text = True
            self.context.monitor("first", turn.run)
        only_deltas = opened is None and not turn.done and not turn.amended and deltas == len(emitted)
        if only_deltas and not self.backlog.events:
            return emitted
        if opened is not None:
            notes.opened(self.context, self.turn.run, opened)
            healing.learn(self.state, opened)
        if self.turn.generated_files:
            with lifetime.within(self.call):
                self.state.fetched(await container_files.fetch(self.context, self.turn.generated_files))
        if self.backlog.waits and not self.turn.ended:
            self.backlog.add(emitted)
            return []
        return await self.commit_batch(emitted)

    def _must_check_store(self) -> bool:
        """Whether the run may have been stopped, so that the store must be read.  Usually it was not, and nothing is
        awaited.
        """
        context, run = self.context, self.state.turn.run
        return self.unregistered or context.clock() >= run["expires_at"] or context.registry.is_notified(run["id"])

    async def stopped(self, check_store: bool = False) -> list[Emitted] | None:
        """The events of the run's end, if it was cancelled or has expired."""
        context, run = self.context, self.turn.run
        now = context.clock()
        if now >= run["expires_at"]:
            return await self.commit_batch(list(endings.lapsed(self.turn)))
        if self.backlog.waits or not (check_store or self.unregistered or context.registry.is_notified(run["id"])):
            return None
        try:
            row = await context.store.read(runs.get, run["thread_id"], run["id"])
        except StoreFailed as problem:
            self.backlog.failed(problem)
            return None
        if row is None:
            raise Gone
        if row.body["status"] not in lifecycle.ACTIVE or row.owner not in (None, context.owner):
            raise Superseded(row.body)
        if row.body["status"] != "cancelling":
            return None
        return await self._stop(row.body)

    async def _stop(self, body: Json, emitted: Iterable[Emitted] = ()) -> list[Emitted]:
        self.state.moved(body)
        others = [(name, data) for name, data in emitted if data.get("object") != "thread.run"]
        return await self.commit_batch([*others, *endings.stopped(self.turn)])

    def _shown(self, data: Json) -> Json:
        """A step without the texts of its search results, unless the run's request includes them; a message with its
        metadata; other objects unchanged.
        """
        memory = self.state.memory
        if data.get("object") == "thread.run.step":
            return objects.step_shown(data, memory["contents"])
        return record.labelled(data, memory) if data.get("object") == "thread.message" else data

    async def commit_batch(self, emitted: list[Emitted]) -> list[Emitted]:
        """Commit a batch together with the backlog, then return all of it.  While the store fails, nothing is returned,
        and at the end of the answer this waits for the store.
        """
        batch = [*self.backlog.take(), *emitted]
        while True:
            try:
                committed = await self._commit_once(batch)
            except StoreFailed as problem:
                self.backlog.put_back(batch)
                self.backlog.failed(problem, last=self.turn.ended)
                if not self.turn.ended:
                    return []
                await self.context.wait(backlog.PAUSE)
            else:
                self.backlog.store_recovered()
                await learned.save(self.context)
                return committed

    async def _commit_once(self, emitted: list[Emitted]) -> list[Emitted]:
        """Commit a batch; if the run's status was changed meanwhile, that change takes precedence."""
        stored = await self.context.store.write(commit, self.state, emitted)
        if not isinstance(stored, Moved):
            self.state.stored(stored.run, stored.memory)
            if self.turn.ended:
                notes.report(self.context, self.turn)
            return [(name, self._shown(data)) for name, data in emitted]
        if stored.run["status"] != "cancelling":
            raise Superseded(stored.run)
        if self.turn.run["status"] == "completed":
            self.state.cancelled()
            return await self.commit_batch(emitted)
        return await self._stop(stored.run, emitted)
