"""``python -m tests.bench [NAME...] [--rounds N] [--deltas N]``: measure, print, write ``build/bench.json``.

A new bench is a module with ``run(options) -> Report`` and a row in `BENCHES`.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from tests.bench import crowd, growth, importing, limits, polling, serving, starting, streams
from tests.bench.report import Options, Report, machine

BENCHES: Final[dict[str, Callable[[Options], Report]]] = {
    "streams": streams.run,
    "polling": polling.run,
    "serving": serving.run,
    "crowd": crowd.run,
    "growth": growth.run,
    "importing": importing.run,
    "limits": limits.run,
    "starting": starting.run,
}
WRITTEN: Final = Path("build/bench.json")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measures; nothing is asserted.")
    parser.add_argument("names", nargs="*", choices=[*BENCHES, []], help="default: all")
    parser.add_argument("--rounds", type=int, default=Options.rounds)
    parser.add_argument("--deltas", type=int, default=Options.deltas)
    parser.add_argument("--json", type=Path, default=WRITTEN, help="where the numbers go")
    parsed = parser.parse_args(arguments)
    options = Options(parsed.rounds, parsed.deltas)
    results = {"machine": machine(), "rounds": options.rounds, "deltas": options.deltas}
    print(", ".join(f"{name} {value}" for name, value in results.items()))
    for name in parsed.names or BENCHES:
        report = BENCHES[name](options)
        results[name] = report.data
        print(f"\n{name}: {(BENCHES[name].__doc__ or '').strip()}\n\n{report.text}", flush=True)
    parsed.json.parent.mkdir(parents=True, exist_ok=True)
    parsed.json.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    print(f"\nwritten: {parsed.json}")


if __name__ == "__main__":
    main()
