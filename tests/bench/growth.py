"""What a turn costs in a thread of 10 turns and of 10,000, and what a message takes in the store."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from unittest import mock

from shim import OpenAI
from shim.store.database import database
from tests.bench.report import Json, Options, Report, spread, table
from tests.growth.long import SAYING, fill
from tests.growth.sink import Sink

LENGTHS: Final = (10, 100, 1_000, 10_000)
#: What the longest may cost of the shortest.
AIM: Final = 1.2


def run(options: Options) -> Report:
    """Milliseconds of computing for a turn, and bytes in the store for a message, over the length of a thread."""
    with _place() as path, Sink() as upstream, OpenAI(api_key="bench", base_url=upstream.url) as client:
        helper = client.beta.assistants.create(model="gpt-4o").id
        threads, sizes = {}, {}
        for length in LENGTHS:
            threads[length] = client.beta.threads.create().id
            before = _size(path)
            fill(database(f"sqlite:///{path}"), threads[length], helper, length)
            sizes[length] = (_size(path) - before) / (2 * length)
        spent: dict[int, list[float]] = {length: [] for length in LENGTHS}
        # The first round warms up; a round goes through all lengths, so that whatever else happens strikes all.
        for number in range(options.rounds * 3 + 1):
            for length, thread in threads.items():
                began = time.process_time()
                _turn(client, thread, helper)
                if number:
                    spent[length].append((time.process_time() - began) * 1000)
        up = set(upstream.sizes[-len(LENGTHS) :])
    return _report(spent, sizes, up)


def _report(spent: dict[int, list[float]], sizes: dict[int, float], up: set[int]) -> Report:
    found = {length: spread(times) for length, times in spent.items()}
    ratio = round(found[LENGTHS[-1]]["median"] / found[LENGTHS[0]]["median"], 2)
    rows = [
        (f"{length:,} turns", *(f"{value:.2f}" for value in found[length].values()), f"{sizes[length]:,.0f}")
        for length in LENGTHS
    ]
    shown = table(("", "median ms", "min", "max", "bytes a message"), rows)
    verdict = "yes" if ratio <= AIM else "NO"
    text = f"{shown}\n\n10,000 against 10: {ratio} (aim {AIM}: {verdict}); bytes upstream: {sorted(up)}"
    data: Json = {"ms": found, "bytes": sizes, "ratio": ratio, "met": ratio <= AIM, "upstream": sorted(up)}
    return Report(text, data)


def _turn(client: OpenAI, thread: str, helper: str) -> None:
    client.beta.threads.messages.create(thread, role="user", content=SAYING)
    told = [event.event for event in client.beta.threads.runs.create(thread, assistant_id=helper, stream=True)]
    if told[-1] != "thread.run.completed":
        raise AssertionError(told)


@contextmanager
def _place() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "shim.db"
        with mock.patch.dict("os.environ", {"SHIM_DATABASE_URL": f"sqlite:///{path}"}):
            yield path


def _size(path: Path) -> int:
    """With what is still in the log ahead."""
    ahead = path.with_name(f"{path.name}-wal")
    return path.stat().st_size + (ahead.stat().st_size if ahead.exists() else 0)
