"""Selects the files to scan, and decodes them."""

import io
import os
import re
import tokenize
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

from shim.migrate.scan.findings import Skipped
from shim.migrate.scan.languages import CODE

#: The largest file that is read: a larger one is data, or was generated.
LARGEST: Final = 2_000_000
PYTHON: Final = frozenset({"py", "pyw", "pyi"})
NOTEBOOK: Final = "ipynb"
#: Configuration files, which may contain ids.
CONFIGURATION: Final = frozenset(
    {"env", "json", "yaml", "yml", "toml", "ini", "cfg", "conf", "properties", "tf", "tfvars", "xml"}
    | {"example", "local", "sample"}
)
SUFFIXES: Final = PYTHON | CODE | CONFIGURATION | {NOTEBOOK}
#: Folders of other people's code, or of build results.
SKIPPED: Final = re.compile(
    r"\.(git|hg|svn|venv|next|tox|nox|mypy_cache|ruff_cache|pytest_cache|ipynb_checkpoints|idea|vscode)|node_modules"
    r"|venv|env|__pycache__|dist|build|site-packages|target|vendor"
)
LOCKS: Final = re.compile(r"package-lock\.json|.*\.min\.(js|css)|.*\.lock|pnpm-lock\.yaml")
MARKS: Final = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


class Unreadable(Exception):
    """A file that is not scanned; its message says why."""


def suffix(name: str) -> str:
    """A file's language by its name: ``.env.production`` is an ``env``."""
    if name.startswith(".env"):
        return "env"
    return name.rpartition(".")[2].lower() if "." in name else ""


def walk(root: Path, exclude: Iterable[str] = ()) -> Iterator[Path]:
    """The files below a folder, in a fixed order; a file that is given itself is scanned regardless of its name.

    Links to folders are not followed, so that none is walked twice or for ever.
    """
    excluded = tuple(exclude)
    if not root.is_dir():
        yield root
        return
    for folder, folders, names in os.walk(root):
        here = Path(folder)
        folders[:] = sorted(
            name for name in folders if not SKIPPED.fullmatch(name) and not _is(here / name, root, excluded)
        )
        for name in sorted(names):
            wanted = suffix(name) in SUFFIXES and not LOCKS.fullmatch(name)
            if wanted and not _is(here / name, root, excluded):
                yield here / name


def _is(path: Path, root: Path, patterns: tuple[str, ...]) -> bool:
    name = path.relative_to(root).as_posix()
    return any(fnmatch(name, pattern) or fnmatch(path.name, pattern) for pattern in patterns)


def read(path: Path) -> bytes:
    """A file's bytes.  Raises `Unreadable`."""
    try:
        if not path.is_file():
            raise Unreadable("it is a broken link" if path.is_symlink() else "it is no file")
        if path.stat().st_size > LARGEST:
            raise Unreadable(f"it is larger than {LARGEST // 1_000_000} MB")
        data = path.read_bytes()
    except OSError as problem:
        raise Unreadable(f"it cannot be read: {problem.strerror or problem}") from problem
    if data[:2] not in MARKS and b"\0" in data[:8192]:
        raise Unreadable("it is binary")
    return data


def decode(data: bytes, kind: str) -> str:
    """A file's text, with ``\\n`` for every line's end.  Raises `Unreadable` for Python with an invalid encoding
    declaration.
    """
    try:
        text = data.decode(_encoding(data, kind))
    except UnicodeDecodeError:
        # In the remaining encodings ids and calls are ASCII.
        text = data.decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _encoding(data: bytes, kind: str) -> str:
    if kind not in PYTHON:
        return MARKS.get(data[:2], "utf-8-sig")
    try:
        return tokenize.detect_encoding(io.BytesIO(data).readline)[0]
    except SyntaxError as problem:
        if str(problem).startswith("unknown encoding"):
            raise Unreadable(f"its encoding is unknown: {problem}") from problem
        return "latin-1"


def skipped(path: Path, why: object) -> Skipped:
    return Skipped(str(path), str(why))
