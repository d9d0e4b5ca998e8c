"""Writes threads to the store, some in each transaction: all that was read of a thread, or nothing of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final, Literal

from shim.migrate.imports import values
from shim.migrate.imports.pictures import Contents
from shim.migrate.imports.timeline import KINDS, Plan
from shim.store import files, imports, rows, run_memory, schema, threads
from shim.store.database import Database
from shim.store.tx import Tx
from shim.wire.types import Json

#: How many threads one transaction stores, and the largest number of messages in it.
BATCH_SIZE: Final = 50
MESSAGES: Final = 5000
_TABLES: Final = {"message": schema.messages, "run": schema.runs, "step": schema.steps}
Verdict = Literal["added", "there", "replaced", "taken", "differs", "deleted"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result for a thread.  ``detail``: why it was not imported."""

    plan: Plan
    verdict: Verdict
    detail: str = ""
    files: int = 0


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes threads.  ``batch``: the import that they belong to, begun at ``begun``."""

    base: Database
    tenant: str
    batch: str
    begun: int
    contents: Contents
    dry_run: bool = False

    def write(self, plans: Iterable[Plan], done: Callable[[list[Outcome]], None]) -> None:
        """Store threads, and yield the result for each.  Raises `StoreFailed`; threads whose result was yielded are
        stored.
        """
        for group in _groups(plans):
            if self.dry_run:
                done([self._tried(outcome) for outcome in self.base.of(self.tenant).read(self._judge, group)])
            else:
                done(self.base.of(self.tenant).write(self._store, group))

    def _tried(self, outcome: Outcome) -> Outcome:
        """The result that writing a thread would have, with its files."""
        if outcome.verdict not in ("added", "replaced"):
            return outcome
        return replace(outcome, files=sum(1 for _ in self.contents.of_thread(outcome.plan)))

    def _store(self, tx: Tx, group: list[Plan]) -> list[Outcome]:
        outcomes = self._judge(tx, group)
        for outcome in outcomes:
            if outcome.verdict == "replaced":
                threads.delete(tx, outcome.plan.thread["id"])
        wanted = [outcome.plan for outcome in outcomes if outcome.verdict in ("added", "replaced")]
        imports.add(tx, schema.threads, [self._thread(plan) for plan in wanted])
        imports.add(tx, schema.messages, [self._message(one) for plan in wanted for one in plan.messages])
        imports.add(tx, schema.runs, [self._run(one) for plan in wanted for one in plan.runs])
        imports.add(tx, schema.steps, [self._step(one) for plan in wanted for one in plan.steps])
        imports.add(tx, schema.journal, [item for plan in wanted for item in self._journal(plan)])
        files = {id(plan): self._files(tx, plan) for plan in wanted}
        return [Outcome(one.plan, one.verdict, one.detail, files.get(id(one.plan), 0)) for one in outcomes]

    def _judge(self, tx: Tx, group: list[Plan]) -> list[Outcome]:
        ids = [plan.thread["id"] for plan in group]
        stored_threads = imports.known(tx, ids)
        if stored_threads and not self.dry_run:
            for thread_id in stored_threads:
                threads.lock(tx, thread_id)
            stored_threads = imports.known(tx, ids)
        gone = threads.with_tombstone(tx, ids)
        taken = {kind: self._taken(tx, kind, group) for kind in KINDS}
        return [
            Outcome(plan, "deleted", plan.thread["id"])
            if plan.thread["id"] in gone
            else self._verdict(tx, plan, stored_threads, taken)
            for plan in group
        ]

    def _taken(self, tx: Tx, kind: str, group: list[Plan]) -> dict[str, str]:
        ids = [one for plan in group for one in plan.ids(kind)]
        taken: dict[str, str] = {}
        # Databases limit the number of values in one statement.
        for first in range(0, len(ids), 500):
            taken |= imports.taken(tx, _TABLES[kind], ids[first : first + 500])
        return taken

    def _verdict(
        self, tx: Tx, plan: Plan, stored_threads: dict[str, imports.StoredThread], taken: dict[str, dict[str, str]]
    ) -> Outcome:
        thread_id = plan.thread["id"]
        for kind in KINDS:
            for one in plan.ids(kind):
                if taken[kind].get(one, thread_id) != thread_id:
                    return Outcome(plan, "taken", f"{thread_id}: {one} is in {taken[kind][one]}")
        known = stored_threads.get(thread_id)
        if known is None:
            return Outcome(plan, "added")
        stored = {kind: imports.of_thread(tx, _TABLES[kind], thread_id) for kind in KINDS}
        planned = {kind: {_stored_id(one, kind, stored[kind]) for one in plan.of(kind)} for kind in KINDS}
        if all(planned[kind] <= stored[kind] for kind in KINDS):
            return Outcome(plan, "there")
        if not known.used and all(stored[kind] <= planned[kind] for kind in KINDS):
            return Outcome(plan, "replaced")
        return Outcome(plan, "differs", f"{thread_id}{f', import {known.batch}' if known.batch else ''}")

    def _thread(self, plan: Plan) -> Json:
        more = {"batch": self.batch, "touched_at": imports.untouched(self.begun), "head": None, "head_covers": 0}
        return self._row(plan.thread) | more

    def _row(self, body: Json) -> Json:
        return {"tenant": self.tenant, "id": body["id"], "created_at": body["created_at"], "body": rows.dump(body)}

    def _message(self, body: Json) -> Json:
        return self._row(body) | {"thread_id": body["thread_id"], "run_id": body["run_id"]}

    def _run(self, body: Json) -> Json:
        memory = run_memory.blank(body["model"] or "", {}, [])
        columns = {name: body[name] for name in ("thread_id", "assistant_id", "status", "expires_at")}
        nobody = {"owner": None, "lease_until": None, "private": rows.dump(memory)}
        return self._row(body) | columns | nobody

    def _step(self, body: Json) -> Json:
        return self._row(body) | {"thread_id": body["thread_id"], "run_id": body["run_id"]}

    def _journal(self, plan: Plan) -> list[Json]:
        inserts = []
        for entry in plan.journal:
            item = self.contents.inline(entry.item)
            fields = {"type": item["type"], "call_id": item.get("call_id"), "item": rows.dump(item)}
            columns = {"thread_id": plan.thread["id"], "run_id": entry.run_id, "message_id": entry.message_id}
            inserts.append(
                {"tenant": self.tenant, "direction": entry.direction, "response_id": None, **columns, **fields}
            )
        return inserts

    def _files(self, tx: Tx, plan: Plan) -> int:
        count = 0
        for body, content in self.contents.of_thread(plan):
            if files.get(tx, body["id"]) is None:
                files.save(tx, plan.thread["id"], None, body, content)
                count += 1
        return count


def _stored_id(body: Json, kind: str, stored: set[str]) -> str:
    """The id under which the store has an object of a thread, or would have it.

    Earlier versions made the id of a message from its original id alone.  What they imported is recognised, so that
    importing it again adds nothing.
    """
    original = body["metadata"].get("imported_id")
    if body["id"] in stored or original is None:
        return str(body["id"])
    earlier = values.derived_id(kind, original)
    return earlier if earlier in stored else str(body["id"])


def _groups(plans: Iterable[Plan]) -> Iterable[list[Plan]]:
    """Groups of threads; smaller ones if the threads are long."""
    waiting = iter(plans)
    while group := list(islice(waiting, 1)):
        count = len(group[0].messages)
        while len(group) < BATCH_SIZE and count < MESSAGES and (more := next(waiting, None)) is not None:
            group.append(more)
            count += len(more.messages)
        yield group
