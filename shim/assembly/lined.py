"""Reads YAML, TOML and JSON with the line of every value, so that an error can name the line.

PyYAML's nodes have their lines, and JSON is read as YAML to get them.  `tomllib` has no lines: a search of the text
finds those of tables and keys, which is sufficient.
"""

import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

#: The keys and indices that lead to a value.
Location = tuple[str | int, ...]
Lines = dict[Location, int]


@dataclass(frozen=True, slots=True)
class Document:
    """``value``: as `json` would return it.  ``lines``: the line of each location in it, counted from 1."""

    value: Any
    lines: Lines = field(default_factory=dict)

    def line(self, location: Location) -> int | None:
        """The line of a location, else of the object around it."""
        while location and location not in self.lines:
            location = location[:-1]
        return self.lines.get(location)


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake in a file, and its place; ``line`` is None if unknown."""

    file: Path
    line: int | None
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}" if self.line else f"{self.file}: {self.text}"


class Unusable(ValueError):
    """Files that cannot be used, with all their mistakes."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class Unreadable(ValueError):
    """The text is not valid in its format.  ``line`` is None if the parser has none."""

    def __init__(self, text: str, line: int | None = None) -> None:
        super().__init__(text)
        self.line = line


class Twice(Unreadable):
    """An object has the same key twice."""


class _Loader(yaml.SafeLoader):
    """A loader without dates: a value such as ``2024-05-13`` stays text."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in known if not tag.endswith(":timestamp")]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(path: Path) -> list[Document]:
    """The documents of a file; only YAML can hold several.  Raises `Unreadable`, and OSError."""
    parse = FORMATS.get(path.suffix.lower())
    if parse is None:
        raise Unreadable(f"a file of this kind ends in one of {', '.join(FORMATS)}")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as problem:
        raise Unreadable(f"the file is not UTF-8: {problem.reason} at byte {problem.start}") from problem
    return parse(text)


def _yaml(text: str) -> list[Document]:
    try:
        documents = [_document(node) for node in yaml.compose_all(text, Loader=_Loader)]
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        raise Unreadable(problem.problem or str(problem), mark.line + 1 if mark else None) from problem
    except Unreadable:
        raise
    except (yaml.YAMLError, ValueError, RecursionError) as problem:
        raise Unreadable(str(problem)) from problem
    # A document between two `---` may be empty.
    return [document for document in documents if document.value is not None]


def _document(node: yaml.Node) -> Document:
    lines = dict(_walk(node, ()))
    value = _Loader("").construct_document(node)
    return Document(value, lines)


def _walk(node: yaml.Node, location: Location) -> Iterator[tuple[Location, int]]:
    yield location, node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _walk(item, (*location, index))
    if isinstance(node, yaml.MappingNode):
        names: set[str] = set()
        for key, item in node.value:
            name, line = str(key.value), key.start_mark.line + 1
            if name in names and name != "<<":
                raise Twice(f"the key {name!r} is there twice", line)
            names.add(name)
            yield from _walk(item, (*location, name))
            yield (*location, name), line


def _json(text: str) -> list[Document]:
    try:
        value = json.loads(text)
    except json.JSONDecodeError as problem:
        raise Unreadable(problem.msg, problem.lineno) from problem
    # JSON has no tabs within strings, and YAML accepts none between tokens.
    try:
        lines = [document.lines for document in _yaml(text.replace("\t", " "))]
    except Twice:
        raise
    except Unreadable:
        # A few characters are valid in JSON and not in YAML: then errors name no line.
        lines = []
    return [Document(value, *lines[:1])]


_TABLE: Final = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]")
_KEY: Final = re.compile(r"""\s*("[^"]+"|'[^']+'|[A-Za-z0-9_.-]+)\s*=\s*(.*)""")
_QUOTES: Final = re.compile(r'"""|' + r"'''")


def _toml(text: str) -> list[Document]:
    try:
        value = tomllib.loads(text)
    except ValueError as problem:
        match = re.search(r"at line (\d+)", str(problem))
        raise Unreadable(str(problem), int(match[1]) if match else None) from problem
    return [Document(value, _toml_lines(text))]


def _toml_lines(text: str) -> Lines:
    lines: Lines = {(): 1}
    counts: dict[Location, int] = {}
    table: Location = ()
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        begun, inside = inside, inside ^ bool(len(_QUOTES.findall(line)) % 2)
        if begun:
            continue
        if header := _TABLE.match(line):
            table = _table(header[2], header[1] == "[[", counts)
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            lines.setdefault((*table, *_parts(key[1])), number)
    return lines


def _table(name: str, several: bool, counts: dict[Location, int]) -> Location:
    """The location of a table; in an array of tables it is the last one."""
    location: Location = ()
    parts = _parts(name)
    for position, part in enumerate(parts):
        location = (*location, part)
        if several and position == len(parts) - 1:
            counts[location] = counts.get(location, -1) + 1
        if location in counts:
            location = (*location, counts[location])
    return location


def _parts(name: str) -> list[str]:
    return [part.strip().strip("\"'") for part in name.split(".")]


FORMATS: Final[dict[str, Callable[[str], list[Document]]]] = {
    ".yaml": _yaml,
    ".yml": _yaml,
    ".toml": _toml,
    ".json": _json,
}
