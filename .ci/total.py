"""Adds up the last lines of several runs of pytest: ``python total.py LOG`` prints one such line for all of them."""

import re
import sys
from collections import Counter
from pathlib import Path

LINE = re.compile(r"^=* ?((?:\d+ [a-z]+,? )+)in ([\d.]+)s\b", re.MULTILINE)
#: The order in which pytest names them; others come last.
NAMES = ("failed", "passed", "skipped")


def total(log: str) -> str:
    """``11147 passed, 9 skipped in 655.12s``."""
    counts: Counter[str] = Counter()
    seconds = 0.0
    for each, took in LINE.findall(log):
        counts.update({name: int(count) for count, name in re.findall(r"(\d+) ([a-z]+)", each)})
        seconds += float(took)
    names = sorted(counts, key=lambda name: NAMES.index(name) if name in NAMES else len(NAMES))
    return f"{', '.join(f'{counts[name]} {name}' for name in names) or 'no tests ran'} in {seconds:.2f}s"


if __name__ == "__main__":
    print(total(Path(sys.argv[1]).read_text()))
