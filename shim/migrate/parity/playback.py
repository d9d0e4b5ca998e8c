"""Recorded outputs of functions, played back to a candidate."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from shim.migrate.parity import values
from shim.migrate.parity.answers import Call

Match = Literal["equal", "differ", "elsewhere", "unanswered", "none"]
#: How a call of the candidate matches the recorded ones.
MATCHES: Final[dict[Match, str]] = {
    "equal": "as recorded",
    "differ": "arguments differ",
    "elsewhere": "recorded at another place of the conversation",
    "unanswered": "recorded without an output",
    "none": "no recording",
}


@dataclass(frozen=True, slots=True)
class Reply:
    """A call of the candidate and the output that it gets, if there is one.

    ``index``: that of the matching recorded call of the turn; None if there is none.
    """

    call: Call
    match: Match
    output: str | None = None
    index: int | None = None


class Playback:
    """The recorded calls of a turn, each of which is used once, and those of the rest of the conversation."""

    def __init__(self, recorded: Sequence[Call], rest: Sequence[Call] = ()) -> None:
        self._recorded: Final = recorded
        self._rest: Final = rest
        self._open = set(range(len(recorded)))

    def answer(self, calls: Sequence[Call]) -> list[Reply]:
        """Replies to calls that were made together: equal calls are matched first, then calls of the same function in
        order.
        """
        equal = [self._take(call, True) for call in calls]
        matched = [
            index if index is not None else self._take(call, False) for index, call in zip(equal, calls, strict=True)
        ]
        return [
            self._elsewhere(call) if index is None else self._reply(call, index, "differ" if first is None else "equal")
            for call, index, first in zip(calls, matched, equal, strict=True)
        ]

    def _take(self, call: Call, exactly: bool) -> int | None:
        for index in sorted(self._open):
            recorded = self._recorded[index]
            if recorded.name == call.name and (not exactly or same(recorded, call)):
                self._open.discard(index)
                return index
        return None

    def _reply(self, call: Call, index: int, match: Match) -> Reply:
        output = self._recorded[index].output
        return Reply(call, match if output is not None else "unanswered", output, index)

    def _elsewhere(self, call: Call) -> Reply:
        """A reply for a call that equals a recorded one of another turn, or one that was already used."""
        known = (each.output for each in (*self._recorded, *self._rest) if same(each, call) and each.output is not None)
        output = next(known, None)
        return Reply(call, "none" if output is None else "elsewhere", output)


def same(one: Call, other: Call) -> bool:
    """Whether two calls have equal names and arguments."""
    return one.name == other.name and values.equal(values.parsed(one.arguments), values.parsed(other.arguments))
