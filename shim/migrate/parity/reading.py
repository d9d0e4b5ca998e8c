"""Conversations to replay: from files, in every shape that an import reads, and from the store."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from shim.assembly import ledger
from shim.engine.bridge import transcript
from shim.migrate.imports import Importer
from shim.migrate.imports.report import PROBLEMS
from shim.migrate.imports.report import Problem as Imported
from shim.migrate.parity.conversations import Conversation, Problem, conversation
from shim.store import survey
from shim.store.database import Database
from shim.store.tx import Tx
from shim.wire.types import Json


@dataclass
class Loaded:
    """The input: conversations, assistants by id, and problems."""

    conversations: list[Conversation] = field(default_factory=list)
    assistants: dict[str, Json] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def add(self, other: "Loaded") -> None:
        self.conversations += other.conversations
        self.assistants |= other.assistants
        self.problems += other.problems


def files(paths: Sequence[Path], base: Database, encoding: str | None = None) -> Loaded:
    """Read files, folders and archives into ``base``, an empty store.

    Raises OSError for a path that is not there.
    """
    loaded = Loaded()

    def note(problem: Imported) -> None:
        # Ids and times that the import had to invent do not matter here.
        if PROBLEMS[problem.code][0] != "changed":
            place = str(problem.place)
            loaded.problems.append(Problem(problem.code, place, str(problem).removeprefix(f"{place}: ")))

    url = base.url.render_as_string(hide_password=False)
    with Importer(url, encoding=encoding, problem=note) as importer:
        importer.read(*paths)
    for one in reversed(base.read(ledger.threads, None)):
        loaded.add(base.read(_one, one.tenant, one.id))
    loaded.assistants = {each["id"]: each for each in base.read(survey.assistants, None)}
    return loaded


def stored(base: Database, tenant: str, thread_id: str) -> Loaded:
    """A thread of the store, which is only read.  Raises `ApiError` if it does not exist."""
    return base.read(_one, tenant, thread_id)


def _one(tx: Tx, tenant: str, thread_id: str) -> Loaded:
    tenant_tx = replace(tx, tenant=tenant)
    objects = ledger.export(tenant_tx, tenant, thread_id)
    recorded, problems = conversation(objects, transcript.entries(tenant_tx, thread_id))
    return Loaded([recorded] if recorded.turns else [], {}, problems)
