"""Every cell of the circuit's table, and a circuit over time."""

from itertools import product
from typing import get_args

import pytest

from shim.http import circuit
from shim.http.circuit import CLOSED, PROBE, WINDOW, Happening, Kind, Now, Rules, State, after

RULES = Rules(failures=3, longest=8.0)
OPEN = State("open", (), 5.0, 2.0, 100.0)
TRYING = State("half_open", (), 5.0, 2.0, 100.0)
TWICE = State("closed", (97.0, 98.0), 97.0)


def now(time: float, chance: float = 0.0) -> Now:
    return Now(time, chance, RULES)


def test_the_table_has_every_state_and_event() -> None:
    assert set(circuit.TABLE) == set(product(get_args(Kind), get_args(Happening)))


@pytest.mark.parametrize(
    "before, happening, time, then",
    [
        (CLOSED, "requested", 99.0, CLOSED),
        (CLOSED, "answered", 99.0, CLOSED),
        (CLOSED, "left", 99.0, CLOSED),
        (CLOSED, "failed", 99.0, State("closed", (99.0,), 99.0)),
        (TWICE, "requested", 99.0, TWICE),
        (TWICE, "left", 99.0, TWICE),
        (TWICE, "answered", 99.0, CLOSED),
        (TWICE, "failed", 99.0, State("open", (), 97.0, 1.0, 100.0)),
        # The first failure is too old to count in the window, but it still is the first of the consecutive failures.
        (TWICE, "failed", 97.5 + WINDOW, State("closed", (98.0, 97.5 + WINDOW), 97.0)),
        (OPEN, "requested", 99.9, OPEN),
        (OPEN, "requested", 100.0, State("half_open", (), 5.0, 2.0, 100.0 + PROBE)),
        (OPEN, "answered", 99.0, CLOSED),
        (OPEN, "failed", 99.0, OPEN),
        (OPEN, "left", 99.0, OPEN),
        (TRYING, "requested", 99.9, TRYING),
        (TRYING, "requested", 100.0, State("half_open", (), 5.0, 2.0, 100.0 + PROBE)),
        (TRYING, "answered", 99.0, CLOSED),
        (TRYING, "failed", 99.0, State("open", (), 5.0, 4.0, 103.0)),
        (TRYING, "left", 99.0, State("open", (), 5.0, 2.0, 99.0)),
    ],
)
def test_every_transition_of_the_table(before: State, happening: Happening, time: float, then: State) -> None:
    assert after(before, happening, now(time)) == then


@pytest.mark.parametrize("state", [CLOSED, TWICE, OPEN, TRYING])
def test_which_requests_are_let_through(state: State) -> None:
    early, late = after(state, "requested", now(99.0)), after(state, "requested", now(100.0))
    closed = state.kind == "closed"
    assert (circuit.goes_through(state, early), circuit.goes_through(state, late)) == (closed, True)
    assert (circuit.is_probe(state, early), circuit.is_probe(state, late)) == (False, not closed)
    assert closed or not circuit.goes_through(late, after(late, "requested", now(100.0))), "one probe at a time"


def test_pauses_grow_to_a_limit() -> None:
    state, pauses = TWICE, []
    for _ in range(6):
        state = after(state, "failed", now(99.0, chance=1.0))
        pauses.append((state.pause, state.until - 99.0))
        state = after(state, "requested", now(state.until))
        assert state.kind == "half_open"
    assert pauses == [(1, 0.75), (2, 1.5), (4, 3), (8, 6), (8, 6), (8, 6)], "chance takes a quarter off at most"


def test_a_maximum_pause_below_the_first_pause() -> None:
    state = after(CLOSED, "failed", Now(99.0, 0.0, Rules(failures=1, longest=0.1)))
    assert (state.kind, state.pause) == ("open", 0.1)
