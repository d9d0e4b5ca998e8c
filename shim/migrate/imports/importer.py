"""The import as a whole: read everything, then write thread by thread."""

import base64
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from shim.migrate.imports import documents, objects, shapes, timeline
from shim.migrate.imports.objects_read import Hint, ReadObject
from shim.migrate.imports.pictures import Contents
from shim.migrate.imports.readers import tables
from shim.migrate.imports.readers.live import HOPELESS, Endpoint
from shim.migrate.imports.report import PROBLEMS, Place, Problem, Refused, Report
from shim.migrate.imports.sources import Source, walk
from shim.migrate.imports.stage import Stage
from shim.migrate.imports.writer import Outcome, Writer
from shim.settings import current_settings
from shim.store import address, assistants, dialects, imports
from shim.store.database import Database, database
from shim.store.sealing import Seal
from shim.store.tx import Tx
from shim.wire import ids
from shim.wire.types import Json

#: Called during an import: the current activity, how much is done, and of how much.
Progress = Callable[[Literal["reading", "writing"], int, int], None]
#: The place of objects that a program adds.
PROGRAM: Final = "Importer"
#: How many threads are fetched before they are written.
GROUP: Final = 20
#: The plural of each kind.
PLURAL: Final = {"message": "messages", "run": "runs", "step": "steps"}


class Batch(NamedTuple):
    """The current import, and when it began."""

    id: str
    begun: int


class Importer:
    """Imports assistants, threads, messages, runs, steps and files into the store, each under its own id.

    Add files with `read` and objects with `add`, in any order; nothing is written before `finish`, which leaving a
    ``with`` block without an exception calls.  ``database_url``: as ``SHIM_DATABASE_URL``, which is the default.
    ``dry_run``: write nothing.  ``strict``: if anything would be refused, raise `Refused` and write nothing.
    ``encoding``: of files that are not in UTF-8 or UTF-16.  ``columns``: for CSV, the fields of a message
    (``thread_id``, ``id``, ``role``, ``content``, ``created_at``, ...) and the columns that have them.

    Raises `shim.store.errors.StoreFailed` if the store cannot be used.
    """

    def __init__(
        self,
        database_url: str | None = None,
        *,
        tenant: str = "",
        dry_run: bool = False,
        strict: bool = False,
        encoding: str | None = None,
        columns: Mapping[str, str] | None = None,
        problem: Callable[[Problem], None] | None = None,
        progress: Progress = lambda what, done, total: None,
    ) -> None:
        settings = current_settings()
        self._tenant, self._dry, self._strict = tenant, dry_run, strict
        self._encoding, self._columns = encoding, dict(columns or {})
        self._largest: Final = settings.keep_file_bytes
        self._progress: Final = progress
        self._stage: Final = Stage(Seal(settings.keys) if settings.keys else None)
        self._base: Final = self._database(database_url or settings.database_url, settings.keys)
        self._mine: Final = self._base.of(tenant)
        self._finished = False
        self._batch: Batch | None = None
        self._program: Final = self._stage.source(PROGRAM)
        self._sources: list[str] = []
        self._origins: dict[str, str] = {}
        self.report: Final = Report(dry_run=dry_run, listener=problem)

    def __enter__(self) -> "Importer":
        return self

    def __exit__(self, kind: Any, *_: Any) -> None:
        try:
            if kind is None and not self._finished:
                self.finish()
        finally:
            self.close()

    def close(self) -> None:
        """Drop what was read and not written."""
        if self._dry:
            self._base.close()
        self._stage.close()

    def read(self, *paths: str | Path) -> None:
        """Read files, folders and ZIP archives, as far as their shapes are known; the rest is in the report.  Raises
        OSError for a path that does not exist.
        """
        all_sources = list(walk(map(Path, paths), address.file_of(self._base.url)))
        self._sources += [str(Path(path).resolve()) for path in paths]
        total, done = sum(source.size for source in all_sources), 0
        for source in all_sources:
            self._read(source, done, total)
            done += source.size
        self._progress("reading", total, total)

    def add(self, value: Json, **known: str) -> None:
        """An object of the API, or a row with a message (`docs/how-to/import-your-threads.md`).  ``known``:
        ``thread_id``, ``assistant_id``, ``run_id`` and ``kind``, for a value that does not contain them.
        """
        place = Place(PROGRAM, None, f"[{self._stage.count}]")
        self._take(self._program, place, value, Hint().at(**known))

    def file(self, id: str, content: bytes, filename: str | None = None, **known: Any) -> None:
        """The content of a file that messages name."""
        body = {"id": id, "filename": filename or id, "data": base64.b64encode(content).decode(), **known}
        self._stage_object(self._program, Place(PROGRAM, None, id), ReadObject("file", body, Hint()))

    def finish(self) -> Report:
        """Write what was read.  The same input again adds nothing; after an interruption it adds what is missing.

        Raises `Refused` if the import is strict and anything would be refused; nothing is written then.
        """
        self._finished = True
        contents = self._contents()
        batch = self._batch if self._batch is not None else self._begin()
        self._write(batch, contents)
        if not self._dry:
            self._mine.write(self._end, batch)
        return self.report

    def fetch(self, endpoint: Endpoint, thread_ids: Sequence[str]) -> None:
        """Fetch threads from an endpoint that still has the old API, and write them in batches: after an interruption a
        second call does not fetch again what was written.

        Raises `Refused` if the endpoint refuses every call.
        """
        self._sources.append(endpoint.url)
        self._batch = batch = self._begin()
        for first in range(0, len(thread_ids), GROUP):
            group = list(thread_ids[first : first + GROUP])
            stored_threads = self._mine.read(imports.known, group) if self.report.resumed else {}
            for thread_id in group:
                if thread_id in stored_threads and stored_threads[thread_id].batch == batch.id:
                    self.report.already_stored["threads"] += 1
                else:
                    self._fetch(endpoint, thread_id)
            self._write(batch, self._contents(), quiet=True)
            self._stage.clear()
            self._progress("writing", min(first + GROUP, len(thread_ids)), len(thread_ids))

    def _fetch(self, endpoint: Endpoint, thread_id: str) -> None:
        place = Place(endpoint.url, None, thread_id)
        number = self._stage.source(endpoint.url)
        try:
            for read_object in endpoint.thread(thread_id):
                self._stage_object(number, place, read_object)
        except Refused as refused:
            self._stage.forget(number)
            self.report.problem(refused.code, place, refused.detail)
        except HOPELESS as problem:
            raise Refused("endpoint", f"{endpoint.url}: {problem}") from problem

    def _contents(self) -> Contents:
        """Check the staged objects, which are complete, before anything is written."""
        self._stage.ready()
        self._stage.settle_steps()
        self._drop_strays()
        contents = Contents(self._stage, self.report.problem, self._largest)
        if self._strict:
            self._check(contents)
        return contents

    def _write(self, batch: Batch, contents: Contents, quiet: bool = False) -> None:
        """Write what is staged."""
        writer = Writer(self._base, self._tenant, batch.id, batch.begun, contents, self._dry)
        self._write_assistants(batch)
        total, done = self._stage.thread_count(), 0

        def note(outcomes: list[Outcome]) -> None:
            nonlocal done
            done += len(outcomes)
            for outcome in outcomes:
                self._note(outcome)
            if not quiet:
                self._progress("writing", done, total)

        writer.write(self._plans(self.report.problem), note)
        for orphan in contents.orphans():
            self.report.problem("orphan_file", orphan.place, orphan.body["id"])

    def _database(self, url: str | None, keys: tuple[str, ...]) -> Database:
        resolved = address.resolve(url)
        if self._dry and dialects.is_sqlite(resolved) and not Path(str(resolved.database)).is_file():
            # A dry run without a store: an empty temporary store gives the same result.
            return Database(address.resolve(f"sqlite:///{self._stage.folder / 'empty.db'}"))
        return database(url, keys=keys)

    def _read(self, source: Source, before: int, total: int) -> None:
        number = self._stage.source(source.name)
        if (file_id := source.content_of) is not None:
            body = {"id": file_id, "filename": source.path.name, "path": str(source.path), "member": source.member}
            self._stage_object(number, Place(source.name), ReadObject("file", body, Hint()))
            return
        try:
            for count, entry in enumerate(self._values(source)):
                place, value, rest = entry
                if isinstance(rest, Hint):
                    self._take(number, place, value, rest)
                else:
                    self.report.problem(value, place, rest)
                if count % 200 == 0:
                    self._progress("reading", before, total)
        except Refused as refused:
            # An incomplete document may have an incomplete thread.
            self._stage.forget(number)
            self.report.problem(refused.code, Place(source.name), refused.detail)
        except OSError as problem:
            self._stage.forget(number)
            self.report.problem("unreadable", Place(source.name), problem.strerror or str(problem))

    def _values(self, source: Source) -> Iterator[Any]:
        if source.suffix in tables.SUFFIXES:
            return tables.values(source, self._encoding, self._columns)
        return documents.values(source, self._encoding)

    def _take(self, source: int, place: Place, value: Any, hint: Hint) -> None:
        for read_object in shapes.read(value, hint):
            self._stage_object(source, place, read_object)

    def _stage_object(self, source: int, place: Place, read_object: ReadObject) -> None:
        for code, detail in read_object.dropped:
            self.report.problem(code, place, detail)
        if (kind := read_object.kind) is None:
            return
        read_object = objects.renamed(read_object)
        try:
            body = objects.clean(read_object, lambda code, detail: self.report.problem(code, place, detail))
        except Refused as refused:
            self.report.problem(refused.code, place, refused.detail)
            return
        self._remember(read_object, body, place)
        self._stage.add(kind, body, source, place, read_object.hint.newest_first)

    def _remember(self, read_object: ReadObject, body: Json, place: Place) -> None:
        """Record ids that replace ids of another form."""
        name = "id" if read_object.kind in ("assistant", "thread") else "thread_id"
        original_id = read_object.body.get(name) or (
            read_object.hint.thread_id if read_object.kind != "assistant" else None
        )
        if original_id in (None, body.get(name)) or str(original_id) in self.report.ids:
            return
        self.report.ids[str(original_id)] = body[name]
        if read_object.kind != "assistant":
            self._origins[body[name]] = str(original_id)
            self.report.problem("new_id", place, f"thread {original_id}")

    def _drop_strays(self) -> None:
        for stray in list(self._stage.strays()):
            self.report.problem("no_run", stray.place, stray.body["id"])
        for again, thread in list(self._stage.in_two_threads()):
            self.report.problem("conflict", again.place, f"{again.body['id']}, also in {thread}")
            self._stage.drop(again.number)

    def _plans(self, problem: Callable[[str, Place, str], None]) -> Iterator[timeline.Plan]:
        for thread in self._stage.threads():
            yield timeline.plan(thread, self._stage.of_thread(thread), problem, self._origins.get(thread))

    def _check(self, contents: Contents) -> None:
        """Check everything without writing.  Raises `Refused`."""
        codes = [code for code, count in self.report.problems.items() if count and PROBLEMS[code][0] == "refused"]
        noted: list[tuple[str, Place, str]] = []

        def verdicts(outcomes: list[Outcome]) -> None:
            noted.extend((one.verdict, one.plan.place, one.detail) for one in outcomes if one.verdict in PROBLEMS)

        plans = self._plans(lambda code, place, detail: noted.append((code, place, detail)))
        Writer(self._base, self._tenant, "", 0, contents, dry_run=True).write(plans, verdicts)
        refusing = [one for one in noted if PROBLEMS[one[0]][0] == "refused"]
        for one in refusing:
            self.report.problem(*one)
        if first := [*codes, *(one[0] for one in refusing)]:
            raise Refused(first[0], "nothing was imported, as the import is strict")

    def _begin(self) -> Batch:
        now = int(time.time())
        if self._dry:
            return Batch("", now)
        sources = self._sources or [PROGRAM]
        batch, self.report.resumed = self._mine.write(self._resume, sources, now)
        self.report.batch = batch.batch
        return Batch(batch.batch, batch.created_at)

    def _resume(self, tx: Tx, sources: list[str], now: int) -> tuple[imports.Import, bool]:
        """The interrupted import of the same input, or a new one; and whether it is the former."""
        interrupted = imports.interrupted(tx, sources)
        if interrupted is not None:
            return interrupted, True
        new_import = imports.Import(ids.new("imp"), now, None, sources, {})
        imports.begin(tx, new_import.batch, now, sources)
        return new_import, False

    def _end(self, tx: Tx, batch: Batch) -> None:
        if not self.report.added and not self.report.replaced and imports.close(tx, batch.id):
            self.report.batch = None
            return
        imports.finish(tx, batch.id, int(time.time()), dict(self.report.added))

    def _write_assistants(self, batch: Batch) -> None:
        transaction = self._mine.read if self._dry else self._mine.write
        met: set[str] = set()
        for staged in self._stage.of_kind("assistant"):
            id = staged.body["id"]
            verdict = transaction(self._assistant, staged.body, batch.id)
            if id in met:
                self.report.problem("duplicate" if verdict == "there" else "conflict", staged.place, id)
            elif verdict == "exists":
                self.report.problem("exists", staged.place, id)
            else:
                (self.report.added if verdict == "added" else self.report.already_stored)["assistants"] += 1
            met.add(id)

    def _assistant(self, tx: Tx, body: Json, batch: str) -> str:
        known = assistants.get(tx, body["id"])
        if known is not None:
            return "there" if known == body else "exists"
        if not self._dry:
            assistants.insert(tx, body, batch)
        return "added"

    def _note(self, outcome: Outcome) -> None:
        if outcome.verdict in PROBLEMS:
            self.report.problem(outcome.verdict, outcome.plan.place, outcome.detail)
            return
        counter = self.report.already_stored if outcome.verdict == "there" else self.report.added
        if outcome.verdict == "replaced":
            self.report.replaced["threads"] += 1
        else:
            counter["threads"] += 1
        for kind, plural in PLURAL.items():
            counter[plural] += len(outcome.plan.of(kind))
        counter["files"] += outcome.files
        for each in (self.report.added, self.report.already_stored):
            for name in [name for name, count in each.items() if not count]:
                del each[name]
