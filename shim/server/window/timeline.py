"""The order of a run: its Assistants events, with the upstream requests that they came from.

Events are not stored, but their objects are, with the times at which they changed.  So all events can be derived except
deltas of texts and arguments (``*.delta``).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from shim.assembly.ledger import Round
from shim.server.window.reading import RunPage
from shim.wire.types import Json

#: The timestamp of an object's current status, in seconds since the epoch.
STAMPS: Final = ("completed_at", "failed_at", "cancelled_at", "expired_at", "incomplete_at")
#: The last event of a message.
ENDS: Final = ("completed", "incomplete")
ACTIVE: Final = ("queued", "in_progress", "requires_action", "cancelling")


@dataclass(frozen=True, slots=True)
class Event:
    """``at``: in seconds since the epoch; None if unknown."""

    name: str
    at: int | None = None


@dataclass(slots=True)
class Card:
    """Events about one object.  ``kind``: ``run``, ``message``, ``tools``, ``outputs`` or ``end``; ``shown``: the
    object that the API shows; ``message``: the one that a step wrote.
    """

    kind: str
    shown: Json
    events: list[Event] = field(default_factory=list)
    message: Json | None = None


@dataclass(slots=True)
class Beat:
    """The result of one request to upstream.  ``healed``: it sent the whole thread, as the chain could not be used."""

    round: Round | None
    cards: list[Card] = field(default_factory=list)

    @property
    def healed(self) -> bool:
        return self.round is not None and any(mark["kind"] == "healed" for mark in self.round.marks)

    @property
    def seconds(self) -> int | None:
        """The seconds from the request's beginning to the last of its known events."""
        times = [event.at for card in self.cards if card.kind != "end" for event in card.events if event.at]
        if self.round is None or self.round.status is None or not times:
            return None
        return max(max(times) - self.round.created_at, 0)


def beats(page: RunPage) -> list[Beat]:
    """The run, request by request."""
    run, rounds = page.trace.run, page.trace.rounds
    all_beats = [Beat(each) for each in rounds] or [Beat(None)]
    all_beats[0].cards.append(_begun(run))
    indices = {beat.round.response: at for at, beat in enumerate(all_beats) if beat.round}
    messages = {each["id"]: each for each in page.messages}
    index = 0
    for step in page.steps:
        index = max(index, _index(step, page.origins, indices, index, len(all_beats) - 1))
        all_beats[index].cards.append(_of_step(step, messages))
    _tell_outputs(all_beats)
    if run["status"] not in ACTIVE:
        ended = next((run[stamp] for stamp in STAMPS if run.get(stamp)), None)
        all_beats[-1].cards.append(Card("end", run, [Event(f"thread.run.{run['status']}", ended)]))
    return all_beats


def _begun(run: Json) -> Card:
    card = Card("run", run, [Event("thread.run.created", run["created_at"]), Event("thread.run.queued", None)])
    if run["started_at"]:
        card.events.append(Event("thread.run.in_progress", run["started_at"]))
    return card


def _index(step: Json, origins: dict[str, str], indices: dict[str, int], before: int, last: int) -> int:
    """The request that a step came from.  A step that has not ended is not in the journal yet: it belongs to the last
    request.
    """
    for id in _ids(step["step_details"]):
        if origins.get(id) in indices:
            return indices[origins[id]]
    return last if step["status"] == "in_progress" else before


def _ids(details: Json) -> Iterator[str]:
    if details["type"] == "message_creation":
        yield details["message_creation"]["message_id"]
    else:
        yield from (call["id"] for call in details["tool_calls"])


def _of_step(step: Json, messages: dict[str, Json]) -> Card:
    events = [Event("thread.run.step.created", step["created_at"])]
    details, message = step["step_details"], None
    if details["type"] == "message_creation":
        message = messages.get(details["message_creation"]["message_id"])
        events += _of_message(message) if message else []
    if _asks(step):
        events.append(Event("thread.run.requires_action"))
    if step["status"] != "in_progress" and not _answers(step):
        events.append(_ended(step))
    return Card("message" if details["type"] == "message_creation" else "tools", step, events, message)


def _of_message(message: Json) -> list[Event]:
    ended = message.get("completed_at") or message.get("incomplete_at")
    last = [Event(f"thread.message.{message['status']}", ended)] if message.get("status") in ENDS else []
    return [Event("thread.message.created", message["created_at"]), *last]


def _ended(step: Json) -> Event:
    return Event(f"thread.run.step.{step['status']}", next((step[stamp] for stamp in STAMPS if step.get(stamp)), None))


def _functions(step: Json) -> list[Json]:
    """The calls of the step that required outputs."""
    return [call for call in step["step_details"].get("tool_calls") or () if call["type"] == "function"]


def _asks(step: Json) -> bool:
    return bool(_functions(step))


def _answers(step: Json) -> list[Json]:
    """The calls that the program has answered."""
    return [call for call in _functions(step) if call["function"]["output"] is not None]


def _tell_outputs(all_beats: list[Beat]) -> None:
    """Add a card for submitted outputs at the beginning of the request that sent them, if there is one."""
    for at, beat in enumerate(all_beats):
        steps = [card.shown for card in beat.cards if card.kind == "tools" and _answers(card.shown)]
        if not steps:
            continue
        events = [*map(_ended, steps), Event("thread.run.queued"), Event("thread.run.in_progress")]
        card = Card("outputs", {"tool_calls": [call for step in steps for call in _answers(step)]}, events)
        if at + 1 < len(all_beats):
            all_beats[at + 1].cards.insert(0, card)
        else:
            beat.cards.append(card)
