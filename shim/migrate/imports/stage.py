"""Holds all objects of an import on disk until the input has been read.

So a thread is complete when it is written, regardless of the order of its parts, and little memory is needed.

It is an SQLite file that only this user can read, and it is deleted when the import ends.  It is encrypted if the store
is.
"""

import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from shim.migrate.imports.report import Place
from shim.store.sealing import Seal
from shim.wire.texts import dump, load
from shim.wire.types import Json

#: Objects that are written to disk at a time.
BATCH_SIZE: Final = 2000
_TABLE: Final = """
CREATE TABLE staged (
    number INTEGER PRIMARY KEY, kind TEXT, id TEXT, thread TEXT, source INTEGER, line INTEGER, path TEXT, body TEXT,
    newest_first INTEGER
)
"""
_INDEXES: Final = (
    "CREATE INDEX IF NOT EXISTS by_thread ON staged (thread, kind, number)",
    "CREATE INDEX IF NOT EXISTS by_id ON staged (kind, id, number)",
)


class Staged(NamedTuple):
    """One object: its number in the order of the input, its body, its place in the input, and whether the list that it
    was in began with the newest object.
    """

    number: int
    kind: str
    body: Json
    place: Place
    newest_first: bool = False


class Stage:
    """What has been read so far.  Use it in one thread, and close it."""

    def __init__(self, seal: Seal | None = None) -> None:
        self._seal: Final = seal
        self._folder: Final = tempfile.TemporaryDirectory(prefix="assistants-shim-")
        self._db: Final = sqlite3.connect(Path(self._folder.name) / "stage.db", isolation_level=None)
        self._db.execute("PRAGMA journal_mode=OFF")
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.execute("PRAGMA temp_store=FILE")
        self._db.execute(_TABLE)
        self._waiting: list[tuple[Any, ...]] = []
        self._sources: list[str] = []
        self.count = 0

    @property
    def folder(self) -> Path:
        """The temporary folder, until it is closed."""
        return Path(self._folder.name)

    def close(self) -> None:
        self._db.close()
        self._folder.cleanup()

    def source(self, name: str) -> int:
        """A number for a file of the input."""
        self._sources.append(name)
        return len(self._sources) - 1

    def add(self, kind: str, body: Json, source: int, place: Place, newest_first: bool = False) -> None:
        text = dump(body) if self._seal is None else self._seal.close(dump(body))
        self.count += 1
        thread = body["id"] if kind == "thread" else body.get("thread_id")
        where = (source, place.line, place.path)
        self._waiting.append((self.count, kind, body["id"], thread, *where, text, newest_first))
        if len(self._waiting) >= BATCH_SIZE:
            self._flush()

    def forget(self, source: int) -> None:
        """Drop all objects of that file."""
        self._flush()
        self._db.execute("DELETE FROM staged WHERE source = ?", (source,))

    def clear(self) -> None:
        """Drop everything, as it has been written."""
        self._flush()
        self._db.execute("DELETE FROM staged")

    def ready(self) -> None:
        """End of the input: create the indexes for reading."""
        self._flush()
        for index in _INDEXES:
            self._db.execute(index)

    def of_kind(self, kind: str) -> Iterator[Staged]:
        """All objects of a kind, in order."""
        yield from self._select("kind = ?", (kind,))

    def all_of(self, kind: str, id: str) -> Iterator[Staged]:
        """All objects of that id."""
        yield from self._select("kind = ? AND id = ?", (kind, id))

    def one(self, kind: str, id: str) -> Staged | None:
        """The first object of that id."""
        return next(self.all_of(kind, id), None)

    def threads(self) -> Iterator[str]:
        """The ids of all threads with objects, in the order of their first object."""
        grouped = "SELECT thread FROM staged WHERE thread IS NOT NULL GROUP BY thread ORDER BY min(number)"
        for (thread,) in self._db.execute(grouped):
            yield thread

    def thread_count(self) -> int:
        return int(self._db.execute("SELECT count(DISTINCT thread) FROM staged").fetchone()[0])

    def of_thread(self, thread: str) -> Iterator[Staged]:
        """All objects of a thread, in order."""
        yield from self._select("thread = ?", (thread,))

    def settle_steps(self) -> None:
        """Set the threads of steps that have only a run."""
        lone = list(self._select("kind = 'step' AND thread IS NULL", ()))
        for step in lone:
            run = self.one("run", step.body["run_id"])
            if run is not None:
                self._db.execute("UPDATE staged SET thread = ? WHERE number = ?", (run.body["thread_id"], step.number))

    def strays(self) -> Iterator[Staged]:
        """Steps whose thread is unknown."""
        yield from self._select("kind = 'step' AND thread IS NULL", ())

    def in_two_threads(self) -> Iterator[tuple[Staged, str]]:
        """Messages, runs and steps that occurred earlier in another thread: each with that thread."""
        again = self._db.execute(
            "SELECT later.number, first.thread FROM staged AS later JOIN staged AS first ON first.kind = later.kind "
            "AND first.id = later.id AND first.number < later.number AND first.thread <> later.thread "
            "WHERE later.kind IN ('message', 'run', 'step') GROUP BY later.number"
        ).fetchall()
        for number, thread in again:
            (staged,) = self._select("number = ?", (number,))
            yield staged, thread

    def drop(self, number: int) -> None:
        """Drop one object."""
        self._db.execute("DELETE FROM staged WHERE number = ?", (number,))

    def _select(self, where: str, values: tuple[Any, ...]) -> Iterator[Staged]:
        columns = "number, kind, source, line, path, body, newest_first"
        statement = f"SELECT {columns} FROM staged WHERE {where} ORDER BY number"
        for number, kind, source, line, path, body, newest_first in self._db.execute(statement, values):
            text = body if self._seal is None else self._seal.open(body)
            yield Staged(number, kind, load(text), Place(self._sources[source], line, path), bool(newest_first))

    def _flush(self) -> None:
        if not self._waiting:
            return
        self._db.execute("BEGIN")
        self._db.executemany("INSERT INTO staged VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", self._waiting)
        self._db.execute("COMMIT")
        self._waiting.clear()
