"""Notebooks: each code cell is a program, and only the strings of changed lines are replaced."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

import libcst as cst

from shim.migrate.scan.notebooks import STRING, plain, source
from shim.migrate.swap import rewriter
from shim.migrate.swap.facts import facts
from shim.migrate.swap.rewriter import Note, NotUnderstood
from shim.migrate.swap.rules import Rule

#: The beginning of a cell's source in the file.
SOURCE: Final = re.compile(r'"source"\s*:\s*')


def rewrite(text: str, rules: Sequence[Rule]) -> tuple[str, list[Note]]:
    """The notebook's text with the rules applied.  A note's line is counted within its cell.  Raises
    `NotUnderstood`.
    """
    cells = _cells(text)
    notes: list[Note] = []
    parsed: dict[int, cst.Module] = {}
    for number, cell in enumerate(cells):
        try:
            if (module := _parsed(cell)) is not None:
                parsed[number] = module
        except NotUnderstood as why:
            if "import" in source(cell):
                notes.append(Note(1, f"cell {number + 1}: {why}"))
    known = facts(parsed.values())
    places = list(_places(text, cells))
    # From the last to the first, so that earlier offsets stay valid.
    for number, module in reversed(parsed.items()):
        rewritten = rewriter.rewrite(module, rules, known)
        notes += [Note(each.line, f"cell {number + 1}: {each.why}") for each in rewritten.notes]
        pairs = zip(module.code.split("\n"), rewritten.module.code.split("\n"), strict=True)
        changed = {old: new for old, new in pairs if old != new}
        if changed:
            start, end = places[number]
            text = text[:start] + _lines(text[start:end], changed) + text[end:]
    return text, sorted(notes, key=lambda each: each.why)


def _places(text: str, cells: list[Any]) -> Iterator[tuple[int, int]]:
    """The place of each cell's source in the file.  Raises `NotUnderstood`."""
    decoder, after = json.JSONDecoder(), 0
    for cell in cells:
        while (match := SOURCE.search(text, after)) is not None:
            value, after = decoder.raw_decode(text, match.end())
            if value == cell.get("source"):
                yield match.end(), after
                break
        else:
            raise NotUnderstood("its cells could not be found in the file")


def _lines(source: str, changed: dict[str, str]) -> str:
    """The strings of a cell with changed lines replaced; the others stay unchanged."""

    def written(match: re.Match[str]) -> str:
        lines = str(json.loads(match[0])).split("\n")
        if changed.keys().isdisjoint(lines):
            return match[0]
        return json.dumps("\n".join(changed.get(each, each) for each in lines), ensure_ascii=match[0].isascii())

    return STRING.sub(written, source)


def _cells(text: str) -> list[Any]:
    try:
        read = json.loads(text)
        return [each for each in read["cells"] if isinstance(each, dict)]
    except (ValueError, KeyError, TypeError, RecursionError) as problem:
        raise NotUnderstood("it is no notebook") from problem


def _parsed(cell: Any) -> cst.Module | None:
    """A code cell as a program; None for cells of other kinds and languages.  Raises `NotUnderstood`."""
    if cell.get("cell_type") != "code":
        return None
    lines = [plain(each) for each in source(cell).split("\n")]
    return None if lines[0].startswith("#%%") else rewriter.parse("\n".join(lines))
