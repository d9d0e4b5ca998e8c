"""Reads CSV with a heading: each line is a row with one message.  Columns have the usual names, or are mapped."""

import csv
from collections.abc import Iterator, Mapping
from typing import Final

from shim.migrate.imports.objects_read import Value, Wrong
from shim.migrate.imports.report import Place, Refused
from shim.migrate.imports.sources import Line, Source, lines

SUFFIXES: Final = (".csv", ".tsv")
#: The largest number of characters of a field.
LONGEST: Final = 16_000_000
_SEPARATORS: Final = (",", ";", "\t", "|")


def values(source: Source, encoding: str | None, columns: Mapping[str, str]) -> Iterator[Value | Wrong]:
    """The lines as rows.  ``columns``: a field of `names.MESSAGE` and the column that has it.  Raises `Refused`."""
    csv.field_size_limit(LONGEST)
    broken: list[int] = []
    texts = _texts(lines(source, encoding), broken)
    heading = next(texts, "")
    names = next(csv.reader([heading], delimiter=_separator(heading)), [])
    missing = [column for column in columns.values() if column not in names]
    if missing or not names:
        raise Refused("broken_csv", f"no column {', '.join(missing)} in the heading" if missing else "no heading")
    reader = csv.DictReader(texts, names, restkey="", delimiter=_separator(heading), strict=True)
    try:
        for row in reader:
            yield _row(Place(source.name, reader.line_num + 1), row, columns, source)
            yield from ((Place(source.name, number), "broken_text", "") for number in broken)
            broken.clear()
    except csv.Error as problem:
        raise Refused("broken_csv", f"line {reader.line_num + 1}: {problem}") from problem
    yield from ((Place(source.name, number), "broken_text", "") for number in broken)


def _row(place: Place, row: dict[str, str], columns: Mapping[str, str], source: Source) -> Value | Wrong:
    if "" in row or None in row.values():
        return place, "broken_csv", "not as many fields as the heading has"
    taken = set(columns.values())
    unmapped = {name: value for name, value in row.items() if name not in taken and name not in columns}
    return place, unmapped | {field: row[column] for field, column in columns.items()}, source.hint


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
