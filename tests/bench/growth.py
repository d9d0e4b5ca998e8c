"""The cost of a turn in threads of 10 to 10,000 turns, the size of a message in the store, and the cost of a turn
whose thread is replayed; on SQLite, and on PostgreSQL if SHIM_TEST_POSTGRES contains a URL.
"""

import tempfile
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from unittest import mock

import sqlalchemy as sa

from shim import OpenAI
from shim.store import threads as store
from shim.store.database import Database, database
from tests.bench.report import Json, Options, Report, spread, table
from tests.scenarios.growth.long import SAYING, fill
from tests.scenarios.growth.sink import Sink
from tests.stores import KINDS, empty

LENGTHS: Final = (10, 100, 1_000, 10_000)
#: The highest allowed ratio between the cost of a turn in the longest thread and in the shortest.
AIM: Final = 1.2
#: The number of turns, of two messages each, in the thread that is replayed.
RETOLD: Final = 5_000


def run(options: Options) -> Report:
    """Milliseconds of CPU time for a turn, and bytes in the store for a message, by the length of a thread."""
    reports = {kind: _on(kind, options) for kind in KINDS}
    text = "\n\n".join(f"On {kind}:\n\n{report.text}" for kind, report in reports.items())
    if KINDS == ["sqlite"]:
        text += "\n\nNot on postgresql: .ci/postgres.sh starts one."
    return Report(text, {kind: report.data for kind, report in reports.items()})


def _on(kind: str, options: Options) -> Report:
    with _place(kind) as base, Sink() as upstream, OpenAI(api_key="bench", base_url=upstream.url) as client:
        helper = client.beta.assistants.create(model="gpt-4o").id
        threads, sizes = {}, {}
        for length in LENGTHS:
            threads[length] = client.beta.threads.create().id
            before = _size(base)
            fill(base, threads[length], helper, length)
            sizes[length] = (_size(base) - before) / (2 * length)
        spent: dict[int, list[float]] = {length: [] for length in LENGTHS}
        # The first round is a warm-up. Every round measures all lengths, so that other load on the machine affects all
        # of them.
        for number in range(options.rounds * 3 + 1):
            for length, thread in threads.items():
                began = time.process_time()
                _turn(client, thread, helper)
                if number:
                    spent[length].append((time.process_time() - began) * 1000)
        up = set(upstream.sizes[-len(LENGTHS) :])
        retold = _retold(client, base, upstream, helper)
    return _report(spent, sizes, up, retold)


def _retold(client: OpenAI, base: Database, upstream: Sink, helper: str) -> Json:
    """A turn of a thread that has lost its chain and is replayed: bytes sent, and peak memory in megabytes."""
    thread = client.beta.threads.create().id
    fill(base, thread, helper, RETOLD)
    base.write(store.set_head, thread, None, 0)
    tracemalloc.start()
    began = tracemalloc.get_traced_memory()[0]
    _turn(client, thread, helper)
    peak = tracemalloc.get_traced_memory()[1] - began
    tracemalloc.stop()
    return {"messages": 2 * RETOLD, "sent": upstream.sizes[-1], "peak": peak}


def _report(spent: dict[int, list[float]], sizes: dict[int, float], up: set[int], retold: Json) -> Report:
    found = {length: spread(times) for length, times in spent.items()}
    ratio = round(found[LENGTHS[-1]]["median"] / found[LENGTHS[0]]["median"], 2)
    rows = [
        (f"{length:,} turns", *(f"{value:.2f}" for value in found[length].values()), f"{sizes[length]:,.0f}")
        for length in LENGTHS
    ]
    shown = table(("", "median ms", "min", "max", "bytes a message"), rows)
    verdict = "yes" if ratio <= AIM else "NO"
    text = f"{shown}\n\n10,000 against 10: {ratio} (aim {AIM}: {verdict}); bytes upstream: {sorted(up)}"
    mega = {name: f"{retold[name] / 1e6:.1f}" for name in ("sent", "peak")}
    text += f"\n{retold['messages']:,} messages told anew: {mega['sent']} MB sent, {mega['peak']} MB of memory at most"
    data: Json = {"ms": found, "bytes": sizes, "ratio": ratio, "met": ratio <= AIM, "upstream": sorted(up)}
    data["retold"] = retold
    return Report(text, data)


def _turn(client: OpenAI, thread: str, helper: str) -> None:
    client.beta.threads.messages.create(thread, role="user", content=SAYING)
    names = [event.event for event in client.beta.threads.runs.create(thread, assistant_id=helper, stream=True)]
    if names[-1] != "thread.run.completed":
        raise AssertionError(names)


@contextmanager
def _place(kind: str) -> Iterator[Database]:
    with (
        tempfile.TemporaryDirectory() as folder,
        empty(kind, Path(folder)) as url,
        mock.patch.dict("os.environ", {"SHIM_DATABASE_URL": url}),
    ):
        base = database(url)
        yield base
        base.close()


def _size(base: Database) -> int:
    """The size of the database in bytes; for a file, the write-ahead log is included."""
    if base.url.get_backend_name() == "sqlite":
        path = Path(str(base.url.database))
        return sum(each.stat().st_size for each in (path, path.with_name(f"{path.name}-wal")) if each.exists())
    tables = sa.text(
        "SELECT sum(pg_total_relation_size(oid)) FROM pg_class "
        "WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
    )
    return int(base.read(lambda tx: tx.db.execute(tables).scalar_one()))
