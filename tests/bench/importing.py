"""Threads of 20 messages imported from NDJSON into SQLite: seconds, seconds of CPU time, and peak memory, which must
not grow with the input. The last line of the largest input is invalid, and must be reported.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from tests.bench.report import Json, Options, Report, table

SIZES: Final = (1_000, 10_000)
MESSAGES: Final = 20
WORDS: Final = "Lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor. " * 4
ROOT: Final = Path(__file__).parents[2]
_PROGRAM: Final = """
import json, resource, sys, time
from shim.migrate import Importer
began, spent = time.monotonic(), time.process_time()
with Importer() as importer:
    importer.read(sys.argv[1])
report = importer.report
print(json.dumps({
    "threads": report.added["threads"], "messages": report.added["messages"],
    "seconds": time.monotonic() - began, "computing": time.process_time() - spent,
    "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    "broken": str(report.examples["broken_json"][0].place).rpartition(":")[2],
}))
"""


def run(options: Options) -> Report:
    """The cost of an import, by the number of threads."""
    found = {threads: measured(threads) for threads in SIZES}
    head = ("threads", "messages", "seconds", "computing", "megabytes", "threads a second")
    rows = [
        (f"{threads:,}", *(f"{one[name]:,.0f}" for name in head[1:5]), f"{threads / one['seconds']:,.0f}")
        for threads, one in found.items()
    ]
    return Report(table(head, rows), {str(threads): one for threads, one in found.items()})


def measured(threads: int) -> Json:
    """The cost of one import, which runs in its own process."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "all.jsonl"
        write(path, threads)
        known = {**os.environ, "SHIM_DATABASE_URL": f"sqlite:///{folder}/shim.db", "PYTHONPATH": str(ROOT)}
        process = subprocess.run(
            [sys.executable, "-c", _PROGRAM, str(path)], env=known, capture_output=True, text=True, check=True
        )
    found: Json = json.loads(process.stdout)
    assert int(found["broken"]) == threads * MESSAGES + 1
    return found


def write(path: Path, threads: int) -> None:
    """Write an export: messages as the API returned them, and an invalid line at the end."""
    with path.open("w") as file:
        for thread in range(threads):
            for number in range(MESSAGES):
                file.write(json.dumps(_message(thread, number)) + "\n")
        file.write('{"id": "msg_\n')


def _message(thread: int, number: int) -> dict[str, Any]:
    answer = number % 2 == 1
    return {
        "id": f"msg_{thread:012}{number:012}",
        "object": "thread.message",
        "created_at": 1_700_000_000 + 100 * thread + number,
        "thread_id": f"thread_{thread:024}",
        "role": "assistant" if answer else "user",
        "content": [{"type": "text", "text": {"value": f"{number} {WORDS}", "annotations": []}}],
        "assistant_id": "asst_000000000000000000000001" if answer else None,
        "run_id": f"run_{thread:012}{number:012}" if answer else None,
        "attachments": [],
        "metadata": {},
    }
