"""Many concurrent streams through `assistants-shim serve` and without it, each with a fixed rate of tokens.

Upstream and readers use raw sockets in other processes (`tests.bench.crowd_upstream`, `tests.bench.crowd_readers`), so
only the server is measured. Upstream sends each token with one write.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.bench.crowd_upstream import SLOW
from tests.bench.report import Json, Options, Report, table

ROOT: Final = Path(__file__).parents[2]
#: Numbers of concurrent streams, and of processes of the server.
CROWDS: Final = ((200, 1), (500, 2))
#: The ways in which the streams start. At once: all within a second. Steady: they start evenly during two lengths of a
#: stream, so that after the first length as many start as end.
AT_ONCE: Final = "at once"
STEADY: Final = "steady"
RAMP: Final = 1.0
#: Tokens per second in each stream, and the length of a stream in seconds.
RATE: Final = 30
SECONDS: Final = 10
TICKS: Final = os.sysconf("SC_CLK_TCK")


#: The name of an aim: the measure, the number of streams, and the highest allowed value.  It holds for both ways.
AIMS: Final[dict[str, tuple[str, int, float]]] = {
    "µs of the processor a token, 200 streams": ("cpu_us_per_token", 200, 65),
    "first p99 ms, 500 streams": ("first_p99", 500, 250),
    "longest gap ms, 500 streams": ("gap", 500, 1000),
    "MB, 500 streams": ("peak_mb", 500, 300),
    "kB an idle stream": ("idle_kb", 200, 100),
    "µs in mid-stream, 200 streams": ("middle_us_per_token", 200, 65),
}
#: All streams are in their middle from so many seconds after the last has started, until so long before the first ends.
SETTLED: Final = 1.5
BEFORE_END: Final = 0.5
#: The columns of the table, and the measures that they show.
COLUMNS: Final = {
    "streams": "streams",
    "start": "starts",
    "processes": "workers",
    "tokens": "sent",
    "events": "tokens",
    "µs a token": "cpu_us_per_token",
    "in mid-stream": "middle_us_per_token",
    "first p50 ms": "first_p50",
    "p99 ms": "first_p99",
    "longest gap ms": "gap",
    "MB": "peak_mb",
    "kB an idle stream": "idle_kb",
}
NOTE: Final = """\
Tokens are those that upstream sends; "events" are the text events that came, as the server makes one of what came
together.  Microseconds are of all threads and processes of the server (or of the SDK's program) for each token,
the start of the runs included; "in mid-stream": while all streams run and none starts.  An idle stream waits for its
first token.  "At once": all streams start within a second.  "Steady": they start evenly, so that after one length of a
stream as many start as end."""


def run(options: Options) -> Report:
    """CPU time of the server per token, time to the first token, and the longest gap within a stream."""
    return measured(CROWDS, SECONDS)


def measured(crowds: tuple[tuple[int, int], ...], seconds: float, ways: tuple[str, ...] = (AT_ONCE, STEADY)) -> Report:
    """Each number of streams is measured three times in each way to start: directly at upstream, with the SDK's plain
    loop, and through the server with the given number of processes.
    """
    found: list[Json] = []
    for streams, workers in crowds:
        starts = {AT_ONCE: Starts(AT_ONCE, streams, RAMP), STEADY: Starts(STEADY, 2 * streams, 2 * seconds)}
        for way in ways:
            found += _rows(streams, workers, starts[way], seconds)
    return Report(_text(found), {"crowds": found})


class Starts(NamedTuple):
    """``count`` streams start evenly within a number of seconds."""

    way: str
    count: int
    seconds: float


def _rows(streams: int, workers: int, starts: Starts, seconds: float) -> Iterator[Json]:
    sent = starts.count * int(RATE * seconds)
    with upstream_process(int(RATE * seconds), seconds) as upstream:
        direct = _readers("crowd_readers", upstream, starts, None)
        loop = _readers("crowd_sdk", upstream, starts, None)
        through = _through(upstream, streams, workers, starts, seconds)
    ways = (
        ("raw sockets, no server", 0, direct),
        ("the SDK's loop, no server", 0, loop),
        ("the server", workers, through),
    )
    for name, processes, measures in ways:
        if "computed" in measures:
            measures["cpu_us_per_token"] = round(measures.pop("computed") / sent * 1e6, 1)
        yield {"streams": streams, "starts": starts.way, "workers": processes, "way": name, "sent": sent, **measures}


def _through(upstream: str, streams: int, workers: int, starts: Starts, seconds: float) -> Json:
    """First measure the memory of idle streams, then run the streams that are timed, each of this length."""
    with _server(upstream, workers) as (url, pid):
        # A few streams first, so that memory allocated only once is not counted as memory of the idle streams.
        _readers("crowd_readers", url, Starts(AT_ONCE, 2 * workers, RAMP), pid)
        before = _memory(pid)
        idle = _readers("crowd_readers", url, Starts(AT_ONCE, streams, RAMP), pid, SLOW)["peak_mb"] - before
        used = _cpu(pid)
        middle = Middle(pid, starts.seconds + SETTLED, seconds - BEFORE_END)
        measures = _readers("crowd_readers", url, starts, pid, middle=middle)
        if middle.used:
            measures["middle_us_per_token"] = round(middle.used / (streams * RATE * middle.lasted) * 1e6, 1)
        return measures | {"computed": _cpu(pid) - used, "idle_kb": round(idle * 1000 / streams, 1)}


@dataclass
class Middle:
    """CPU time of a process while all streams run, in a part of the time since the first began: from ``begin`` to
    ``end``, in seconds.  Streams that start steadily have no such part.
    """

    pid: int
    begin: float
    end: float
    used: float = 0.0
    lasted: float = 0.0
    _first: tuple[float, float] | None = None

    def look(self, at: float) -> None:
        """Measure, ``at`` seconds after the first stream began."""
        if self._first is None and self.begin <= at < self.end:
            self._first = at, _cpu(self.pid)
        elif self._first is not None and at <= self.end:
            self.lasted, self.used = at - self._first[0], _cpu(self.pid) - self._first[1]


def _text(found: list[Json]) -> str:
    rows = [(row["way"], *(str(row.get(name, "")) for name in COLUMNS.values())) for row in found]
    judged = [
        (what, row["starts"], f"{row[name]:g}", f"{limit:g}", "yes" if row[name] <= limit else "NO")
        for what, (name, streams, limit) in AIMS.items()
        for row in found
        if row["streams"] == streams and name in row and row["way"] == "the server"
    ]
    verdicts = table(("aim", "start", "measured", "at most", "met"), judged)
    return f"{NOTE}\n\n{table(('way', *COLUMNS), rows)}\n\n{verdicts}"


@contextmanager
def upstream_process(tokens: int, silence: float, rate: float = RATE) -> Iterator[str]:
    """The URL of an upstream that runs in its own process."""
    arguments = ("-m", "tests.bench.crowd_upstream", str(rate), str(tokens), str(silence))
    with _process(*arguments) as process:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}/v1"


@contextmanager
def _server(upstream: str, workers: int) -> Iterator[tuple[str, int]]:
    """The server's URL and its process id. Several processes share one SQLite database."""
    with tempfile.TemporaryDirectory() as folder:
        given = {"SHIM_DATABASE_URL": f"sqlite:///{folder}/shim.db", "OPENAI_API_KEY": "bench"}
        arguments = ["-m", "shim", "serve", "--port", "0", "--upstream", upstream]
        arguments += ["--workers", str(workers)] if workers > 1 else []
        with _process(*arguments, env=os.environ | given) as process:
            yield process.stdout.readline().partition(",")[0].strip(), process.pid


def _readers(module: str, url: str, starts: Starts, pid: int | None, *more: str, middle: Middle | None = None) -> Json:
    count, seconds = str(starts.count), str(starts.seconds)
    command = [sys.executable, "-m", f"tests.bench.{module}", url, count, seconds, *more]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as readers:
        assert readers.stdout is not None
        # A line says that the first stream begins now.
        readers.stdout.readline()
        began, peak = time.monotonic(), 0.0
        while readers.poll() is None:
            peak = max(peak, _memory(pid) if pid is not None else 0.0)
            if middle is not None:
                middle.look(time.monotonic() - began)
            try:
                readers.wait(0.25)
            except subprocess.TimeoutExpired:
                continue
        results: Json = json.loads(readers.stdout.read())
    return results | ({"peak_mb": round(peak, 1)} if pid is not None else {})


@contextmanager
def _process(*arguments: str, env: Any = None) -> Iterator[Any]:
    out: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    with subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=env, **out) as process:
        try:
            yield process
        finally:
            process.terminate()


def _family(pid: int) -> list[int]:
    """The ids of a process and of all its descendants."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    found = [int(child) for child in children.read_text().split()] if children.exists() else []
    return [pid, *(each for child in found for each in _family(child))]


def _cpu(pid: int) -> float:
    """Seconds of CPU time that a process and its descendants have used."""
    used = 0.0
    for each in _family(pid):
        fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        used += (int(fields[11]) + int(fields[12])) / TICKS
    return used


def _memory(pid: int) -> float:
    """Megabytes of memory of a process and its descendants; shared pages are divided among the processes that share
    them.
    """
    total = 0
    for each in _family(pid):
        try:
            lines = Path(f"/proc/{each}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024
