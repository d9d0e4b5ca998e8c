"""Reads CSV with a heading: each line is a row with one message.  Columns have the usual names, or are mapped."""

import csv
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from shim.migrate.imports.objects_read import Value, Wrong
from shim.migrate.imports.report import Place, Refused
from shim.migrate.imports.sources import Line, Source, lines

SUFFIXES: Final = (".csv", ".tsv")
#: The largest number of characters of a field.
LONGEST: Final = 16_000_000
#: Headings of columns without a name: as they are, and as pandas names them.
_UNNAMED: Final = re.compile(r"(\s*|Unnamed: \d+(_level_\d+)?|level_\d+|index)( \(column \d+\))?")
_SEPARATORS: Final = (",", ";", "\t", "|")


def values(source: Source, encoding: str | None, columns: Mapping[str, str]) -> Iterator[Value | Wrong]:
    """The lines as rows.  ``columns``: a field of `names.MESSAGE` and the column that has it.  Raises `Refused`."""
    csv.field_size_limit(LONGEST)
    broken: list[int] = []
    texts = _texts(lines(source, encoding), broken)
    heading = next(texts, "")
    separator = _separator(heading)
    names = _distinct(next(csv.reader([heading], delimiter=separator), []))
    missing = [column for column in columns.values() if column not in names]
    if missing or not names:
        raise Refused("broken_csv", f"no column {', '.join(missing)} in the heading" if missing else "no heading")
    for number, fields in _records(csv.reader(texts, delimiter=separator, strict=True)):
        if fields:
            yield _row(Place(source.name, number), names, fields, columns, source)
        yield from ((Place(source.name, number), "broken_text", "") for number in broken)
        broken.clear()
    yield from ((Place(source.name, number), "broken_text", "") for number in broken)


def _distinct(names: list[str]) -> list[str]:
    """A heading in which no name stands twice, so that no column hides another one."""
    return [name if name not in names[:at] else f"{name} (column {at + 1})" for at, name in enumerate(names)]


def _records(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """Each record with the number of its first line: quoted fields may have several.  The heading is line 1."""
    while True:
        first = reader.line_num + 2
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as problem:
            raise Refused("broken_csv", f"line {first}: {problem}") from problem
        yield first, fields


def _row(
    place: Place, names: list[str], fields: list[str], columns: Mapping[str, str], source: Source
) -> Value | Wrong:
    # Spreadsheets end lines with separators for columns that have no heading.
    if len(fields) < len(names) or any(fields[len(names) :]):
        return place, "broken_csv", "not as many fields as the heading has"
    taken = set(columns.values())
    pairs = zip(names, fields, strict=False)
    row = {name: field for name, field in pairs if name in taken or not _is_index(name, field)}
    unmapped = {name: value for name, value in row.items() if name not in taken and name not in columns}
    return place, unmapped | {field: row[column] for field, column in columns.items()}, source.hint


def _is_index(name: str, field: str) -> bool:
    """Whether a field is the number of a row, which pandas writes into a column without a name, or nothing."""
    return _UNNAMED.fullmatch(name) is not None and (not field or field.isdecimal())


def _texts(source_lines: Iterator[Line], broken: list[int]) -> Iterator[str]:
    """Lines as text; one that cannot be decoded is recorded and replaced by an empty one, so that line numbers stay
    correct.
    """
    for line in source_lines:
        if line.data is None:
            broken.append(line.number)
        yield "\n" if line.data is None else line.data.decode("utf-8", "replace")


def _separator(heading: str) -> str:
    return max(_SEPARATORS, key=heading.count)
