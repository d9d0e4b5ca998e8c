"""Files to read: given ones, and those in folders and ZIP archives; their lines are converted to UTF-8.

A file is opened when it is read, and may be opened again; at most one line of it is in memory.
"""

import codecs
import gzip
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final, NamedTuple, cast

from shim.migrate.imports.objects_read import Hint
from shim.migrate.imports.report import Refused

#: Endings of files that are read; other files in a folder may be contents of files that messages name.
DATA: Final = (".json", ".jsonl", ".ndjson", ".csv", ".tsv")
#: Endings and first bytes of databases, which are named in the report.
DATABASES: Final = (".db", ".db3", ".sqlite", ".sqlite3")
SQLITE: Final = b"SQLite format 3\x00"
#: Names of files that contain the content of the file with that id.
CONTENT: Final = re.compile(r"((?:file|assistant|cfile)[-_][A-Za-z0-9_-]{4,80})(?:\.\w+)?")
#: The longest line that is read in one piece, in bytes.
LONGEST: Final = 64_000_000
#: Byte order marks, the longer ones first, and the encodings that they mean.
MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_THREAD: Final = re.compile(r"thread_[A-Za-z0-9]{6,64}")
_PIECE: Final = 1 << 16


@dataclass(frozen=True)
class Source:
    """One file.  ``name``: for messages.  ``path`` and ``member``: its place, and its name in an archive there."""

    name: str
    path: Path
    member: str | None = None
    size: int = 0

    def open(self) -> IO[bytes]:
        """Its bytes, unpacked.  Raises OSError."""
        return open_member(self.path, self.member)

    @property
    def suffix(self) -> str:
        return _suffix(self.member or self.path.name)

    @property
    def content_of(self) -> str | None:
        """The id of the file whose content this is, None if it is not one."""
        match = CONTENT.fullmatch(PurePosixPath(self.member or self.path.name).name)
        return match.group(1) if match and self.suffix not in DATA else None

    @property
    def hint(self) -> Hint:
        """The thread's id, if the file's name contains it."""
        match = _THREAD.search(PurePosixPath(self.member or self.path.name).name)
        return Hint(thread_id=match.group() if match else None)


def open_member(path: Path, member: str | None) -> IO[bytes]:
    """The bytes of a file, or of a file in a ZIP archive.  Raises OSError."""
    if member is not None:
        try:
            return zipfile.ZipFile(path).open(member)
        except (zipfile.BadZipFile, KeyError, RuntimeError) as problem:
            raise OSError(str(problem)) from problem
    return cast(IO[bytes], gzip.open(path)) if path.suffix == ".gz" else path.open("rb")


def _suffix(name: str) -> str:
    return PurePosixPath(name.lower().removesuffix(".gz")).suffix


def walk(paths: Iterable[Path], store: Path | None = None) -> Iterator[Source]:
    """All files to read: folders recursively, sorted by name; archives likewise.  ``store``: the file into which they
    are imported, which may be in such a folder.  Raises OSError.
    """
    for path in paths:
        if path.is_dir():
            nested = sorted(each for each in path.rglob("*") if each.is_file() and not each.name.startswith("."))
            nested = [each for each in nested if store is None or each.resolve() != store.resolve()]
            yield from (source for each in nested for source in _unpacked(each) if _wanted(source))
        else:
            yield from _unpacked(path)


def _wanted(source: Source) -> bool:
    return source.suffix in DATA or source.content_of is not None or (source.suffix in DATABASES and _is_sqlite(source))


def _is_sqlite(source: Source) -> bool:
    try:
        with source.open() as file:
            return file.read(len(SQLITE)) == SQLITE
    except OSError:
        # Not data that can be read, nor known to be any.
        return False


def _unpacked(path: Path) -> Iterator[Source]:
    if path.suffix.lower() != ".zip":
        yield Source(str(path), path, None, path.stat().st_size)
        return
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
    except zipfile.BadZipFile as problem:
        raise OSError(f"{path}: {problem}") from problem
    for info in sorted(members, key=lambda info: info.filename):
        source = Source(f"{path}!{info.filename}", path, info.filename, info.file_size)
        if _wanted(source):
            yield source


class Line(NamedTuple):
    """A line, or a piece of a very long one, as UTF-8; ``data`` is None where it cannot be decoded."""

    number: int
    data: bytes | None


def lines(source: Source, encoding: str | None = None, limit: int = LONGEST) -> Iterator[Line]:
    """The lines of a file, at most ``limit`` bytes at a time.  Raises OSError; `Refused` for a wide encoding that
    breaks off, and for a database.
    """
    with source.open() as file:
        head = file.read(4)
        if SQLITE.startswith(head) and len(head) == 4:
            head += file.read(len(SQLITE) - 4)
        if head == SQLITE:
            raise Refused("sqlite")
        used_encoding = encoding or _encoding(head)
        number, open_line = 1, False
        for piece in _pieces(_Reader(head, file), used_encoding, limit):
            yield Line(number, piece)
            open_line = piece is not None and not piece.endswith(b"\n")
            number += not open_line


def _encoding(head: bytes) -> str:
    for mark, name in MARKS:
        if head.startswith(mark):
            return name
    if len(head) == 4 and head[1] == 0 == head[3]:
        return "utf-16-le"
    return "utf-16-be" if len(head) == 4 and head[0] == 0 == head[2] else "utf-8"


class _Reader:
    """A file whose first bytes have been read already."""

    def __init__(self, head: bytes, file: IO[bytes]) -> None:
        self._head, self._file = head, file

    def read(self, size: int = -1) -> bytes:
        head, self._head = self._head, b""
        return head + self._file.read(size)

    def readline(self, size: int) -> bytes:
        head, self._head = self._head, b""
        if b"\n" in head:
            first, _, rest = head.partition(b"\n")
            self._head = rest
            return first + b"\n"
        return head + self._file.readline(size)


def _pieces(file: _Reader, encoding: str, limit: int) -> Iterator[bytes | None]:
    if codecs.lookup(encoding).name in ("utf-8", "utf-8-sig"):
        yield from _checked(file, limit)
        return
    try:
        yield from _recoded(codecs.getreader(encoding)(file), limit)  # type: ignore[arg-type]  # it only reads
    except UnicodeError as problem:
        raise Refused("broken_text", str(problem)[:200]) from problem


def _recoded(reader: Any, limit: int) -> Iterator[bytes]:
    waiting = ""
    while text := reader.read(_PIECE):
        *whole, waiting = (waiting + text).split("\n")
        for line in whole:
            yield (line + "\n").encode("utf-8", "surrogatepass")
        if len(waiting) >= limit:
            yield waiting.encode("utf-8", "surrogatepass")
            waiting = ""
    if waiting:
        yield waiting.encode("utf-8", "surrogatepass")


def _checked(file: _Reader, limit: int) -> Iterator[bytes | None]:
    """Pieces in UTF-8, as they stand: a character may begin in one piece of a line and end in the next."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    mark = codecs.BOM_UTF8
    while piece := file.readline(limit):
        piece, mark = piece.removeprefix(mark), b""
        try:
            decoder.decode(piece, len(piece) < limit or piece.endswith(b"\n"))
        except UnicodeDecodeError:
            decoder.reset()
            yield None
        else:
            yield piece
