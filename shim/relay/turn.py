"""One turn of the model, read from its events: which calls are complete, and which outputs the run requires at its end.

The arguments of a call come in pieces.  They are complete as soon as they are a whole JSON object, as only white space
could follow; that is before the next call begins, and before the run is ``requires_action``.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from shim.relay.tools import Call

#: The events with which a turn ends.
ENDS: Final = frozenset(
    f"thread.run.{status}" for status in ("completed", "incomplete", "failed", "cancelled", "expired")
)
ASKS: Final = "thread.run.requires_action"


@dataclass(slots=True)
class _Pieces:
    """The pieces of a call so far."""

    id: str = ""
    name: str = ""
    arguments: str = ""
    announced: bool = False

    def add(self, piece: Any) -> None:
        self.id = piece.id or self.id
        if piece.function is not None:
            self.name = piece.function.name or self.name
            self.arguments += piece.function.arguments or ""

    def is_complete(self) -> bool:
        if self.announced or not (self.id and self.name and self.arguments.rstrip().endswith("}")):
            return False
        try:
            json.loads(self.arguments)
        except ValueError:
            return False
        return True


@dataclass(slots=True)
class Turn:
    """Processes the events of one stream.  ``run``: its latest state.  ``calls``: the calls that the run requires at
    the end.
    """

    run: Any = None
    calls: list[Call] = field(default_factory=list)
    _pieces: dict[tuple[str, int], _Pieces] = field(default_factory=dict)

    def see(self, event: Any) -> Iterator[Call]:
        """The calls whose arguments are complete with this event.  They may be run, as the model cannot change them any
        more.
        """
        if event.event == "thread.run.step.delta":
            yield from self._pieced(event.data)
        elif event.data is not None and getattr(event.data, "object", None) == "thread.run":
            self.run = event.data
            if event.event == ASKS:
                self.calls = [
                    Call(each.id, each.function.name, each.function.arguments)
                    for each in event.data.required_action.submit_tool_outputs.tool_calls
                ]

    def _pieced(self, step: Any) -> Iterator[Call]:
        details = step.delta.step_details
        for piece in getattr(details, "tool_calls", None) or ():
            if piece.type == "function":
                known = self._pieces.setdefault((step.id, piece.index), _Pieces())
                known.add(piece)
                if known.is_complete():
                    known.announced = True
                    yield Call(known.id, known.name, known.arguments)
