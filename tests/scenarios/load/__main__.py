"""``python -m tests.scenarios.load [--processes N] [--threads N] [--turns N] [--workers N] [sqlite] [postgresql]``: the
load test at full size.  With ``--workers`` the programs call a server with that many processes, which are killed too.

The URL of PostgreSQL is read from SHIM_TEST_POSTGRES, which ``.ci/postgres.sh`` sets.  Prints a table and writes
``build/load.json``.  Fails when any thread violates a condition of `whole`.
"""

import argparse
import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Final

from shim.store.database import database
from tests.bench.report import machine, table
from tests.scenarios.load import whole
from tests.scenarios.load.faulty import Faulty
from tests.scenarios.load.scale import FULL, Scale
from tests.scenarios.load.stage import Stage
from tests.stores import KINDS, empty

WRITTEN: Final = Path("build/load.json")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.scenarios.load")
    parser.add_argument("kinds", nargs="*", help="sqlite, postgresql; default: both")
    for name in ("processes", "threads", "turns"):
        parser.add_argument(f"--{name}", type=int, default=getattr(FULL, name))
    parser.add_argument("--workers", type=int, default=0)
    options = parser.parse_args()
    scale = replace(FULL, processes=options.processes, threads=options.threads, turns=options.turns)
    kinds = options.kinds or KINDS
    print(", ".join(f"{name} {value}" for name, value in machine().items()), flush=True)
    found = {kind: _load(kind, scale, options.workers) for kind in kinds}
    names = next(iter(found.values()))
    print("\n" + table(["", *found], [[name, *(row[name] for row in found.values())] for name in names]))
    WRITTEN.parent.mkdir(exist_ok=True)
    WRITTEN.write_text(json.dumps({"machine": machine(), **found}, indent=1) + "\n")


def _load(kind: str, scale: Scale, workers: int) -> dict[str, str]:
    with tempfile.TemporaryDirectory() as folder, empty(kind, Path(folder)) as url, Faulty(scale) as upstream:
        stage = Stage(scale, url, Path(folder), upstream, workers)
        figures = stage.perform()
        print(f"\n{kind}:", dict(sorted(figures.noted.items())), flush=True)
        whole.check(stage)
        database(url).close()
        print(f"all {scale.all_threads} threads are whole and in order, none has a run under way", flush=True)
        return figures.row(scale)


if __name__ == "__main__":
    main()
