"""The database's address: from the user's setting to a URL that this store can use, and to texts about it."""

import logging
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

import platformdirs
import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url

from shim.store.errors import StoreFailed

#: Names of databases in URLs, and the driver that this store uses for each.
DRIVERS: Final[dict[str, str]] = {
    "sqlite": "sqlite+pysqlite",
    "sqlite+pysqlite": "sqlite+pysqlite",
    "sqlite+aiosqlite": "sqlite+pysqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}

log = logging.getLogger("shim")
#: File permissions of group and others.
OTHERS: Final = 0o077
READABLE: Final = (
    "The database %s holds conversations, and other users of this machine can read or change it (%s). "
    "`chmod 600 %s` keeps it private."
)
_SHOULD: Final = (
    "SHIM_DATABASE_URL should look like sqlite:////home/me/shim.db or postgresql://user:password@host/database"
)

_NOWHERE: Final = (
    "The store cannot be created: {}. Set SHIM_DATABASE_URL to a file in a folder that this user may write to, "
    "such as sqlite:////data/shim.db, or to a PostgreSQL database."
)


def default_path() -> Path:
    """``shim.db`` in the user's data folder; the folder is not created here.  Raises `StoreFailed` if that is
    impossible.
    """
    try:
        folder = Path(platformdirs.user_data_dir("assistants-shim", appauthor=False))
    except RuntimeError:
        folder = Path()
    # Older versions of the library return a path that begins with a tilde if there is no home folder.
    if not folder.is_absolute():
        raise StoreFailed(_NOWHERE.format("this user has no home folder"))
    path = folder / "shim.db"
    try:
        _try_to_make(folder)
    except OSError as problem:
        raise StoreFailed(_NOWHERE.format(f"{folder} cannot be made ({problem.strerror})")) from problem
    for location in (folder, path):
        if location.exists() and not os.access(location, os.R_OK | os.W_OK):
            raise StoreFailed(_NOWHERE.format(f"this user may not write to {location}"))
    return path


def _try_to_make(folder: Path) -> None:
    """Create a folder and remove it again, as there is no other test whether it can be created.  Raises OSError."""
    missing = [directory for directory in (folder, *folder.parents) if not directory.exists()]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for directory in missing:
        # Another process may use it by now.
        with suppress(OSError):
            directory.rmdir()


def resolve(url: str | None) -> URL:
    """The address for ``url``; None means `default_path`.  Paths become absolute.  Raises `StoreFailed`."""
    if url is None:
        return URL.create("sqlite+pysqlite", database=str(default_path()))
    try:
        parsed = make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        # Without the cause: its message may repeat the whole text, password included.
        raise StoreFailed(f"The URL of the store cannot be read. {_SHOULD}.") from None
    driver = DRIVERS.get(parsed.drivername)
    if driver is None:
        raise StoreFailed(f"The store cannot use a database of the kind {parsed.drivername!r}. {_SHOULD}.")
    if "@" in (parsed.host or ""):
        raise StoreFailed("The URL of the store cannot be read: an @ in a name or a password is written %40 there.")
    parsed = parsed.set(drivername=driver)
    return _file(parsed) if driver == "sqlite+pysqlite" else parsed


def _file(url: URL) -> URL:
    if url.host:
        raise StoreFailed(f"The URL of the store has too few slashes: sqlite:/// and a path. {_SHOULD}.")
    path = url.database or ":memory:"
    if ":memory:" in path or url.query.get("mode") == "memory":
        raise StoreFailed(
            "The store cannot live in memory: every thread would see a database of its own. "
            "Give it a file, which may be a temporary one: sqlite:////tmp/shim.db."
        )
    if path.startswith("file:"):
        return url
    return url.set(database=os.path.abspath(os.path.expanduser(path)))


def describe(url: URL) -> str:
    """The address for error messages, without user, password and options."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return f"{url.get_backend_name()}://{url.host or 'localhost'}/{url.database or ''}"


def secrets(url: URL) -> list[str]:
    """The parts of a URL that must never be shown."""
    options = [value for key, value in url.query.items() if "pass" in key]
    return [str(secret) for secret in (url.password, *options) if secret]


def file_of(url: URL) -> Path | None:
    """The file of an SQLite database, also if it is given as a URI; None for any other database."""
    if url.get_backend_name() != "sqlite":
        return None
    written = str(url.database)
    if not written.startswith("file:"):
        return Path(written)
    # SQLite allows an authority that is empty or localhost (https://sqlite.org/uri.html).
    path = urlsplit(written).path
    return Path(unquote(path)) if path else None


def create_file(url: URL) -> None:
    """Create the file of an SQLite database, readable by its owner alone, unless it exists; warn if others can read an
    existing one.

    SQLite creates its other files with the same mode.  Raises OSError.
    """
    path = file_of(url)
    if path is None:
        return
    if path.exists():
        _warn(path)
    elif url.query.get("mode") not in ("ro", "rw"):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _warn(path: Path) -> None:
    mode = path.stat().st_mode
    if os.name == "posix" and mode & OTHERS:
        log.warning(READABLE, path, stat.filemode(mode), path)
