"""Exports each thread to a file.  A file is written completely or not at all, and not written if its content would be
the same.
"""

import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote

from shim.migrate.exports import markdown
from shim.wire import encoding
from shim.wire.types import Json


def _lines(objects: Sequence[Json]) -> str:
    return "".join(encoding.text(each) + "\n" for each in objects)


#: A format: the ending of the file's name, and the function that makes the text from the API's objects.
FORMS: Final[dict[str, tuple[str, Callable[[Sequence[Json]], str]]]] = {
    "ndjson": (".ndjson", _lines),
    "markdown": (".md", markdown.written),
}


def write(folder: Path, form: str, objects: Sequence[Json]) -> bool:
    """Write a thread, with all that belongs to it, in a format; returns whether its file has changed.  Raises
    OSError.
    """
    ending, written = FORMS[form]
    path = folder / (quote(objects[0]["id"], safe="", errors="replace") + ending)
    text = written(objects).encode("utf-8", "surrogatepass")
    if path.is_file() and path.read_bytes() == text:
        return False
    replace(path, text)
    return True


def replace(path: Path, content: bytes) -> None:
    """Replace a file atomically: readers see either the old or the new one, also after an interruption."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        # `mkstemp` creates a file that only its owner can read; an existing file keeps its mode.
        Path(name).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
