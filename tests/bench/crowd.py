"""Many streams at once through `assistants-shim serve`, each with so many tokens a second, and without it.

Upstream and readers are raw sockets in other processes (`tests.bench.crowd_upstream`, `tests.bench.crowd_readers`), so
that what is measured is the server.  One token is one write of upstream.
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

from tests.bench.report import Json, Options, Report, table

ROOT: Final = Path(__file__).parents[2]
#: Streams at once, and processes of the server.
CROWDS: Final = ((200, 1), (500, 2))
#: Tokens a second of each stream, and for how many seconds.
RATE: Final = 30
SECONDS: Final = 10
TICKS: Final = os.sysconf("SC_CLK_TCK")


def run(options: Options) -> Report:
    """What the server costs a token, when first tokens come and how long a stream stands still."""
    return measured(CROWDS, SECONDS)


def measured(crowds: tuple[tuple[int, int], ...], seconds: float) -> Report:
    """Each crowd at upstream itself, then through the server with so many processes."""
    found: list[Json] = []
    for streams, workers in crowds:
        with _upstream(seconds) as upstream:
            found.append({"streams": streams, "workers": 0, **_readers(upstream, streams, None)})
            with _server(upstream, workers) as (url, pid):
                before = _cpu(pid)
                idle = _memory(pid)
                told = _readers(url, streams, pid)
                used = _cpu(pid) - before
            each = {"cpu_us_per_token": round(used / told["tokens"] * 1e6, 1), "idle_mb": round(idle, 1)}
            found.append({"streams": streams, "workers": workers, **told, **each})
    return Report(_text(found), {"crowds": found})


def _text(found: list[Json]) -> str:
    head = ("streams", "processes", "tokens", "µs a token", "first p50 ms", "p99 ms", "longest gap ms", "MB")
    names = ("tokens", "cpu_us_per_token", "first_p50", "first_p99", "gap", "peak_mb")
    rows = [
        (str(row["streams"]), str(row["workers"] or "without"), *(str(row.get(name, "")) for name in names))
        for row in found
    ]
    return table(head, rows)


@contextmanager
def _upstream(seconds: float) -> Iterator[str]:
    words = ("-m", "tests.bench.crowd_upstream", str(RATE), str(int(RATE * seconds)))
    with _process(*words) as process:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}/v1"


@contextmanager
def _server(upstream: str, workers: int) -> Iterator[tuple[str, int]]:
    """The server's URL and its process.  More than one process share one SQLite database."""
    with tempfile.TemporaryDirectory() as folder:
        given = {"SHIM_DATABASE_URL": f"sqlite:///{folder}/shim.db", "OPENAI_API_KEY": "bench"}
        words = ["-m", "shim", "serve", "--port", "0", "--upstream", upstream]
        words += ["--workers", str(workers)] if workers > 1 else []
        with _process(*words, env=os.environ | given) as process:
            yield process.stdout.readline().partition(",")[0].strip(), process.pid


def _readers(url: str, streams: int, pid: int | None) -> Json:
    words = [sys.executable, "-m", "tests.bench.crowd_readers", url, str(streams)]
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
    with subprocess.Popen([sys.executable, *words], cwd=ROOT, stdout=subprocess.PIPE, text=True, env=env) as process:
        try:
            yield process
        finally:
            process.terminate()


def _family(pid: int) -> list[int]:
    """A process and all that it has started."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    found = [int(child) for child in children.read_text().split()] if children.exists() else []
    return [pid, *(each for child in found for each in _family(child))]


def _cpu(pid: int) -> float:
    """Seconds of the processor that they have used."""
    used = 0.0
    for each in _family(pid):
        words = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        used += (int(words[11]) + int(words[12])) / TICKS
    return used


def _memory(pid: int) -> float:
    """Megabytes that are theirs: shared pages are shared out."""
    total = 0
    for each in _family(pid):
        try:
            lines = Path(f"/proc/{each}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024
