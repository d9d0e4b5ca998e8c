"""A file with a line for each step of an export: it continues after an interruption, and later adds only new data."""

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from shim.wire import encoding


@dataclass(frozen=True, slots=True)
class Exported:
    """A thread's conversation and how many items of the thread are in it; ``digest`` is theirs.

    ``pending``: the number of items of a block that was sent and may have arrived or not.
    """

    thread_id: str
    conversation_id: str
    items: int = 0
    digest: str = ""
    pending: int = 0


class Memory:
    """The file; if there are several lines about a thread, the last one is valid.

    Raises ValueError for a file with other contents.
    """

    def __init__(self, path: Path) -> None:
        self._path: Final = path
        self._known: Final[dict[str, Exported]] = {}
        text = path.read_bytes() if path.is_file() else b""
        whole, _, torn = text.rpartition(b"\n")
        for number, line in enumerate(whole.splitlines(), 1):
            self._read(number, line)
        if torn:
            # An incomplete last line: the export was interrupted while it was written.
            os.truncate(path, len(text) - len(torn))

    def get(self, thread_id: str) -> Exported | None:
        return self._known.get(thread_id)

    def note(self, one: Exported) -> None:
        """Write a line; it is on the disk when this returns."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab") as out:
            out.write(encoding.text(asdict(one)).encode() + b"\n")
            out.flush()
            os.fsync(out.fileno())
        self._known[one.thread_id] = one

    def _read(self, number: int, line: bytes) -> None:
        try:
            parsed: Any = encoding.parsed(line)
            one = Exported(**parsed)
        except (ValueError, TypeError):
            raise ValueError(f"{self._path}, line {number}: not written by an export to conversations") from None
        self._known[one.thread_id] = one
