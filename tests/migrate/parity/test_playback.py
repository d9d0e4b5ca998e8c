"""Which recorded output is returned for a candidate's call."""

import pytest

from shim.migrate.parity.answers import Call
from shim.migrate.parity.playback import Playback

PARIS, ROME = Call("weather", '{"city": "Paris"}', "rain"), Call("weather", '{"city": "Rome"}', "sun")
TIME, MUTE = Call("time", "{}", "noon"), Call("mute", "{}")


def made(*names: str) -> list[Call]:
    """Calls as ``name arguments``."""
    return [Call(*name.partition(" ")[::2]) for name in names]


@pytest.mark.parametrize(
    "calls, expected",
    [
        (['weather {"city":"Paris"}'], [("equal", "rain", 0)]),
        # Calls with equal arguments are matched first, at any position in a round; the remaining calls are matched by
        # order.
        (['weather {"city":"Bonn"}', 'weather {"city": "Paris"}'], [("differ", "sun", 1), ("equal", "rain", 0)]),
        (["weather {}", "weather []"], [("differ", "rain", 0), ("differ", "sun", 1)]),
        (["weather {}"] * 3, [("differ", "rain", 0), ("differ", "sun", 1), ("none", None, None)]),
        (["weather broken"], [("differ", "rain", 0)]),
        (["time "], [("equal", "noon", 2)]),
        (["time {}", "time {}"], [("equal", "noon", 2), ("elsewhere", "noon", None)]),
        (["mute {}"], [("unanswered", None, 3)]),
        (['old {"a": 1}', 'old {"a": 2}'], [("elsewhere", "past", None), ("none", None, None)]),
        (["unheard {}"], [("none", None, None)]),
        ([], []),
    ],
)
def test_outputs(calls: list[str], expected: list[tuple[str, str | None, int | None]]) -> None:
    playback = Playback([PARIS, ROME, TIME, MUTE], [Call("old", '{"a": 1.0}', "past")])
    assert [(each.match, each.output, each.index) for each in playback.answer(made(*calls))] == expected


def test_each_recorded_output_is_used_once_over_all_rounds() -> None:
    playback = Playback([PARIS, ROME])
    assert [each.output for each in playback.answer(made("weather {}"))] == ["rain"]
    assert [each.output for each in playback.answer(made('weather {"city": "Rome"}'))] == ["sun"]
    # The output for Paris was used for a call with other arguments; a later call with equal arguments gets it
    # nevertheless.
    assert [(each.match, each.output) for each in playback.answer(made('weather {"city": "Paris"}'))] == [
        ("elsewhere", "rain")
    ]
