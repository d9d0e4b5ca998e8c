"""A scan: all files below some paths, in as many processes as there are processors."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Final

from shim.migrate.scan import files, sources
from shim.migrate.scan.findings import Report

#: Fewer files are read in this process, as starting others would take longer.
FEW: Final = 200
#: How many files another process gets at a time.
BATCH: Final = 50
#: Progress: the number of files done, and in total.
Progress = Callable[[int, int], None]


def _silent(done: int, of: int) -> None:
    """No progress is shown."""


def scan(
    paths: Iterable[Path], exclude: Iterable[str] = (), processes: int | None = None, progress: Progress = _silent
) -> Report:
    """Every use below ``paths``, sorted by file and line.

    ``exclude``: patterns of names and of paths below each of ``paths``, such as ``tests/*``.  ``processes``: 1 stays in
    this one; None takes as many as there are processors.
    """
    excluded = tuple(exclude)
    selected = list(dict.fromkeys(path for root in paths for path in files.walk(root, excluded)))
    count = (os.cpu_count() or 1) if processes is None else processes
    report = Report()
    for part in _parts(selected, count):
        report.add(part)
        progress(report.files + len(report.skipped), len(selected))
    report.findings.sort(key=lambda each: (each.file, each.place, each.rule))
    return report


def _parts(paths: Sequence[Path], processes: int) -> Iterator[Report]:
    batches = [paths[start : start + BATCH] for start in range(0, len(paths), BATCH)]
    if processes < 2 or len(paths) < FEW:
        yield from map(_batch, batches)
        return
    with ProcessPoolExecutor(min(processes, len(batches))) as pool:
        yield from pool.map(_batch, batches)


def _batch(paths: Sequence[Path]) -> Report:
    report = Report()
    for path in paths:
        report.add(sources.scan(path))
    return report
