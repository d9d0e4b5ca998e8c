"""The queries of the pages: plain functions of a transaction, one for each page."""

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from shim.assembly import ledger
from shim.store import browse, journal, responses, runs, schema, steps, survey, threads
from shim.store.browse import Around, Part
from shim.store.tx import Tx
from shim.wire import encoding
from shim.wire.types import Json

#: Objects on a page of a list, and messages on a thread's page.
PAGE: Final = 50
MESSAGES: Final = 100
#: The largest number of results of a search, and of threads and messages that are searched.
FOUND: Final = 100
SEARCHED: Final = 20_000
#: The page that shows an object, by the prefix of its id.
TABLES: Final[dict[str, sa.Table]] = {
    "thread": schema.threads,
    "run": schema.runs,
    "asst": schema.assistants,
    "msg": schema.messages,
    "step": schema.steps,
    "resp": schema.responses,
}


@dataclass(frozen=True, slots=True)
class ThreadList:
    """A list of threads: each with its columns, and in a search with the message that has the words."""

    threads: list[Json]
    around: dict[str, Around]
    older: int | None = None
    hits: dict[str, browse.Hit] | None = None
    whole: bool = True


@dataclass(frozen=True, slots=True)
class ThreadPage:
    thread: Json
    messages: Part
    runs: dict[str, Json]
    latest: Part


@dataclass(frozen=True, slots=True)
class RunPage:
    """A run, its steps and messages, and its requests to upstream.

    ``origins``: the response that a message or a call came from, by the ids that the API shows.
    """

    trace: ledger.Trace
    messages: list[Json]
    steps: list[Json]
    origins: dict[str, str]


def latest(tx: Tx, before: int | None) -> ThreadList:
    """Threads, the newest first."""
    part = browse.newest(tx, schema.threads, PAGE, before)
    return ThreadList(
        [each.body for each in part.data],
        browse.around(tx, [each.body["id"] for each in part.data]),
        part.older,
    )


def search(tx: Tx, words: str) -> ThreadList:
    """Threads whose metadata or messages contain the words."""
    result = browse.find(tx, words, FOUND, SEARCHED)
    hits = {hit.thread_id: hit for hit in result.hits}
    bodies = [body for id in hits if (body := threads.get(tx, id)) is not None]
    return ThreadList(bodies, browse.around(tx, list(hits)), None, hits, result.whole)


def thread(tx: Tx, id: str, before: int | None) -> ThreadPage | None:
    """A thread: its messages, the newest last, and its runs."""
    body = threads.get(tx, id)
    if body is None:
        return None
    part = browse.newest(tx, schema.messages, MESSAGES, before, thread_id=id)
    ids = {each.body["run_id"] for each in part.data if each.body.get("run_id")}
    runs = {run_id: row for run_id in ids if (row := survey.run(tx, run_id)) is not None}
    return ThreadPage(body, part, runs, browse.newest(tx, schema.runs, PAGE, None, thread_id=id))


def run_list(tx: Tx, before: int | None, status: str | None, assistant_id: str | None) -> Part:
    """Runs, the newest first."""
    return browse.newest(tx, schema.runs, PAGE, before, status=status, assistant_id=assistant_id)


def run(tx: Tx, id: str) -> RunPage | None:
    """A run with its steps, messages and requests to upstream."""
    body = survey.run(tx, id)
    if body is None:
        return None
    return RunPage(
        ledger.trace(tx, tx.tenant, id),
        browse.of_run(tx, schema.messages, body),
        steps.of_run(tx, id),
        _origins(tx, body),
    )


def _origins(tx: Tx, run: Json) -> dict[str, str]:
    row = runs.get(tx, run["thread_id"], run["id"])
    shown = {upstream_id: shown_id for shown_id, upstream_id in row.memory["call_ids"].items()} if row else {}
    origins: dict[str, str] = {}
    for entry in journal.of_run(tx, run["id"]):
        if entry.direction == "out" and entry.response_id:
            for name in (entry.message_id, shown.get(entry.call_id or "", entry.call_id), entry.item.get("id")):
                if name:
                    origins.setdefault(name, entry.response_id)
    return origins


def version(tx: Tx, id: str) -> tuple[int, str] | None:
    """A value that changes when the run's page changes, and the run's status."""
    body = survey.run(tx, id)
    if body is None:
        return None
    contents = [steps.of_run(tx, id), browse.of_run(tx, schema.messages, body)]
    below = [[each.id, each.status] for each in responses.of_run(tx, id)]
    return hash(encoding.text([body, contents, below])), body["status"]


def page_of(tx: Tx, id: str) -> str | None:
    """The address of the page for an id; None if there is no such object."""
    kind = id.partition("_")[0]
    table = TABLES.get(kind)
    if table is None:
        return None
    if kind in ("thread", "run", "asst"):
        found_id = tx.db.execute(sa.select(table.c.id).where(table.c.tenant == tx.tenant, table.c.id == id)).scalar()
        folder = {"thread": "threads", "run": "runs", "asst": "assistants"}[kind]
        return f"/ui/{folder}/{found_id}" if found_id else None
    if kind == "step":
        of = sa.select(table.c.run_id).where(table.c.tenant == tx.tenant, table.c.id == id)
        found_id = tx.db.execute(of).scalar()
    else:
        found_id = browse.home(tx, table, id)
    return f"/ui/{'threads' if kind == 'msg' else 'runs'}/{found_id}#{id}" if found_id else None
