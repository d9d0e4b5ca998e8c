"""The cost of large answers and slow readers: CPU time for the bytes of an answer, and the memory of a process whose
stream is read fast, slowly, or not at all.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Final

from shim import OpenAI
from shim.wire import sse
from tests.bench.flood import ROOT, flooding
from tests.bench.report import Json, Options, Report, table

#: Sizes of an answer in megabytes.
SIZES: Final = (1, 4, 16)
#: Bytes of one network read.
READ: Final = 65_536
FLOOD: Final = 400
#: Characters of text in each delta.
CHARACTERS: Final = (4, 32)
#: How a stream is read: seconds between two chunks; None: only the first chunk is read.
READERS: Final[dict[str, float | None]] = {"fast": 0.0, "slow": 0.002, "none": None}
#: Smaller limits than the default, so that this much text reaches them.
LIMITS: Final = {"SHIM_MAX_UNREAD_BYTES": "1000000", "SHIM_READER_TIMEOUT": "5"}
FIGURES: Final = ("before", "most", "more", "seconds")


def run(options: Options) -> Report:
    """Seconds of CPU time for answers of several sizes, and megabytes of memory for 400 MB of deltas."""
    shapes = {"one event in many lines": _lines, "deltas": _deltas}
    spent = {name: {size: _seconds(shape(size * 1_000_000)) for size in SIZES} for name, shape in shapes.items()}
    memory = [measured(name, FLOOD, characters) for characters in CHARACTERS for name in READERS]
    text = table(
        ["processor seconds", *(f"{size} MB" for size in SIZES)],
        [[name, *(f"{found[size]:.2f}" for size in SIZES)] for name, found in spent.items()],
    )
    text += f"\n\nMemory of the process that reads {FLOOD} MB of deltas from another one, in megabytes:\n\n"
    text += table(
        ["reader", "text", "before", "most", "more", "seconds", "end"],
        [[row["reader"], f"{row['text']:.1f}", *(f"{row[key]:.0f}" for key in FIGURES), row["end"]] for row in memory],
    )
    return Report(text, {"processor": spent, "memory": memory})


def _lines(size: int) -> bytes:
    """An event whose data is split into lines of four bytes."""
    return b'data: {"type":"x","a":[1\n' + b"data: ,10\n" * (size // 10) + b"data: ]}\n\n"


def _deltas(size: int) -> bytes:
    event = b'data: {"type":"response.output_text.delta","item_id":"msg_1","delta":" token","obfuscation":"xxxxxx"}\n\n'
    return event * (size // len(event))


def _seconds(data: bytes) -> float:
    reader, began, found = sse.Reader(), time.process_time(), 0
    for place in range(0, len(data), READ):
        found += len(reader.feed(data[place : place + READ]))
    assert found
    return time.process_time() - began


def measured(reader: str, megabytes: float, characters: int) -> Json:
    """The results that a separate process with this kind of reader reports."""
    with flooding(megabytes, characters) as url, tempfile.TemporaryDirectory() as folder:
        settings = LIMITS | {"SHIM_DATABASE_URL": f"sqlite:///{folder}/bench.db", "SHIM_EXIT_GRACE": "0"}
        command = [sys.executable, "-m", "tests.bench.limits", url, reader]
        process = subprocess.run(
            command, cwd=ROOT, env=os.environ | settings, stdout=subprocess.PIPE, check=True, timeout=600
        )
        found: Json = json.loads(process.stdout)
    return {"reader": reader} | found


def _resident() -> float:
    """Resident memory of this process in megabytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _read(url: str, seconds: float | None) -> Json:
    with OpenAI(api_key="bench", base_url=url, max_retries=0, timeout=600) as client:
        where = {"assistant_id": client.beta.assistants.create(model="gpt-4o").id}
        where["thread_id"] = client.beta.threads.create(messages=[{"role": "user", "content": "Go on."}]).id
        before, began, most = _resident(), time.monotonic(), [0.0]
        over = threading.Event()

        def watch() -> None:
            while not over.wait(0.02):
                most[0] = max(most[0], _resident())

        threading.Thread(target=watch, daemon=True).start()
        runs = client.beta.threads.runs
        with runs.with_streaming_response.create(stream=True, **where) as response:
            # The iterator is referenced to the end of the run: if it were collected, the shim would count the reader
            # as gone.
            chunks = response.iter_bytes()
            next(chunks)
            if seconds is not None:
                for _ in chunks:
                    time.sleep(seconds)
            while (run := runs.list(where["thread_id"]).data[0]).status in ("queued", "in_progress"):
                time.sleep(0.2)
        over.set()
        (message, *_) = client.beta.threads.messages.list(where["thread_id"]).data
    return {
        "text": len(message.to_json()) / 1e6,
        "before": before,
        "most": most[0],
        "more": most[0] - before,
        "seconds": time.monotonic() - began,
        "end": run.status,
    }


if __name__ == "__main__":
    print(json.dumps(_read(sys.argv[1], READERS[sys.argv[2]])))
