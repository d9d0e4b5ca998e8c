"""``python -m tests.scenarios.load.soak [--minutes N] [--readers N]``: a server whose readers disconnect,
for a long time.

Each round: readers connect and disconnect for a while (`leaving`), then the test waits until the server is idle, and
counts the server's resources.  Prints a table; fails when later rounds leave more resources in use than the first ones.
"""

import argparse
import asyncio
import gc
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from tests.bench.crowd import upstream_process
from tests.bench.report import machine, table
from tests.recordings import ROOT
from tests.scenarios.load.leaving import ENDS
from tests.server.served import served

#: Rounds in which the counts may still grow, because pools fill and code is loaded.
WARM: Final = 2
#: Megabytes by which a process may grow, because an allocator does not return all memory.
SLACK_MB: Final = 8.0
#: Seconds within which the server must become idle, and for which the counts must then stay the same.
PATIENCE, QUIET = 30.0, 0.5
TOKENS, RATE = 20, 200.0


@dataclass(frozen=True)
class Held:
    """The resources of the server's process while it is idle.  ``streams``: how many streams the round had."""

    streams: int
    megabytes: float
    descriptors: int
    threads: int
    tasks: int


def soak(minutes: float, readers: int, rounds: int) -> list[Held]:
    """Run all rounds; yields the resources in use after each."""
    seconds = minutes * 60 / rounds
    with tempfile.TemporaryDirectory() as folder, upstream_process(TOKENS, 0.0, RATE) as answering:
        database = f"sqlite:///{Path(folder) / 'shim.db'}"
        with served(upstream=answering, database_url=database) as url:
            return list(_rounds(f"{url}/v1", readers, seconds, rounds))


def _rounds(url: str, readers: int, seconds: float, rounds: int) -> Iterator[Held]:
    for _ in range(rounds):
        line = [sys.executable, "-m", "tests.scenarios.load.leaving", url, str(readers), str(seconds)]
        process = subprocess.run(line, cwd=ROOT, check=True, capture_output=True, text=True)
        counts: dict[str, int] = json.loads(process.stdout)
        assert counts.keys() == set(ENDS), "a round is too short for every kind of reader"
        yield rested(sum(counts.values()))


def rested(streams: int) -> Held:
    """The resources in use, as soon as they no longer change."""
    deadline, before, since = time.monotonic() + PATIENCE, counted(), time.monotonic()
    while time.monotonic() - since < QUIET:
        assert time.monotonic() < deadline, f"never at rest: {before}"
        time.sleep(0.25)
        if (now := counted()) != before:
            before, since = now, time.monotonic()
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return Held(streams, round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, 1), *before)


def counted() -> tuple[int, int, int]:
    """Descriptors, threads, and tasks that have not ended."""
    tasks = [each for each in gc.get_objects() if isinstance(each, asyncio.Task) and not each.done()]
    return len(os.listdir("/proc/self/fd")), threading.active_count(), len(tasks)


def grown(measured: list[Held], readers: int) -> list[str]:
    """One line for each resource that the last rounds use more of than the first ones.

    ``readers``: the number of connections, and of threads that serve them, by which a count may vary, because they may
    be open for the next round or not.  A round has many more streams than that.
    """
    first, last = measured[:WARM], measured[WARM:]
    found = []
    for name in ("descriptors", "threads", "tasks"):
        most, now = max(getattr(each, name) for each in first), min(getattr(each, name) for each in last)
        most += 0 if name == "tasks" else readers
        found += [f"{name}: at most {most} were expected, {now} are held"] if now > most else []
    most, now = max(each.megabytes for each in first), last[-1].megabytes
    return found + ([f"memory: {most} MB, then {now} MB"] if now > most + SLACK_MB else [])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.scenarios.load.soak")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--readers", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args()
    print(", ".join(f"{name} {value}" for name, value in machine().items()), flush=True)
    measured = soak(options.minutes, options.readers, options.rounds)
    rows = [[str(number), *map(str, asdict(each).values())] for number, each in enumerate(measured, 1)]
    print("\n" + table(["round", *asdict(measured[0])], rows))
    sys.exit("\n".join(grown(measured, options.readers)) or None)


if __name__ == "__main__":
    main()
