"""The cost of a program's start: `import shim` compared with `import openai`, and a first client."""

import subprocess
import sys
from typing import Final

from tests.bench.report import Options, Report, table

#: The measured programs; all others are compared with the first.
STARTS: Final = {
    "import openai": "import openai",
    "import shim": "import shim",
    "a first client of openai": "import openai; openai.OpenAI(api_key='key')",
    "a first client of shim": "import shim; shim.OpenAI(api_key='key')",
}
#: The memory of this program alone: the value of `resource` includes the process from which it was forked.
MEASURE: Final = (
    "import sys, time; began = time.process_time(); {0}; spent = time.process_time() - began; "
    "said = dict(line.split(':') for line in open('/proc/self/status')); "
    "print(spent, int(said['VmHWM'].split()[0]) / 1024, len(sys.modules))"
)


def run(options: Options) -> Report:
    """Seconds of CPU time, peak memory in MB (on Linux), number of modules: the minimum of several rounds in new
    processes.
    """
    best = {name: _best(program, options.rounds) for name, program in STARTS.items()}
    first = best["import openai"]
    rows = [
        (
            name,
            f"{seconds:.3f}",
            f"{seconds / first[0]:.2f}",
            f"{size:.1f}",
            f"{size - first[1]:+.1f}",
            f"{modules:.0f}",
        )
        for name, (seconds, size, modules) in best.items()
    ]
    head = ("start", "s", "ratio", "MB", "more", "modules")
    return Report(table(head, rows), {name: dict(zip(head[1:], row, strict=True)) for name, *row in rows})


def _best(program: str, rounds: int) -> list[float]:
    found = [_once(program) for _ in range(rounds)]
    return [min(column) for column in zip(*found, strict=True)]


def _once(program: str) -> list[float]:
    command = [sys.executable, "-c", MEASURE.format(program)]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [float(value) for value in output.split()]
