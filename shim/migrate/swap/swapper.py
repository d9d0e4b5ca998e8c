"""Swaps the imports of a project: first as a plan, then on disk, each file in one step."""

import difflib
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from shim.migrate.scan import files
from shim.migrate.scan.files import Unreadable
from shim.migrate.swap import notebooks, rewriter
from shim.migrate.swap.rewriter import Note, NotUnderstood
from shim.migrate.swap.rules import SWAP, UNDO, Rule

#: A file without these bytes has nothing to swap, or to swap back.
MODULES: Final = {SWAP: b"openai", UNDO: b"shim"}
#: Parsing is slow, so only programs with a possibly relevant import or string are parsed.
LINES: Final = {
    rules: re.compile(rb"\bfrom\s+%s\b|\bimport\s(?:[^\n]|\\\n)*?\b%s\b|[\"']%s[\"'.]" % (module, module, module))
    for rules, module in MODULES.items()
}


class Changed(Exception):
    """A file was changed since the plan was made."""


@dataclass(frozen=True, slots=True)
class Change:
    """A file before and after, as bytes."""

    path: Path
    old: bytes
    new: bytes

    def diff(self) -> Iterator[str]:
        """The lines of a unified diff, with their ends."""
        old, new = (each.decode("utf-8", "replace").splitlines(keepends=True) for each in (self.old, self.new))
        for line in difflib.unified_diff(old, new, f"a/{self.path}", f"b/{self.path}"):
            yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


@dataclass(slots=True)
class Plan:
    """``notes``: code that is not changed and should be checked.  ``skipped``: files that could not be parsed, and
    why.
    """

    changes: list[Change] = field(default_factory=list)
    notes: list[tuple[Path, Note]] = field(default_factory=list)
    skipped: list[tuple[Path, str]] = field(default_factory=list)
    files: int = 0


def plan(paths: Iterable[Path], exclude: Iterable[str] = (), undo: bool = False) -> Plan:
    """The changes to the Python files and notebooks below ``paths``.  Nothing is written."""
    result, excluded = Plan(), tuple(exclude)
    for path in dict.fromkeys(each for root in paths for each in files.walk(root, excluded)):
        kind = files.suffix(path.name)
        if kind in files.PYTHON or kind == files.NOTEBOOK:
            result.files += 1
            _examine(path, kind, UNDO if undo else SWAP, result)
    return result


def _examine(path: Path, kind: str, rules: Sequence[Rule], plan: Plan) -> None:
    try:
        old = files.read(path)
        if not _is_interesting(old, kind, tuple(rules)):
            return
        if (taken := _namesake(path)) is not None:
            raise NotUnderstood(f"its `import shim` would be {taken}, which is not this package")
        new, notes = _notebook(old, rules) if kind == files.NOTEBOOK else _program(old, rules)
    except (Unreadable, NotUnderstood) as why:
        plan.skipped.append((path, str(why)))
        return
    except RecursionError:
        plan.skipped.append((path, "it is nested too deeply"))
        return
    plan.notes += [(path, note) for note in notes]
    if new != old:
        plan.changes.append(Change(path, old, new))


def _is_interesting(data: bytes, kind: str, rules: tuple[Rule, ...]) -> bool:
    if kind == files.NOTEBOOK or data[:2] in files.MARKS:
        return MODULES[rules] in data or data[:2] in files.MARKS
    return LINES[rules].search(data) is not None


def _namesake(path: Path) -> Path | None:
    """A module of the project's own that is called `shim`, in the file's folder or above it."""
    for folder in list(path.absolute().parents)[:8]:
        if (folder / "shim.py").is_file():
            return folder / "shim.py"
        package = folder / "shim" / "__init__.py"
        if package.is_file():
            return None if package.samefile(_ours()) else package
        if (folder / ".git").exists():
            return None
    return None


def _ours() -> Path:
    return Path(__file__).parents[2] / "__init__.py"


def _program(old: bytes, rules: Sequence[Rule]) -> tuple[bytes, list[Note]]:
    rewritten = rewriter.rewrite(rewriter.parse(old), rules)
    return rewritten.module.bytes if rewritten.changed else old, rewritten.notes


def _notebook(old: bytes, rules: Sequence[Rule]) -> tuple[bytes, list[Note]]:
    try:
        text, notes = notebooks.rewrite(old.decode("utf-8"), rules)
    except UnicodeDecodeError as problem:
        raise NotUnderstood("it is not UTF-8") from problem
    return text.encode("utf-8"), notes


def write(change: Change) -> None:
    """Replace a file's contents atomically.

    A link stays a link, and the file keeps its mode.  Raises OSError, and `Changed` for a file that was changed
    meanwhile.
    """
    target = Path(os.path.realpath(change.path))
    if target.read_bytes() != change.old:
        raise Changed("somebody has written it meanwhile")
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(change.new)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(target, name)
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
