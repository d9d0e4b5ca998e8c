"""Reads assistants from files and validates them like the API.

A file holds one assistant (an object with ``id`` and ``model``), or several: a list, or an object whose ``assistants``
is a list; YAML may also contain several documents.  An assistant has the fields of ``POST /assistants``, an ``id``, and
instead of ``instructions`` it may have an ``instructions_file``, relative to the file.  ``tenants``: the tenants who
have it, if not all of a server's do.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from shim.assembly import dates, lined
from shim.assembly.lined import Document, Location, Problem, Unusable
from shim.engine import leads
from shim.ports import Declared
from shim.translate import tools
from shim.wire import encoding, objects
from shim.wire.requests import OPERATIONS
from shim.wire.requests.problems import each
from shim.wire.types import Json

ID: Final = re.compile(r"asst_[A-Za-z0-9_-]{1,64}")
#: Keys of an assistant in a file that ``POST /assistants`` does not have.
OWN: Final = ("id", "object", "created_at", "instructions_file", "tenants")
#: The last second of the year 9999: no date is later, and a database has no numbers without end.
LATEST: Final = 253_402_300_799
INLINE_STORE: Final = (
    "a file is read at every start and would make a new vector store each time: name stores that exist, in "
    "vector_store_ids"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One assistant of a file; ``dated``: the file has its time of creation; ``tenants``: the tenants who have it, if
    not all.
    """

    file: Path
    line: int | None
    body: Json
    dated: bool
    tenants: tuple[str, ...] = ()

    def declared(self) -> Declared:
        """The assistant in the engine's form."""
        return Declared(self.body, _shown_place(self), self.tenants)


def declared(where: str | None) -> dict[str, Declared]:
    """The assistants that ``SHIM_ASSISTANTS`` declares, by id.  Raises `Unusable`.  Files are read once a process."""
    return _declared(Path(where).expanduser().absolute()) if where else {}


@cache
def _declared(where: Path) -> dict[str, Declared]:
    entries = load(where)
    return {entry.body["id"]: entry.declared() for entry in entries}


def _shown_place(entry: Entry) -> str:
    """Shown to callers in errors: the name of the file without its folder."""
    return f"{entry.file.name}, line {entry.line}" if entry.line else entry.file.name


def load(*paths: Path) -> list[Entry]:
    """The assistants in files, and in the files of folders, in order.  Raises `Unusable` with all problems."""
    problems: list[Problem] = []
    entries = [entry for path in paths for file in _files(path, problems) for entry in _entries(file, problems)]
    first: dict[str, Entry] = {}
    for entry in entries:
        before = first.setdefault(entry.body["id"], entry)
        if before is not entry:
            text = f"{entry.body['id']} is there already: {before.file}, line {before.line}"
            problems.append(Problem(entry.file, entry.line, text))
    if problems:
        raise Unusable(problems)
    return entries


def _files(path: Path, problems: list[Problem]) -> list[Path]:
    if not path.is_dir():
        return [path]
    files = [file for file in path.iterdir() if file.suffix.lower() in lined.FORMATS and file.is_file()]
    if not files:
        problems.append(Problem(path, None, f"the folder has no file that ends in {', '.join(lined.FORMATS)}"))
    return sorted(file for file in files if not file.name.startswith("."))


def _entries(file: Path, problems: list[Problem]) -> Iterator[Entry]:
    try:
        documents = lined.read(file)
    except lined.Unreadable as problem:
        problems.append(Problem(file, problem.line, str(problem)))
        return
    except OSError as problem:
        problems.append(Problem(file, None, problem.strerror or str(problem)))
        return
    for document in documents:
        for location, value in _assistants(document):
            entry = _Reading(file, document, location, problems).entry(value)
            if entry is not None:
                yield entry


def _assistants(document: Document) -> list[tuple[Location, Any]]:
    """The assistants of a document, each with its location: the keys and indices that lead to it."""
    value: Any = document.value
    at: Location = ()
    if isinstance(value, dict) and "assistants" in value:
        value, at = value["assistants"], ("assistants",)
    return [((*at, index), one) for index, one in enumerate(value)] if isinstance(value, list) else [(at, value)]


@dataclass(frozen=True, slots=True)
class _Reading:
    """Reads one assistant of a document, and collects its problems."""

    file: Path
    document: Document
    location: Location
    problems: list[Problem]

    def entry(self, declaration: Any) -> Entry | None:
        before = len(self.problems)
        if not isinstance(declaration, dict):
            self._wrong((), "an assistant is an object with `id`, `model` and the other fields of POST /assistants")
            return None
        id = self._id(declaration)
        created = self._created(declaration)
        tenants = self._tenants(declaration.get("tenants"))
        fields = {name: value for name, value in declaration.items() if name not in OWN and value is not None}
        fields = self._with_instructions(declaration, fields)
        self._validate(fields)
        if len(self.problems) > before:
            return None
        shown = tools.shown(fields.get("tools"))
        resources = tools.resources(shown, fields.get("tool_resources"))
        body = objects.assistant(id, created, fields | {"tools": shown, "tool_resources": resources})
        return Entry(
            self.file, self.document.line(self.location), body, declaration.get("created_at") is not None, tenants
        )

    def _wrong(self, at: Location, text: str) -> None:
        self.problems.append(Problem(self.file, self.document.line((*self.location, *at)), text))

    def _id(self, value: Json) -> str:
        id = value.get("id")
        if not isinstance(id, str) or ID.fullmatch(id) is None:
            problem = "`id` is missing" if id is None else f"{id!r} is no assistant's id"
            self._wrong(("id",), f"{problem}: it begins with `asst_`, and letters, digits, `_` and `-` follow")
            return ""
        return id

    def _created(self, value: Json) -> int:
        """The time of creation in seconds; that of the file if it is not declared."""
        created = value.get("created_at")
        if created is None:
            return int(self.file.stat().st_mtime)
        if type(created) is int and 0 <= created <= LATEST:
            return created
        try:
            return int(dates.seconds(str(created)))
        except ValueError:
            self._wrong(("created_at",), f"{created!r} is neither seconds since 1970 nor a date such as 2024-05-13")
            return 0

    def _tenants(self, value: Any) -> tuple[str, ...]:
        if value is None:
            return ()
        if not isinstance(value, list) or not value:
            self._wrong(("tenants",), "`tenants` is a list of names; leave it out where all tenants are meant")
            return ()
        for index, name in enumerate(value):
            if not isinstance(name, str) or not name:
                self._wrong(("tenants", index), f"{name!r} is no tenant's name: see `assistants-shim keys list`")
        return tuple(map(str, value))

    def _with_instructions(self, value: Json, fields: Json) -> Json:
        name = value.get("instructions_file")
        if name is None:
            return fields
        at = ("instructions_file",)
        if fields.get("instructions") is not None:
            self._wrong(at, "there are `instructions` and an `instructions_file`: leave one out")
        elif not isinstance(name, str):
            self._wrong(at, "`instructions_file` is the path of a text file, as seen from this file")
        else:
            try:
                text = (self.file.parent / name).read_text(encoding="utf-8-sig")
                return fields | {"instructions": text.rstrip("\n")}
            except UnicodeDecodeError:
                self._wrong(at, f"{name} is not UTF-8")
            except OSError as problem:
                self._wrong(at, f"{name}: {problem.strerror}")
        return fields

    def _validate(self, fields: Json) -> None:
        """Validate like ``POST /assistants``."""
        try:
            OPERATIONS["assistants.create"].__pydantic_validator__.validate_python(fields)
        except ValidationError as trouble:
            for at, problem in each(trouble):
                successor = leads.leftover(problem)
                self._wrong(at, f"{problem.message} ({successor})" if successor else problem.message)
        search = (fields.get("tool_resources") or {}) if isinstance(fields.get("tool_resources"), dict) else {}
        if isinstance(search.get("file_search"), dict) and search["file_search"].get("vector_stores"):
            self._wrong(("tool_resources", "file_search", "vector_stores"), INLINE_STORE)
        for at, value in _not_json(fields, ()):
            self._wrong(at, f"JSON, in which assistants are sent, has no {value!r}")


def _not_json(value: Any, at: Location) -> Iterator[tuple[Location, Any]]:
    """The values that a file can hold and JSON cannot, such as YAML's `.inf` or a date of TOML, with their places."""
    if isinstance(value, dict | list):
        for step, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _not_json(each, (*at, step))
    elif not isinstance(value, str | int | float | None) or not encoding.is_finite(value):
        yield at, value
