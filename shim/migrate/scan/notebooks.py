"""Jupyter notebooks: their cells as one Python program, and the place of each of its lines in the file."""

import ast
import json
import re
from dataclasses import dataclass
from typing import Any, Final

#: Syntax of IPython: magics, shell commands, help.
MAGIC: Final = re.compile(r"^(\s*)(?:[%!?]|\w[\w, ]*=\s*[%!]|[\w.]+\?{1,2}\s*$)")
STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Line:
    """``file``: the line of the notebook's file; ``cell``: which cell it belongs to; both from 1."""

    file: int
    cell: int


@dataclass(frozen=True, slots=True)
class Program:
    """``places``: of each line of ``source``.  ``broken``: cells that are not valid Python, with their text."""

    source: str
    places: list[Line]
    broken: list[tuple[Line, str]]


def program(text: str) -> Program:
    """The code cells of a notebook, one after the other.  Raises ValueError for other files."""
    read: Any = json.loads(text)
    cells = read.get("cells") if isinstance(read, dict) else None
    if not isinstance(cells, list):
        raise ValueError("there are no cells in it")
    finder = _Lines(text)
    lines: list[str] = []
    places: list[Line] = []
    broken: list[tuple[Line, str]] = []
    for number, cell in enumerate(cells, 1):
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        cell_lines = source(cell).split("\n")
        at = [Line(finder.find(each), number) for each in cell_lines]
        shown = [plain(each) for each in cell_lines]
        if shown[0].startswith("#%%"):
            continue
        try:
            ast.parse("\n".join(shown))
        except (SyntaxError, ValueError):
            broken.append((at[0], "\n".join(cell_lines)))
            continue
        lines += shown
        places += at
    return Program("\n".join(lines), places, broken)


def source(cell: Any) -> str:
    """A cell's text: it may stand in one string, or in one for each line."""
    text = cell.get("source", "")
    return "".join(map(str, text)) if isinstance(text, list) else str(text)


def plain(line: str) -> str:
    """A line as plain Python.  A cell of another language (``%%bash``) is marked, to be left out."""
    if line.lstrip().startswith("%%"):
        return "#%%"
    magic = MAGIC.match(line)
    return f"{magic[1]}pass  # {line.strip()}" if magic else line


class _Lines:
    """Finds lines of cells among the strings of the file, in order."""

    def __init__(self, text: str) -> None:
        self._strings: list[tuple[int, str]] = []
        line, before = 1, 0
        for match in STRING.finditer(text):
            line += text.count("\n", before, match.start())
            before = match.start()
            if '"' not in match[0][1:-1] and "\\" not in match[0]:
                value = match[0][1:-1]
            else:
                value = str(json.loads(match[0], strict=False))
            self._strings.append((line, value))
        self._next = 0

    def find(self, wanted: str) -> int:
        """The line of the file; that of the last one found, if there is no such string."""
        for number in range(self._next, len(self._strings)):
            line, value = self._strings[number]
            if wanted and (value.rstrip("\n") == wanted or wanted in value.split("\n")):
                # One string may hold many lines.
                self._next = number if "\n" in value.rstrip("\n") else number + 1
                return line
        return self._strings[self._next - 1][0] if self._next else 1
