"""Numbers formatted for people."""

from dataclasses import replace

import pytest

from shim.migrate.parity import numbers
from tests.migrate.parity.shown import report


@pytest.mark.parametrize(
    "value, shown",
    [
        (None, "unknown"),
        (0.0, "$0.0000"),
        (0.000004, "$0.000004"),
        (0.0271, "$0.0271"),
        (9.5, "$9.5000"),
        (1234.5, "$1,234.50"),
    ],
)
def test_dollars(value: float | None, shown: str) -> None:
    assert numbers.dollars(value) == shown


@pytest.mark.parametrize(
    "value, shown", [(None, "unknown"), (0, "0 s"), (0.0, "0.00 s"), (3, "3 s"), (1.234, "1.23 s"), (61.7, "62 s")]
)
def test_seconds(value: float | None, shown: str) -> None:
    assert numbers.seconds(value) == shown


def test_a_sum_with_unknown_parts_is_shown_as_a_minimum() -> None:
    whole = report().summaries()[1]
    assert (numbers.cost(whole), numbers.tokens(whole, "prompt"), numbers.tokens(whole, "cached")) == (
        "$0.0038",
        "2,924",
        "2,048",
    )
    part = replace(whole, cost_unknown=1, tokens_unknown=1)
    assert (numbers.cost(part), numbers.tokens(part, "prompt")) == ("≥ $0.0038", "≥ 2,924")
    nothing = replace(whole, cost=None, cost_unknown=3, tokens=None, tokens_unknown=3, first=None)
    assert (numbers.cost(nothing), numbers.tokens(nothing, "prompt")) == ("unknown", "unknown")
    assert numbers.spread(nothing.first) == "unknown"


def test_singular_and_plural() -> None:
    assert [numbers.count(number, "turn") for number in (0, 1, 2000)] == ["0 turns", "1 turn", "2,000 turns"]
