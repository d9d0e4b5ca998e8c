"""A circuit breaker's states, and what leads from one to the other: a table without a clock, a network or chance.

Closed: requests go through.  Open: none does, for a pause.  Half open: one does, the probe, and its end decides.
"""

from collections.abc import Callable
from typing import Final, Literal, NamedTuple

Kind = Literal["closed", "open", "half_open"]
#: ``asked``: somebody has a request.  ``answered``, ``failed``: how one ended that went through.  ``left``: nobody
#: waits for the probe any more, so that it shows nothing.
Happening = Literal["asked", "answered", "failed", "left"]
#: Seconds within which failures in a row open a circuit, of the first pause, and for which a probe is waited for until
#: another one goes.
WINDOW: Final = 60.0
FIRST: Final = 1.0
PROBE: Final = 10.0
#: The part of a pause that chance may take off, so that many processes do not return at one moment.
SPREAD: Final = 0.25


class Rules(NamedTuple):
    """``failures`` in a row open a circuit; no pause is longer than ``longest`` seconds."""

    failures: int
    longest: float


class State(NamedTuple):
    """Times are a clock's seconds.  ``failures``: those of the window; ``since``: the first of all that came in a row;
    ``pause``: the seconds of the last one; ``until``: its end, or that of the wait for a probe.
    """

    kind: Kind = "closed"
    failures: tuple[float, ...] = ()
    since: float = 0.0
    pause: float = 0.0
    until: float = 0.0


class Now(NamedTuple):
    """What a state cannot know by itself.  ``chance``: from 0 to 1."""

    time: float
    chance: float
    rules: Rules


CLOSED: Final = State()


def after(state: State, happening: Happening, now: Now) -> State:
    """The state that follows; the same object where nothing changes."""
    return TABLE[state.kind, happening](state, now)


def goes_through(before: State, then: State) -> bool:
    """Whether a request goes through whose ``asked`` led from one state to the other."""
    return then.kind == "closed" or is_probe(before, then)


def is_probe(before: State, then: State) -> bool:
    """Whether it is the one whose end decides."""
    return then.kind == "half_open" and then is not before


def _same(state: State, now: Now) -> State:
    return state


def _closed(state: State, now: Now) -> State:
    return CLOSED


def _counted(state: State, now: Now) -> State:
    recent = (*(when for when in state.failures if now.time - when < WINDOW), now.time)
    since = state.since if state.failures else now.time
    if len(recent) < now.rules.failures:
        return State("closed", recent, since)
    return _paused(since, min(FIRST, now.rules.longest), now)


def _tried(state: State, now: Now) -> State:
    """The probe goes when the pause is over, and another one when nothing was heard of it."""
    return state._replace(kind="half_open", until=now.time + PROBE) if now.time >= state.until else state


def _longer(state: State, now: Now) -> State:
    return _paused(state.since, min(state.pause * 2, now.rules.longest), now)


def _due(state: State, now: Now) -> State:
    return state._replace(kind="open", until=now.time)


def _paused(since: float, pause: float, now: Now) -> State:
    return State("open", (), since, pause, now.time + pause * (1 - SPREAD * now.chance))


TABLE: Final[dict[tuple[Kind, Happening], Callable[[State, Now], State]]] = {
    ("closed", "asked"): _same,
    ("closed", "answered"): _closed,
    ("closed", "failed"): _counted,
    ("closed", "left"): _same,
    ("open", "asked"): _tried,
    # Of requests that went before it opened: an answer is an answer, and one more failure says nothing new.
    ("open", "answered"): _closed,
    ("open", "failed"): _same,
    ("open", "left"): _same,
    ("half_open", "asked"): _tried,
    ("half_open", "answered"): _closed,
    ("half_open", "failed"): _longer,
    ("half_open", "left"): _due,
}
