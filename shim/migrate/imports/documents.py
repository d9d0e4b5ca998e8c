"""JSON out of files: one value a line, or one document.  A large document is read in pieces.

The result is values with their place.  For a document with invalid JSON `Refused` is raised, and the caller drops the
values that it has already got.  An invalid line is reported and skipped.
"""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from shim.migrate.imports.objects_read import Hint, Value, Wrong
from shim.migrate.imports.readers import bundles, keyed, pages
from shim.migrate.imports.report import Place, Refused
from shim.migrate.imports.sources import LONGEST, Line, Source, lines
from shim.wire.types import Json

#: A document up to this many bytes is parsed as a whole.
SMALL: Final = 4_000_000
LINES: Final = (".jsonl", ".ndjson")


def values(source: Source, encoding: str | None) -> Iterator[Value | Wrong]:
    """All values of the file.  Raises `Refused` with the line in its detail, and OSError."""
    if source.suffix in LINES or _has_lines(source, encoding):
        yield from _by_line(source, encoding)
    elif source.size <= SMALL:
        yield from _small(source, encoding)
    else:
        yield from _large(source, encoding)


def _has_lines(source: Source, encoding: str | None) -> bool:
    """Whether a file has a value on each line: its first two non-empty lines are both complete objects."""
    filled = (line.data for line in lines(source, encoding, SMALL) if line.data is None or line.data.strip())
    first, second = (*islice(filled, 2), None, None)[:2]
    if first is None or second is None:
        return False
    return all(text.strip().startswith(b"{") for text in (first, second)) and first.strip().endswith(b"}")


def _by_line(source: Source, encoding: str | None) -> Iterator[Value | Wrong]:
    hint, rest_of = source.hint, 0
    for line in lines(source, encoding):
        place = Place(source.name, line.number)
        if line.data is None:
            yield place, "broken_text", ""
        elif len(line.data) >= LONGEST or line.number == rest_of:
            if line.number != rest_of:
                yield place, "too_long", ""
            rest_of = line.number
        elif line.data.strip():
            yield _parsed(place, line, hint)


def _parsed(place: Place, line: Line, hint: Hint) -> Value | Wrong:
    assert line.data is not None
    try:
        return place, json.loads(line.data), hint
    except (ValueError, RecursionError) as problem:
        return place, "broken_json", str(problem)[:200]


def _whole(source: Source, encoding: str | None) -> Iterator[bytes]:
    for line in lines(source, encoding, 1 << 16):
        if line.data is None:
            raise Refused("broken_text", f"line {line.number}")
        yield line.data


def _small(source: Source, encoding: str | None) -> Iterator[Value | Wrong]:
    try:
        document = json.loads(b"".join(_whole(source, encoding)))
    except json.JSONDecodeError as problem:
        raise Refused("broken_json", f"line {problem.lineno}: {problem.msg}") from problem
    except (ValueError, RecursionError) as problem:
        raise Refused("broken_json", str(problem)[:200]) from problem
    if not isinstance(document, list):
        yield Place(source.name), document, source.hint
        return
    for number, value in enumerate(document):
        yield Place(source.name, None, f"[{number}]"), value, source.hint


class _Feed:
    """A file for the parser that counts the lines which were read."""

    def __init__(self, source: Source, encoding: str | None) -> None:
        self._lines = lines(source, encoding, 1 << 16)
        self.line = 1

    def read(self, size: int = -1) -> bytes:
        if not size:
            return b""
        line = next(self._lines, None)
        if line is None:
            return b""
        self.line = line.number
        if line.data is None:
            raise Refused("broken_text", f"line {line.number}")
        return line.data


def _large(source: Source, encoding: str | None) -> Iterator[Value | Wrong]:
    try:
        import ijson
    except ModuleNotFoundError:
        raise Refused("needs_ijson") from None
    feed = _Feed(source, encoding)
    try:
        members, plain = _members(ijson, feed)
        for name, event in members.items():
            feed = _Feed(source, encoding)
            many = event == "start_array"
            prefix = f"{name}.item".lstrip(".") if many else name
            hint = _hint(source, members, plain, name)
            for value in ijson.items(feed, prefix, use_float=True):
                yield Place(source.name, feed.line), value if many else {name: value}, hint
    except ijson.JSONError as problem:
        text = str(problem).splitlines() or [""]
        raise Refused("broken_json", f"line {feed.line}: {text[0][:200]}") from problem


def _members(ijson: Any, feed: _Feed) -> tuple[dict[str, str], Json]:
    """The members of a document: those that are arrays or objects, by name, with the event that opens them (an array
    as a whole has the name ""), and its plain members with their values.
    """
    members: dict[str, str] = {}
    plain: Json = {}
    # Read to the end, so that invalid JSON is found before any value is returned.
    for prefix, event, value in ijson.parse(feed, use_float=True):
        if not prefix and event == "start_array":
            members[""] = event
        elif prefix and "." not in prefix and "" not in members:
            if event in ("start_array", "start_map"):
                members[prefix] = event
            elif event in ("string", "number", "boolean"):
                plain[prefix] = value
    return members, plain


def _hint(source: Source, members: dict[str, str], plain: Json, name: str) -> Hint:
    """Hints for the values of a member, from its name and from the document's plain members."""
    thread_id = bundles.thread_id_of(plain, {}) if "messages" in members or "data" in members else None
    known = source.hint.at(thread_id=thread_id, newest_first=pages.newest_first(plain) if name == "data" else None)
    return keyed.hint_of(name, known) or known
