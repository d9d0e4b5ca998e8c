"""The life of one thread's runs, according to the old API's documents and recordings.

A small model, written from these and not from the tested code.  It contains messages, runs and steps as a program can
see them, and the next request that upstream must receive.  It contains no events, no store and no pumps.

Longer than 350 lines: one model, whose parts call each other.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

Json = dict[str, Any]
LIFETIME: Final = 600
DRIVEN: Final = ("queued", "in_progress", "cancelling")
#: How a run may end: the status of its open steps, and the reason in its open message's `incomplete_details`.
ENDS: Final = {
    "incomplete": ("completed", "max_tokens"),
    "failed": ("failed", "run_failed"),
    "cancelled": ("cancelled", "run_cancelled"),
    "expired": ("expired", "run_expired"),
}


class No(Exception):
    """A refusal: HTTP status, message and code."""

    def __init__(self, status: int, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.code = status, message, code


@dataclass(eq=False)
class Message:
    """A message."""

    role: str
    text: str
    run: "Run | None" = None
    status: str = "completed"
    reason: str | None = None


@dataclass(eq=False)
class Step:
    """A step of a message, or of calls: their ids in the old API (``calls``) and upstream (``upstream``)."""

    kind: str
    status: str = "in_progress"
    message: Message | None = None
    calls: list[str] = field(default_factory=list)
    upstream: list[str] = field(default_factory=list)
    outputs: list[str | None] = field(default_factory=list)
    requested: bool = False


@dataclass(eq=False)
class Item:
    """An output item of upstream: a message, a call or a search.

    ``text`` is its whole text, ``received`` the part that upstream has sent so far.
    """

    kind: str
    id: str
    call_id: str = ""
    text: str = ""
    received: str = ""
    begun: bool = False
    done: bool = False
    identified: bool = False
    step: Step | None = None
    entry: "Entry | None" = None


@dataclass(eq=False)
class Entry:
    """An item of the conversation that upstream must receive: a message, a call, an output."""

    kind: str
    text: str
    response: str | None = None
    call_id: str = ""
    role: str = "assistant"
    message: Message | None = None
    whole: bool = True


@dataclass(eq=False)
class Run:
    """A run.

    ``items`` are those of the current response; ``open_step`` is the step that stays open until its tokens are known.
    """

    created: float
    instructions: str = ""
    id: str = ""
    status: str = "queued"
    response: str = ""
    items: list[Item] = field(default_factory=list)
    order: list[Item] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    open_step: Step | None = None
    call_step: Step | None = None
    tip: tuple[str, int] | None = None
    stale: bool = False
    carried: bool = True
    metadata: Json = field(default_factory=dict)

    @property
    def active(self) -> bool:
        return self.status in (*DRIVEN, "requires_action")


@dataclass
class Life:
    """One thread.

    A deleted entry becomes None, so that the others keep their positions: a head stores how many entries it covers.
    """

    id: str
    now: float
    messages: list[Message] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    entries: list[Entry | None] = field(default_factory=list)
    head: tuple[str, int] | None = None
    gone: bool = False

    # Calls of programs.

    def touch(self) -> Run | None:
        """Every call on the thread first ends its active run if the run has expired or no process drives it."""
        if self.gone:
            raise No(404, f"No thread found with id '{self.id}'.")
        run = next((run for run in self.runs if run.active), None)
        if run is None:
            return None
        if self.now >= run.created + LIFETIME:
            self.end(run, "expired", outside=True)
        elif run.status in DRIVEN and not run.carried:
            self.end(run, "cancelled" if run.status == "cancelling" else "failed", outside=True)
        return run if run.active else None

    def lose(self, run: Run) -> None:
        """The run's process dies, and so do all processes that repeat its request.

        The messages and steps of the unfinished answer are removed.
        """
        run.carried = False
        if run.status == "cancelling" or self.now >= run.created + LIFETIME:
            self.touch()
            return
        rounds = [number for number, step in enumerate(run.steps, 1) if step.requested and None not in step.outputs]
        for step in run.steps[max(rounds, default=0) :]:
            if step.message is not None:
                self.messages.remove(step.message)
            run.steps.remove(step)
        lost = [entry for entry in self.entries if entry is not None and entry.response == run.response]
        self.entries = [entry for entry in self.entries if entry not in lost or (entry and entry.kind == "output")]
        run.items, run.open_step, run.call_step = [], None, None

    def post(self, role: str, text: str) -> None:
        if (run := self.touch()) is not None:
            raise No(400, f"Can't add messages to {self.id} while a run {run.id} is active.")
        self.add(role, text)

    def add(self, role: str, text: str) -> None:
        message = Message(role, text)
        self.messages.append(message)
        self.entries.append(Entry("message", text, role=role, message=message))

    def drop(self, message: Message, id: str) -> None:
        """A message is deleted: no request may chain from a response whose history contains it."""
        run = self.touch()
        if run is not None and message.run is run:
            raise No(400, f"Can't delete message {id} from {self.id} while a run {run.id} is active.")
        self.messages.remove(message)
        for place, entry in enumerate(self.entries):
            if entry is not None and entry.message is message:
                self.entries[place] = None
                if self.head is not None and place < self.head[1]:
                    self.head = None
        if run is not None:
            run.tip, run.stale = None, True

    def delete(self) -> None:
        """The thread is deleted, together with its active run."""
        self.touch()
        self.gone = True

    def start(self, instructions: str, more: list[str]) -> Run:
        if (run := self.touch()) is not None:
            raise No(400, f"Thread {self.id} already has an active run {run.id}.")
        if not instructions and not more and not any(message.role == "user" for message in self.messages):
            error = "Run creation requires a Thread with a user message or an assistant with instructions."
            raise No(400, error, "invalid_thread")
        for text in more:
            self.add("user", text)
        self.runs.append(Run(self.now, instructions))
        return self.runs[-1]

    def submit(self, run: Run, got: list[str], outputs: list[str]) -> None:
        self.touch()
        if run.status != "requires_action":
            raise No(400, f'Runs in status "{run.status}" do not accept tool outputs.')
        step = run.call_step
        assert step is not None
        if sorted(got) != sorted(step.calls):
            raise No(400, f"Expected tool outputs for call_ids {step.calls}, got {got}")
        given = dict(zip(got, outputs, strict=True))
        step.outputs, step.status = [given[call_id] for call_id in step.calls], "completed"
        for call_id, upstream in zip(step.calls, step.upstream, strict=True):
            self.entries.append(Entry("output", given[call_id], run.response, upstream))
        run.status, run.call_step, run.stale, run.carried = "queued", None, False, True

    def unsubmit(self, run: Run) -> None:
        """Upstream refused the round: the run is again as it was before the submission."""
        step = run.steps[-1]
        del self.entries[-len(step.calls) :]
        step.outputs, step.status = [None] * len(step.calls), "in_progress"
        run.status, run.call_step = "requires_action", step

    def cancel(self, run: Run) -> None:
        self.touch()
        if not run.active:
            raise No(400, f"Cannot cancel run with status '{run.status}'.")
        waited, run.status = run.status == "requires_action", "cancelling"
        if waited:
            run.carried = False

    def update(self, run: Run, metadata: Json) -> None:
        self.touch()
        if run.status in DRIVEN:
            raise No(400, f"Cannot update run with status '{run.status}'.")
        run.metadata = metadata

    # Requests to upstream.

    def request(self, run: Run, response: str) -> Json:
        """The parts of a request that depend on the thread: the response to chain from, and the input."""
        previous, covers = run.tip or self.head or (None, 0)
        run.response, run.items, run.order, run.tip = response, [], [], None
        items = list(self._items([entry for entry in self.entries[covers:] if entry is not None], previous))
        if not items and previous is None:
            items = [("developer", run.instructions)]
        return {"previous": previous, "input": items}

    def _items(self, entries: list[Entry], previous: str | None) -> Iterator[tuple[str, str]]:
        calls = {(each.response, each.call_id) for each in entries if each.kind == "call" and each.whole}
        outputs = {(each.response, each.call_id) for each in entries if each.kind == "output"}
        for entry in entries:
            pair = entry.response, entry.call_id
            if entry.kind == "message" and (entry.text or entry.role == "user"):
                yield entry.role, entry.text
            elif entry.kind == "call" and pair in calls & outputs:
                yield "call", entry.call_id
            elif entry.kind == "output" and (pair in calls or entry.response == previous):
                yield "output", f"{entry.call_id} {entry.text}"

    # Events from upstream.

    def begin(self, run: Run) -> None:
        if run.status == "queued":
            run.status = "in_progress"

    def announce(self, run: Run, item: Item) -> None:
        self.begin(run)
        item.begun = True
        run.order.append(item)
        if item.kind == "call":
            if run.call_step is None:
                run.call_step = self._step(run, "tool_calls")
            run.call_step.calls.append(item.call_id)
            run.call_step.upstream.append(item.call_id)
            run.call_step.outputs.append(None)
            item.step = run.call_step
            return
        item.step = self._step(run, "message_creation" if item.kind == "message" else "tool_calls")
        if item.kind == "message":
            item.step.message = Message("assistant", "", run, "in_progress")
            self.messages.append(item.step.message)

    def _step(self, run: Run, kind: str) -> Step:
        self._release(run)
        run.steps.append(Step(kind))
        return run.steps[-1]

    def _release(self, run: Run) -> None:
        """Complete the step that waits for its tokens: when the next step begins or the response ends."""
        if run.open_step is not None:
            run.open_step.status, run.open_step = "completed", None

    def finish(self, run: Run, item: Item, whole: bool = False) -> None:
        """An item is done.  An item without text stays open until the response is over (``whole``)."""
        if item.done:
            return
        if not item.begun:
            self.announce(run, item)
        item.received = item.text
        if item.kind != "search" and not item.text and not whole:
            return
        item.done = True
        assert item.step is not None
        message = item.step.message
        if message is not None:
            message.text, message.status = item.text, "completed"
        if item.kind != "call":
            self._release(run)
            run.open_step = item.step
        if item.kind != "search":
            item.entry = Entry(item.kind, item.text, run.response, item.call_id, message=message)
        self.flush(run)

    def flush(self, run: Run, ended: bool = False) -> None:
        """Add finished items to the entries: messages in their order, calls only when the response has ended."""
        for item in run.order:
            if item.kind == "message" and item.entry is None and not ended:
                return
            if item.entry is not None and (ended or item.kind == "message"):
                self.entries.append(item.entry)
                run.order = [each for each in run.order if each is not item]

    def complete(self, run: Run) -> None:
        """The response is complete, and so are its items."""
        self.begin(run)
        for item in run.items:
            self.finish(run, item, whole=True)
        self.flush(run, ended=True)
        self._release(run)
        covered = None if run.stale else (run.response, len(self.entries))
        if run.call_step is None:
            run.status, self.head = "completed", covered or self.head
        else:
            run.status, run.tip, run.carried, run.call_step.requested = "requires_action", covered, False, True
            run.steps.remove(run.call_step)
            run.steps.append(run.call_step)

    def cut(self, run: Run, reason: str) -> None:
        """The response is incomplete: searches are completed, the open message is incomplete, calls are dropped."""
        for item in run.items:
            if item.kind == "search" and item.begun:
                self.finish(run, item)
        self.end(run, "incomplete", reason=reason)

    def end(self, run: Run, status: str, *, outside: bool = False, reason: str | None = None) -> None:
        """The run ends without a complete response.

        ``outside``: a process that does not drive it ends it.  That process knows only what is stored, without the text
        of open messages.
        """
        becomes, why = ENDS[status]
        open_items = [item for item in run.items if item.begun and not item.done]
        for item in open_items:
            if item.kind == "message" and not outside:
                self._store_partial(run, item)
        self.flush(run, ended=not outside)
        if run.open_step is not None and (run.open_step.message is not None or not outside):
            self._release(run)
        for step in run.steps:
            if step.status == "in_progress":
                if outside and not step.requested:
                    step.calls, step.upstream, step.outputs = [], [], []
                step.status = "failed" if step is run.call_step and status == "incomplete" else becomes
                if step.message is not None:
                    step.message.status, step.message.reason = "incomplete", reason or why
        run.status, run.call_step, run.open_step = status, None, None

    def _store_partial(self, run: Run, item: Item) -> None:
        """The open message keeps the text that upstream has sent so far."""
        assert item.step is not None
        assert item.step.message is not None
        item.step.message.text = item.received
        if item.received:
            item.entry = Entry("message", item.received, run.response, message=item.step.message)
