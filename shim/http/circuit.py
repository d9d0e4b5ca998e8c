"""A circuit breaker's states and transitions: a table without clock, network or randomness.

Closed: requests are sent.  Open: no request is sent, for a pause.  Half open: one request is sent, the probe, and its
result decides.
"""

from collections.abc import Callable
from typing import Final, Literal, NamedTuple

Kind = Literal["closed", "open", "half_open"]
#: ``requested``: there is a request to send.  ``answered``, ``failed``: the result of a request that was sent.
#: ``left``: the probe was cancelled, so it has no result.
Happening = Literal["requested", "answered", "failed", "left"]
#: Seconds: the window within which failures in a row open a circuit, the first pause, and the time after which a probe
#: without a result is replaced by another one.
WINDOW: Final = 60.0
FIRST: Final = 1.0
PROBE: Final = 10.0
#: The random part by which a pause is shortened, so that many processes do not send their probes at the same moment.
SPREAD: Final = 0.25


class Rules(NamedTuple):
    """``failures`` in a row open a circuit; no pause is longer than ``longest`` seconds."""

    failures: int
    longest: float


class State(NamedTuple):
    """Times are in seconds of a clock.  ``failures``: the times of failures within the window; ``since``: the time of
    the first failure in a row; ``pause``: the seconds of the last pause; ``until``: its end, or the end of the wait for
    a probe.
    """

    kind: Kind = "closed"
    failures: tuple[float, ...] = ()
    since: float = 0.0
    pause: float = 0.0
    until: float = 0.0


class Now(NamedTuple):
    """The inputs of a transition.  ``chance``: a random number from 0 to 1."""

    time: float
    chance: float
    rules: Rules


CLOSED: Final = State()


def after(state: State, happening: Happening, now: Now) -> State:
    """The next state; the same object if nothing changes."""
    return TABLE[state.kind, happening](state, now)


def goes_through(before: State, then: State) -> bool:
    """Whether a request is sent if its ``requested`` led from one state to the other."""
    return then.kind == "closed" or is_probe(before, then)


def is_probe(before: State, then: State) -> bool:
    """Whether that request is the probe."""
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
    """The probe is sent when the pause is over, and another one if it has no result in time."""
    return state._replace(kind="half_open", until=now.time + PROBE) if now.time >= state.until else state


def _longer(state: State, now: Now) -> State:
    return _paused(state.since, min(state.pause * 2, now.rules.longest), now)


def _due(state: State, now: Now) -> State:
    return state._replace(kind="open", until=now.time)


def _paused(since: float, pause: float, now: Now) -> State:
    return State("open", (), since, pause, now.time + pause * (1 - SPREAD * now.chance))


TABLE: Final[dict[tuple[Kind, Happening], Callable[[State, Now], State]]] = {
    ("closed", "requested"): _same,
    ("closed", "answered"): _closed,
    ("closed", "failed"): _counted,
    ("closed", "left"): _same,
    ("open", "requested"): _tried,
    # Results of requests that were sent before the circuit opened: an answer closes it, and a further failure changes
    # nothing.
    ("open", "answered"): _closed,
    ("open", "failed"): _same,
    ("open", "left"): _same,
    ("half_open", "requested"): _tried,
    ("half_open", "answered"): _closed,
    ("half_open", "failed"): _longer,
    ("half_open", "left"): _due,
}
