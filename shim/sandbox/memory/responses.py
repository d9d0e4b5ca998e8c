"""The stored responses: in memory, until they are deleted or expire."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from shim.sandbox.shapes import events, refuse
from shim.wire.types import Json

DAY: Final = 86_400
#: Seconds for which a response is stored, and for one in the background with ``store: false``.
STORED_SECONDS: Final = 30 * DAY
POLLABLE_SECONDS: Final = 600


@dataclass(slots=True)
class Record:
    """One response.  ``inputs`` are all items of its conversation before its own output.

    ``shown_status`` is the status that is returned, ``read`` the number of events that were read.
    ``add_to_conversation`` is called with the items that the response adds to its conversation, after it has completed.
    """

    opened: Json
    final: Json
    events: list[Json]
    inputs: list[Json]
    control_words: frozenset[str]
    streamed: bool
    expires_at: float
    add_to_conversation: Callable[[Json], None] | None = None
    polls_left: int = 0
    shown_status: str = "queued"
    read: int = 0
    history: list[Json] = field(init=False)

    def __post_init__(self) -> None:
        self.history = [*self.inputs, *self.final["output"]]

    @property
    def id(self) -> str:
        return str(self.opened["id"])

    @property
    def background(self) -> bool:
        return bool(self.opened["background"])

    @property
    def settled(self) -> bool:
        return self.shown_status not in ("queued", "in_progress")

    def poll(self) -> None:
        """A background response advances by one step with every request for it."""
        if self.shown_status == "queued":
            self.shown_status = "in_progress"
        elif self.shown_status == "in_progress":
            self.polls_left -= 1
            if self.polls_left <= 0:
                self.settle()

    def settle(self) -> None:
        if not self.settled:
            self.shown_status = self.final["status"]
            if self.add_to_conversation is not None and self.shown_status in ("completed", "incomplete"):
                self.add_to_conversation(self.final)

    def cancel(self, cancelled: Json) -> None:
        """Cancel the response: a reader of the stream gets one last event after those that it has read."""
        self.final, self.shown_status = cancelled, "cancelled"
        last = max(self.read, len(events.opening(self.opened)))
        self.events = [*self.events[:last], events.ending(cancelled) | {"sequence_number": last}]

    def view(self) -> Json:
        """The response as a request shows it now: no output before its end."""
        return self.final if self.settled else self.opened | {"status": self.shown_status}


class StoredResponses:
    """Thread-safe."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._records: dict[str, Record] = {}
        self._items: dict[str, Json] = {}
        self._reasoning: dict[str, str] = {}

    def put(self, record: Record) -> None:
        with self._lock:
            self._records[record.id] = record
            if record.opened["store"]:
                self._items |= {item["id"]: item for item in record.history}
                self._reasoning |= _reasoning(record.final["output"])

    def get(self, response_id: str) -> Record:
        """Refuses an id that is unknown, deleted or expired."""
        with self._lock:
            record = self._records.get(response_id)
            if record is None or record.expires_at <= self._clock():
                raise refuse.no_response(response_id)
            return record

    def previous(self, response_id: str) -> Record:
        """The response to continue.  Refuses one that is not stored, has expired, or has no complete output."""
        with self._lock:
            record = self._records.get(response_id)
        usable = record is not None and record.opened["store"] and record.expires_at > self._clock()
        if record is None or not usable or record.shown_status not in ("completed", "incomplete"):
            raise refuse.no_previous(response_id)
        return record

    def ids(self) -> frozenset[str]:
        with self._lock:
            return frozenset(self._records)

    def drop(self, response_id: str) -> None:
        self.get(response_id)
        self.forget((response_id,))

    def forget(self, response_ids: tuple[str, ...]) -> None:
        """Deletes these responses, or all of them, and their output items."""
        with self._lock:
            for response_id in response_ids or tuple(self._records):
                record = self._records.pop(response_id, None)
                for item in record.final["output"] if record else ():
                    self._items.pop(item["id"], None)
                    self._reasoning.pop(item["id"], None)

    def item(self, item_id: str) -> Json:
        """A stored item by its id.  Refuses an unknown one."""
        with self._lock:
            if item_id not in self._items:
                raise refuse.no_item(item_id)
            return self._items[item_id]

    def reasoning_before(self, item_id: str) -> str | None:
        """The id of the reasoning that a stored item followed."""
        with self._lock:
            return self._reasoning.get(item_id)


def _reasoning(output: list[Json]) -> dict[str, str]:
    """For every item that followed reasoning: its id and the id of that reasoning."""
    return {after["id"]: before["id"] for before, after in pairwise(output) if before["type"] == "reasoning"}
