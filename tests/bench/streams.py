"""Streams: time per event and time to the first token, with the SDK alone and through the shim.

Every round runs every variant, one after the other, so that other load on the machine affects all of them. Ratios are
computed within a round; the report shows their median, minimum and maximum over the rounds.
"""

import asyncio
import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from tests.bench import awaiting, blocking
from tests.bench.report import Json, Options, Report, spread, table
from tests.bench.stand import Stand, stands
from tests.bench.watch import Watch

BURSTS: Final = (1, 5, 20)
WHAT: Final = {
    "bare": "the bytes off the socket, nothing made of them",
    "a": "client.responses.create(stream=True)",
    "b": "client.responses.stream()",
    "c": "shim runs.create(stream=True)",
    "d": "shim runs.stream() with a handler",
    "e": "the engine alone: bytes in, bytes out, no SDK",
    "c0": "SDK runs.create(stream=True), the shim's bytes served directly",
    "d0": "SDK runs.stream() with a handler, the shim's bytes served directly",
    "d1": "as d0, but the bytes have an event for each delta, none merged",
}
VARIANTS: Final[dict[str, dict[str, Callable[[Stand], Any]]]] = {
    "sync": {"bare": blocking.bare},
    "async": {},
}
for _colour, _room in (("sync", blocking), ("async", awaiting)):
    VARIANTS[_colour] |= {
        "a": _room.create,
        "b": _room.stream,
        "c": _room.shim_create,
        "d": _room.shim_handler,
        "e": _room.alone,
        "c0": _room.direct_create,
        "d0": _room.direct_handler,
        "d1": _room.unmerged_handler,
    }


NOTE: Final = """\
Microseconds are for each delta that upstream sent, from the first text to the end of the stream.  Wall: by the clock,
with the waiting for the upstream, which sends the next piece when the last one has been read.  CPU: computing of this
process alone, all its threads.  "a read": deltas that came in one network read; "reads": network reads of a stream;
"events": text events that the application got."""


@dataclass(frozen=True)
class Measured:
    """The measurements of one stream."""

    wall: float
    cpu: float
    first: float
    reads: int
    events: int


@dataclass(frozen=True)
class Aim:
    """``measure`` of a variant compared with that of another: at most ``limit`` times as much, or at most ``limit`` ms
    more. Without a limit it is only reported.
    """

    variant: str
    against: str
    burst: int
    limit: float | None
    measure: str = "times"


AIMS: Final = (
    Aim("c", "a", 1, 1.1),
    Aim("c", "a", 5, 0.5),
    Aim("c", "a", 20, 0.5),
    Aim("d", "d0", 1, 1.1),
    Aim("d", "d1", 5, 1.1),
    Aim("d", "d1", 20, 1.1),
    Aim("d", "d0", 5, None),
    Aim("d", "d0", 20, None),
    *(Aim("e", "a", burst, None) for burst in BURSTS),
    *(Aim("c", "a", burst, 3.0, "first") for burst in BURSTS),
    *(Aim("d", "d0", burst, 3.0, "first") for burst in BURSTS),
)
Key = tuple[str, int, str]
Found = dict[Key, list[Measured]]


def run(options: Options) -> Report:
    """Streams of many deltas: the SDK alone and through the shim."""
    found: Found = {}
    with stands(options.deltas, BURSTS) as by_burst, asyncio.Runner() as runner:
        # The first round is a warm-up: imports, connections, the SDK's models.
        for number in range(options.rounds + 1):
            gc.collect()
            gc.freeze()
            for key, stand in _order(by_burst):
                measured = _measure(runner, key, stand, options.deltas)
                if number:
                    found.setdefault(key, []).append(measured)
        for stand in by_burst.values():
            runner.run(stand.aclose())
    return Report(_text(found), _data(found))


def _order(by_burst: dict[int, Stand]) -> Iterator[tuple[Key, Stand]]:
    for burst, stand in by_burst.items():
        for colour, variants in VARIANTS.items():
            for name in variants:
                yield (colour, burst, name), stand


def _measure(runner: asyncio.Runner, key: Key, stand: Stand, deltas: int) -> Measured:
    colour, _, name = key
    watch, timed = Watch(), VARIANTS[colour][name](stand)
    gc.collect()
    before = stand.server.reads
    if colour == "sync":
        watch.start()
        timed(watch)
        watch.stop()
    else:
        runner.run(_awaited(watch, timed))
    reads = stand.server.reads - before
    _check(key, stand, watch, reads)
    return Measured(watch.wall(deltas), watch.cpu(deltas), watch.to_first(), reads, watch.events)


def _check(key: Key, stand: Stand, watch: Watch, reads: int) -> None:
    """Check that all of the text was received and that every piece was one network read; otherwise the figures would
    mean nothing.
    """
    name = key[2]
    served = {"e": [], "c0": stand.events, "d0": stand.events, "d1": stand.unmerged}
    sent = len(served.get(name, stand.pieces))
    if reads != sent:
        raise AssertionError(f"{key}: {sent} pieces came in {reads} reads")
    if name != "bare" and watch.received != stand.length:
        raise AssertionError(f"{key}: {watch.received} characters came of {stand.length}")


async def _awaited(watch: Watch, timed: Any) -> None:
    watch.start()
    await timed(watch)
    watch.stop()


def _against(found: Found, colour: str, aim: Aim) -> dict[str, dict[str, float]]:
    """Ratios of wall time and CPU time, round by round; or the delay of the first text in ms."""
    pairs = list(zip(found[colour, aim.burst, aim.variant], found[colour, aim.burst, aim.against], strict=True))
    if aim.measure == "first":
        return {"wall": spread(one.first - other.first for one, other in pairs)}
    return {
        "wall": spread(one.wall / other.wall for one, other in pairs),
        "cpu": spread(one.cpu / other.cpu for one, other in pairs),
    }


def _judged(found: Found) -> Iterator[tuple[str, Aim, str, dict[str, float]]]:
    for colour in ("sync", "async"):
        for aim in AIMS:
            for clock, values in _against(found, colour, aim).items():
                yield colour, aim, clock, values


def _met(aim: Aim, values: dict[str, float]) -> bool | None:
    return None if aim.limit is None else values["median"] <= aim.limit


def _data(found: Found) -> Json:
    measures = [
        {"colour": colour, "burst": burst, "variant": name, "reads": each[0].reads, "events": each[0].events}
        | {
            "wall_us": spread(one.wall for one in each),
            "cpu_us": spread(one.cpu for one in each),
            "first_ms": spread(one.first for one in each),
        }
        for (colour, burst, name), each in found.items()
    ]
    ratios = [
        {"colour": colour, "burst": aim.burst, "variant": aim.variant, "against": aim.against, "clock": clock}
        | {"measure": aim.measure, "aim": aim.limit, "met": _met(aim, values), **values}
        for colour, aim, clock, values in _judged(found)
    ]
    return {"variants": WHAT, "measures": measures, "ratios": ratios}


def _text(found: Found) -> str:
    head = (
        "variant",
        "colour",
        "a read",
        "wall µs",
        "min",
        "max",
        "CPU µs",
        "min",
        "max",
        "first ms",
        "reads",
        "events",
    )
    rows = []
    for (colour, burst, name), each in found.items():
        clocks = [spread(one.wall for one in each), spread(one.cpu for one in each)]
        cells = [f"{clock[which]:.1f}" for clock in clocks for which in ("median", "min", "max")]
        first = f"{spread(one.first for one in each)['median']:.2f}"
        rows.append((name, colour, str(burst), *cells, first, str(each[0].reads), str(each[0].events)))
    judged = []
    for colour, aim, clock, values in _judged(found):
        what = (
            f"{aim.variant} / {aim.against}" if aim.measure == "times" else f"{aim.variant} - {aim.against}, first ms"
        )
        numbers = [f"{values[which]:.2f}" for which in ("median", "min", "max")]
        verdict = {True: "yes", False: "NO", None: ""}[_met(aim, values)]
        limit = "" if aim.limit is None else f"{aim.limit:g}"
        judged.append((what, colour, str(aim.burst), clock, *numbers, limit, verdict))
    verdicts = table(("compared", "colour", "a read", "clock", "median", "min", "max", "at most", "met"), judged)
    names = "\n".join(f"  {name:4} {what}" for name, what in WHAT.items())
    return f"{names}\n\n{NOTE}\n\n{table(head, rows)}\n\n{verdicts}"
