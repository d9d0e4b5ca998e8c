"""Many concurrent streams through `assistants-shim serve` and without it, each with a fixed rate of tokens.

Upstream and readers use raw sockets in other processes (`tests.bench.crowd_upstream`, `tests.bench.crowd_readers`), so
only the server is measured. Upstream sends each token with one write.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from tests.bench.crowd_upstream import SLOW
from tests.bench.report import Json, Options, Report, table

ROOT: Final = Path(__file__).parents[2]
#: Numbers of concurrent streams, and of processes of the server.
CROWDS: Final = ((200, 1), (500, 2))
#: Tokens per second in each stream, and the length of a stream in seconds.
RATE: Final = 30
SECONDS: Final = 10
TICKS: Final = os.sysconf("SC_CLK_TCK")


#: The name of an aim: the measure, the number of streams, and the highest allowed value.
AIMS: Final[dict[str, tuple[str, int, float]]] = {
    "µs of the processor a token, 200 streams": ("cpu_us_per_token", 200, 65),
    "first p99 ms, 500 streams": ("first_p99", 500, 250),
    "longest gap ms, 500 streams": ("gap", 500, 1000),
    "MB, 500 streams": ("peak_mb", 500, 300),
    "kB an idle stream": ("idle_kb", 200, 100),
}
NOTE: Final = """\
Tokens are those that upstream sends; "events" are the text events that came, as the server makes one of what came
together.  Microseconds are of all threads and processes of the server (or of the SDK's program) for each token,
the start of the runs included.  An idle stream waits for its first token."""


def run(options: Options) -> Report:
    """CPU time of the server per token, time to the first token, and the longest gap within a stream."""
    return measured(CROWDS, SECONDS)


def measured(crowds: tuple[tuple[int, int], ...], seconds: float) -> Report:
    """Each number of streams is measured three times: directly at upstream, with the SDK's plain loop, and through the
    server with the given number of processes.
    """
    found: list[Json] = []
    for streams, workers in crowds:
        sent = streams * int(RATE * seconds)
        with upstream_process(int(RATE * seconds), seconds) as upstream:
            direct = _readers("crowd_readers", upstream, streams, None)
            loop = _readers("crowd_sdk", upstream, streams, None)
            through = _through(upstream, streams, workers)
        ways = ("raw sockets, no server", direct), ("the SDK's loop, no server", loop), ("the server", through)
        for name, told in ways:
            cost = {"cpu_us_per_token": round(told.pop("computed") / sent * 1e6, 1)} if "computed" in told else {}
            processes = workers if told is ways[2][1] else 0
            found.append({"streams": streams, "workers": processes, "way": name, "sent": sent, **told, **cost})
    return Report(_text(found), {"crowds": found})


def _through(upstream: str, streams: int, workers: int) -> Json:
    """First measure the memory of idle streams, then run the streams that are timed."""
    with _server(upstream, workers) as (url, pid):
        # A few streams first, so that memory allocated only once is not counted as memory of the idle streams.
        _readers("crowd_readers", url, 2 * workers, pid)
        before = _memory(pid)
        idle = _readers("crowd_readers", url, streams, pid, SLOW)["peak_mb"] - before
        used = _cpu(pid)
        told = _readers("crowd_readers", url, streams, pid)
        return told | {"computed": _cpu(pid) - used, "idle_kb": round(idle * 1000 / streams, 1)}


def _text(found: list[Json]) -> str:
    head = ("way", "streams", "processes", "tokens", "events", "µs a token", "first p50 ms", "p99 ms", "longest gap ms")
    names = ("streams", "workers", "sent", "tokens", "cpu_us_per_token", "first_p50", "first_p99", "gap")
    more = {"MB": "peak_mb", "kB an idle stream": "idle_kb"}
    rows = [(row["way"], *(str(row.get(name, "")) for name in (*names, *more.values()))) for row in found]
    judged = [
        (what, f"{row[name]:g}", f"{limit:g}", "yes" if row[name] <= limit else "NO")
        for what, (name, streams, limit) in AIMS.items()
        for row in found
        if row["streams"] == streams and name in row and row["way"] == "the server"
    ]
    told = table(("aim", "measured", "at most", "met"), judged)
    return f"{NOTE}\n\n{table((*head, *more), rows)}\n\n{told}"


@contextmanager
def upstream_process(tokens: int, silence: float, rate: float = RATE) -> Iterator[str]:
    """The URL of an upstream that runs in its own process."""
    words = ("-m", "tests.bench.crowd_upstream", str(rate), str(tokens), str(silence))
    with _process(*words) as process:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}/v1"


@contextmanager
def _server(upstream: str, workers: int) -> Iterator[tuple[str, int]]:
    """The server's URL and its process id. Several processes share one SQLite database."""
    with tempfile.TemporaryDirectory() as folder:
        given = {"SHIM_DATABASE_URL": f"sqlite:///{folder}/shim.db", "OPENAI_API_KEY": "bench"}
        words = ["-m", "shim", "serve", "--port", "0", "--upstream", upstream]
        words += ["--workers", str(workers)] if workers > 1 else []
        with _process(*words, env=os.environ | given) as process:
            yield process.stdout.readline().partition(",")[0].strip(), process.pid


def _readers(module: str, url: str, streams: int, pid: int | None, *more: str) -> Json:
    words = [sys.executable, "-m", f"tests.bench.{module}", url, str(streams), *more]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as readers:
        peak = 0.0
        while readers.poll() is None:
            peak = max(peak, _memory(pid) if pid is not None else 0.0)
            try:
                readers.wait(0.25)
            except subprocess.TimeoutExpired:
                continue
        assert readers.stdout is not None
        told: Json = json.loads(readers.stdout.read())
    return told | ({"peak_mb": round(peak, 1)} if pid is not None else {})


@contextmanager
def _process(*words: str, env: Any = None) -> Iterator[Any]:
    out: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    with subprocess.Popen([sys.executable, *words], cwd=ROOT, env=env, **out) as process:
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
        words = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        used += (int(words[11]) + int(words[12])) / TICKS
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
