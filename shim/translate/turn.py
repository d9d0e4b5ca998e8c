"""What the translation of one response must remember between two events."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from shim import lifecycle
from shim.translate.caller_names import Names
from shim.wire import objects

Json = dict[str, Any]
Emitted = tuple[str, Json]
Rule = Callable[["Turn", Json], Iterator[Emitted]]

#: What each rule may emit, declared where the rule stands.
EMITS: Final[dict[Rule, frozenset[str]]] = {}


def emits(*names: str) -> Callable[[Rule], Rule]:
    """Declare what a rule may emit; the tests hold it to that."""

    def declare(rule: Rule) -> Rule:
        EMITS[rule] = frozenset(names)
        return rule

    return declare


#: Every rule that opens a step may first begin the run and close the step before.
STEP_OPENS: Final = (
    "thread.run.in_progress",
    "thread.run.step.completed",
    "thread.run.step.created",
    "thread.run.step.in_progress",
)


@dataclass(slots=True)
class Part:
    """One content part of the open message.

    ``heard`` is upstream's text so far, ``told`` is ours: the same plus the citation markers that we put in.
    Offsets count code points.  ``files``: those that code wrote for it.
    """

    index: int
    kind: str
    heard: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    heard_length: int = 0
    told_length: int = 0
    fresh: bool = True
    annotations: list[Json] = field(default_factory=list)
    announced: int = 0
    markers: list[tuple[int, int]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Open:
    """An item that upstream has begun: a ``message`` with its parts, or a ``call`` with its place in its step.

    ``open`` until its end is told; a message that was cut short waits for the response to say why.  ``cut``: the call
    ends in the middle.
    """

    kind: str
    step: Json
    message: Json = field(default_factory=dict)
    parts: dict[int, Part] = field(default_factory=dict)
    call: Json = field(default_factory=dict)
    index: int = 0
    open: bool = True
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """A file that code wrote: in a container, or with its content as a ``data:`` URL."""

    file_id: str
    filename: str
    container_id: str | None = None
    data: str | None = None


@dataclass(slots=True)
class Turn:
    """One response of a run.  ``run`` is replaced, never changed in place, so what was emitted stays as it was.

    ``images``: pictures that no message shows yet.  ``pictured``: those among the outputs of code that upstream has yet
    to name in a message.  ``asked``: what the caller's request said; ``body``: what upstream was sent for it.
    """

    run: Json
    new_id: Callable[[str], str]
    now: Callable[[], int]
    spent: Json = field(default_factory=objects.usage)
    items: dict[str, Open] = field(default_factory=dict)
    places: dict[Any, str] = field(default_factory=dict)
    latest: str = ""
    held: Json | None = None
    asking: Json | None = None
    calls: list[Open] = field(default_factory=list)
    done: list[tuple[str, Json]] = field(default_factory=list)
    settled: set[str] = field(default_factory=set)
    results: dict[str, str] = field(default_factory=dict)
    citations: int = 0
    images: list[str] = field(default_factory=list)
    pictured: int = 0
    made: list[Made] = field(default_factory=list)
    error: Json | None = None
    terminal: Json | None = None
    step_usage: Json | None = None
    unknown: set[str] = field(default_factory=set)
    differences: list[str] = field(default_factory=list)
    asked: Json = field(default_factory=dict)
    body: Json = field(default_factory=dict)

    @property
    def names(self) -> Names:
        """What the caller calls the fields that upstream names in an error."""
        return Names(self.run, self.asked, self.body)

    @property
    def ended(self) -> bool:
        """Whether the run has left this response: it is finished, or waits for somebody."""
        return self.run["status"] not in ("queued", "in_progress", "cancelling")

    def happen(self, happening: lifecycle.Happening, **changes: Any) -> Emitted:
        """Move the run by the table, stamp it, and tell."""
        status = lifecycle.after(self.run["status"], happening)
        if stamp := lifecycle.STAMP.get(status):
            changes[stamp] = self.now()
        if status not in lifecycle.ACTIVE:
            changes |= {"expires_at": None, "usage": self.spent}
        self.run = self.run | {"status": status} | changes
        return f"thread.run.{status}", objects.as_streamed(self.run)

    def release(self, usage: Json | None = None) -> Iterator[Emitted]:
        """Tell that the held step is completed.  It waited because upstream counts tokens only at the end."""
        if self.held is not None:
            step = self.held | {"status": "completed", "completed_at": self.now(), "usage": usage or objects.usage()}
            self.held = None
            yield "thread.run.step.completed", step

    def hold(self, step: Json) -> Iterator[Emitted]:
        """A step is over; its `completed` waits.  The one that waited so far is told."""
        yield from self.release()
        self.held = step

    def begin(self) -> Iterator[Emitted]:
        """The run is in progress, said once a response."""
        if self.run["status"] == "queued":
            yield self.happen("began")

    def open_step(self, details: Json) -> Iterator[Emitted]:
        """A step begins; the one before it is over.  Emits ``created`` and ``in_progress`` with the same object."""
        yield from self.begin()
        yield from self.release()
        step = objects.step(self.new_id("step"), self.now(), self.run, details)
        yield "thread.run.step.created", step
        yield "thread.run.step.in_progress", step

    def open(self, event: Json, opened: Open) -> Open:
        """Remember an announced item by its id, else its call's, else its place, else its number."""
        place = event.get("output_index")
        item = event["item"]
        self.latest = item.get("id") or item.get("call_id") or f"#{len(self.items) if place is None else place}"
        self.items[self.latest] = opened
        if place is not None:
            self.places[place] = self.latest
        return opened

    def key(self, event: Json) -> str:
        """The name of the item that an event speaks of: by its id, else by its place, as some servers give an item
        another id in every event.  Where an event names neither, it is the latest.
        """
        item, place = event.get("item") or {}, event.get("output_index")
        name = event.get("item_id") or item.get("id") or item.get("call_id")
        if name in self.items:
            return str(name)
        there = self.places.get(place, "")
        if there and item.get("type", self.items[there].kind) == self.items[there].kind:
            return there
        return name or (self.latest if place is None else f"#{place}")

    def find(self, event: Json, kind: str) -> Open | None:
        """The item that an event speaks of, if one of that kind was announced and is not over."""
        item = self.items.get(self.key(event))
        return item if item is not None and item.open and item.kind == kind else None
