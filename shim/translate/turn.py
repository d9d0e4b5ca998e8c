"""The state of the translation of one response."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from shim import lifecycle
from shim.translate.caller_names import Names
from shim.translate.identity import ItemRegistry, KnownItem
from shim.wire import objects
from shim.wire.types import Json

Emitted = tuple[str, Json]
Rule = Callable[["Turn", Json], Iterator[Emitted]]

#: The events that each rule may emit, declared with the rule.
EMITS: Final[dict[Rule, frozenset[str]]] = {}


def emits(*names: str) -> Callable[[Rule], Rule]:
    """Declare the events that a rule may emit; the tests check that."""

    def declare(rule: Rule) -> Rule:
        EMITS[rule] = frozenset(names)
        return rule

    return declare


#: Every rule that opens a step may first start the run and complete the step before.
STEP_OPENS: Final = (
    "thread.run.in_progress",
    "thread.run.step.completed",
    "thread.run.step.created",
    "thread.run.step.in_progress",
)


@dataclass(slots=True)
class Part:
    """One content part of the open message.

    ``received``: upstream's text so far; ``emitted``: the same with the citation markers that were added.  Offsets
    count code points.  ``files``: those that code wrote for it.
    """

    index: int
    kind: str
    received: list[str] = field(default_factory=list)
    emitted: list[str] = field(default_factory=list)
    received_length: int = 0
    emitted_length: int = 0
    fresh: bool = True
    annotations: list[Json] = field(default_factory=list)
    announced: int = 0
    markers: list[tuple[int, int]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


@dataclass(slots=True)
class OpenItem:
    """An item that upstream has begun: a ``message`` with its parts, or a ``call`` with its position in its step.

    ``open``: its end was not emitted yet; an incomplete message waits for the response's end, which has the reason.
    ``cut``: the call's arguments end in the middle.  ``whole``: it was emitted completely.  ``finished``: a message's
    complete parts from upstream, by position and kind; they are compared with the received text when the message ends.
    ``outputs``: outputs of code that were emitted.
    """

    kind: str
    step: Json
    message: Json = field(default_factory=dict)
    parts: dict[tuple[int, str], Part] = field(default_factory=dict)
    call: Json = field(default_factory=dict)
    index: int = 0
    open: bool = True
    cut: bool = False
    whole: bool = False
    finished: dict[tuple[int, str], Json] = field(default_factory=dict)
    known: KnownItem | None = None
    outputs: list[Json] = field(default_factory=list)

    @property
    def received(self) -> str:
        """All text that upstream has sent for it."""
        call = self.call.get("function", {}).get("arguments") or self.call.get("code_interpreter", {}).get("input")
        return call or "".join(piece for part in self.parts.values() for piece in part.received)


@dataclass(frozen=True, slots=True)
class GeneratedFile:
    """A file that code wrote: in a container, or with its content as a ``data:`` URL."""

    file_id: str
    filename: str
    container_id: str | None = None
    data: str | None = None


@dataclass(slots=True)
class Turn:
    """One response of a run.  ``run`` is replaced, never changed in place, so that emitted objects do not change.

    ``images``: pictures that no message shows yet.  ``pictured``: how many pictures in outputs of code upstream has not
    named in a message yet.  ``caller_body``: the caller's request; ``body``: the request to upstream.  ``known``: the
    items of the response; ``items``: those of them that are shown.  ``call_ids``: the run's calls, of earlier responses
    too, by the id that the program sees; each with upstream's id.  ``unclaimed``: arguments of calls that were not
    announced, by the id and output index in their events.  ``amended``: items for which more content came after their
    end was emitted: it is stored, but cannot be emitted any more.
    """

    run: Json
    new_id: Callable[[str], str]
    now: Callable[[], int]
    spent: Json = field(default_factory=objects.usage)
    items: dict[str, OpenItem] = field(default_factory=dict)
    known: ItemRegistry = field(default_factory=ItemRegistry)
    call_ids: dict[str, str] = field(default_factory=dict)
    unclaimed: dict[tuple[str | None, int | None], str] = field(default_factory=dict)
    postponed: Json | None = None
    function_step: Json | None = None
    calls: list[OpenItem] = field(default_factory=list)
    done: list[tuple[str, Json]] = field(default_factory=list)
    results: dict[str, str] = field(default_factory=dict)
    citations: int = 0
    images: list[str] = field(default_factory=list)
    pictured: int = 0
    generated_files: list[GeneratedFile] = field(default_factory=list)
    error: Json | None = None
    terminal: Json | None = None
    step_usage: Json | None = None
    unknown: set[str] = field(default_factory=set)
    differences: list[str] = field(default_factory=list)
    amended: list[OpenItem] = field(default_factory=list)
    caller_body: Json = field(default_factory=dict)
    body: Json = field(default_factory=dict)

    @property
    def names(self) -> Names:
        """The caller's names for fields that upstream names in an error."""
        return Names(self.run, self.caller_body, self.body)

    @property
    def ended(self) -> bool:
        """Whether this response is over for the run: the run has ended, or requires an action."""
        return self.run["status"] not in ("queued", "in_progress", "cancelling")

    def happen(self, happening: lifecycle.Happening, **changes: Any) -> Emitted:
        """Change the run's status by the table, set its timestamp, and return the event."""
        status = lifecycle.after(self.run["status"], happening)
        if stamp := lifecycle.STAMP.get(status):
            changes[stamp] = self.now()
        if status not in lifecycle.ACTIVE:
            changes |= {"expires_at": None, "usage": self.spent}
        self.run = self.run | {"status": status} | changes
        if self.ended:
            self.flush(ended=True)
        return f"thread.run.{status}", objects.as_streamed(self.run)

    def moved(self, run: Json) -> None:
        """Continue with the run as it is in the store."""
        self.run = run

    def requested(self, body: Json) -> None:
        """Record the request that upstream gets for this response."""
        self.body = body

    def fetched(self) -> None:
        """Record that the files which code wrote so far are fetched."""
        self.generated_files = []

    def stored(self) -> None:
        """Record that a transaction has stored the finished items and the amended ones."""
        self.done.clear()
        self.amended.clear()

    def reported(self) -> None:
        """Record that the differences are in the log."""
        self.differences.clear()

    def reopen(self, opened: OpenItem) -> None:
        """Continue with a stored item that is not complete, so that the run's ending ends it, too."""
        self.items[opened.step["id"]] = opened

    def reopen_postponed(self, step: Json) -> None:
        """Continue with a stored step that is complete except for its token counts."""
        self.postponed = step

    def was_journalled(self, item: Json) -> None:
        """Record an item of this response that is in the journal already."""
        self.known.add(item, None).journalled = True

    def was_emitted(self, known: KnownItem, opened: OpenItem | None = None) -> None:
        """Record an item whose events were all emitted before.  ``opened``: the message that shows it."""
        known.announced = known.settled = True
        if opened is not None:
            opened.known, self.items[known.key] = known, opened

    def release(self, usage: Json | None = None) -> Iterator[Emitted]:
        """Emit that the postponed step is completed.  It waited because upstream counts tokens only at the end."""
        if self.postponed is not None:
            step = self.postponed | {
                "status": "completed",
                "completed_at": self.now(),
                "usage": usage or objects.usage(),
            }
            self.postponed = None
            yield "thread.run.step.completed", step

    def postpone(self, step: Json) -> Iterator[Emitted]:
        """Postpone the `completed` event of a step that has ended.  The event postponed before is emitted."""
        yield from self.release()
        self.postponed = step

    def begin(self) -> Iterator[Emitted]:
        """Emit that the run is in progress, once for each response."""
        if self.run["status"] == "queued":
            yield self.happen("began")

    def open_step(self, details: Json) -> Iterator[Emitted]:
        """A step begins, and the one before it is completed.  Emits ``created`` and ``in_progress`` with the same
        object.
        """
        yield from self.begin()
        yield from self.release()
        step = objects.step(self.new_id("step"), self.now(), self.run, details)
        yield "thread.run.step.created", step
        yield "thread.run.step.in_progress", step

    def show(self, event: Json, opened: OpenItem) -> OpenItem:
        """Add an item that is shown from now on."""
        opened.known = event["known"]
        self.items[event["known"].key] = opened
        return opened

    def shown(self, event: Json) -> OpenItem | None:
        """The shown item that begins or ends with an event."""
        return self.items.get(event["known"].key)

    def find(self, event: Json, kind: str) -> OpenItem | None:
        """The shown item to which an event without an item refers."""
        known = self.known.item_of_event(event, kind)
        return None if known is None else self.items.get(known.key)

    def unannounced(self, event: Json, kind: str, opens: Rule) -> Generator[Emitted, None, OpenItem | None]:
        """An item that begins with its first text, as it was not announced; None if the text belongs to another
        item.
        """
        if self.known.is_of_other_kind(event, kind) or self.known.item_of_event(event, kind) is not None:
            return None
        item = {"type": kind} | ({"id": event["item_id"]} if event.get("item_id") else {})
        known = self.known.add(item, event.get("output_index"))
        known.announced = True
        yield from opens(self, {"item": item, "known": known})
        return self.items[known.key]

    def call_id(self, item: Json) -> str:
        """The id of a call for the program: upstream's, unless there is none or the run already has a call with this
        id.
        """
        wanted = item.get("call_id") or item.get("id")
        taken = {opened.call["id"] for opened in self.calls}
        return self.new_id("call") if not wanted or wanted in taken or wanted in self.call_ids else str(wanted)

    def settle(self, opened: OpenItem, item: Json) -> None:
        """A shown item was emitted completely.  ``item``: as it was emitted, for the journal."""
        assert opened.known is not None
        opened.known.item, opened.known.settled, opened.whole = item, True, True

    def amend(self, opened: OpenItem) -> None:
        """Record that more content came for an item after its end was emitted."""
        self.differences.append(f"the response's end has more of {opened.kind} {opened.step['id']} than its own end")
        self.amended.append(opened)

    def flush(self, ended: bool = False) -> None:
        """Pass completely emitted items to the journal: `done` has each item's key, and the item as it was emitted.

        No item is journalled before an earlier message that is not complete.  Calls wait for the end, with the
        reasoning after them: their ids and arguments may change until then, and the calls of a response without an end
        are not valid.
        """
        called = False
        for known in self.known.items:
            called = called or known.kind == "function_call"
            if not ended and known.kind == "message" and not known.settled:
                return
            if not ended and called and known.kind in ("function_call", "reasoning"):
                continue
            if known.settled and not known.journalled:
                known.journalled = True
                self.done.append((known.key, known.item))


def better(earlier: str, later: str) -> str:
    """The better of two texts: ``later``, or ``earlier`` if ``later`` is only a part of it.  Text that ``earlier`` has
    in addition may be a repetition, if a delta was sent twice.
    """
    return earlier if earlier.startswith(later) and not later.endswith(earlier[len(later) :]) else later
