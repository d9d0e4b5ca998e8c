"""Upgrades the tables.  An up-to-date store costs one small query, and Alembic is not loaded."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from shim.store import dialects, schema
from shim.store.errors import StoreFailed

if TYPE_CHECKING:
    from alembic.config import Config

log = logging.getLogger("shim")
MIGRATIONS: Final = Path(__file__).parent / "migrations"
_VERSION: Final = sa.select(sa.column("version_num", sa.Text)).select_from(sa.table("alembic_version"))
#: Alembic has its current environment in a global variable.
_one_at_a_time: Final = threading.Lock()


def bring_up_to_date(engine: sa.Engine, shown_url: str) -> None:
    """Create or change the tables if necessary, in one transaction; other processes wait meanwhile.

    Raises `StoreFailed`, and changes nothing, if the tables are those of a newer version or of another application.
    """
    dialects.prepare(engine)
    with engine.connect() as db:
        if revision(db) == schema.REVISION:
            return
    with _one_at_a_time, _silent_library(), dialects.alone(engine) as db:
        current = revision(db)
        if current != schema.REVISION:
            _upgrade(db, current, shown_url)
    if current is None:
        log.info("a new store was created: %s", shown_url)


def revision(db: sa.Connection) -> str | None:
    """The revision of the database; None if it has no store."""
    if not sa.inspect(db).has_table("alembic_version"):
        return None
    return db.execute(_VERSION).scalar()


def configuration() -> "Config":
    """Alembic's settings, made here: no file is read."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


@contextmanager
def _silent_library() -> Iterator[None]:
    """Silence Alembic's log of each step, which does not concern the application."""
    theirs = logging.getLogger("alembic")
    before = theirs.level
    theirs.setLevel(max(before, logging.WARNING))
    try:
        yield
    finally:
        theirs.setLevel(before)


def _upgrade(db: sa.Connection, current: str | None, shown_url: str) -> None:
    from alembic import command
    from alembic.script import ScriptDirectory

    config = configuration()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if current is not None and current not in known:
        raise StoreFailed(
            f"The store {shown_url} is at revision {current}, and this version knows revisions up to "
            f"{schema.REVISION}. A newer version made it, or another application. Nothing was changed. "
            "Upgrade assistants-shim."
        )
    config.attributes["connection"] = db
    command.upgrade(config, "head")
