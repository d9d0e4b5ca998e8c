"""A file for each thread.  Each is written whole or not at all, and one that says the same already is left alone."""

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


#: A form: the end of a file's name, and the text of a thread given as objects of the API.
FORMS: Final[dict[str, tuple[str, Callable[[Sequence[Json]], str]]]] = {
    "ndjson": (".ndjson", _lines),
    "markdown": (".md", markdown.written),
}


def write(folder: Path, form: str, objects: Sequence[Json]) -> bool:
    """Write a thread, itself and what belongs to it, in a form; says whether its file has changed.  Raises OSError."""
    ending, written = FORMS[form]
    path = folder / (quote(objects[0]["id"], safe="", errors="replace") + ending)
    text = written(objects).encode("utf-8", "surrogatepass")
    if path.is_file() and path.read_bytes() == text:
        return False
    replace(path, text)
    return True


def replace(path: Path, content: bytes) -> None:
    """Put a file in its place at once: whoever looks, or is interrupted, sees the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        # What `mkstemp` makes is for its owner alone; what was there keeps its mode.
        Path(name).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
