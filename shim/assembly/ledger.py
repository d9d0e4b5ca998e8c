"""Queries on the store for the operator: plain functions of a transaction, for `client.shim` and the commands."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import Final, Literal

from shim.store import journal, responses, runs, schema, survey
from shim.store import threads as thread_rows
from shim.store.run_memory import Mark
from shim.store.tx import Tx
from shim.wire import errors
from shim.wire.types import Json

By = Literal["thread", "assistant", "model", "day"]
BYS: Final[tuple[By, ...]] = ("thread", "assistant", "model", "day")


@dataclass(frozen=True, slots=True)
class ThreadSummary:
    """A thread in a list.  Times in seconds since the epoch; ``last_used_at`` is exact to the hour."""

    id: str
    created_at: int
    last_used_at: int
    messages: int
    runs: int
    metadata: dict[str, str]
    tenant: str = ""


@dataclass(frozen=True, slots=True)
class FoundMessage:
    """A message that contains the words of the search."""

    thread_id: str
    message_id: str
    role: str
    created_at: int
    text: str
    tenant: str = ""


@dataclass(slots=True)
class Usage:
    """The tokens that were used under one key: a thread, an assistant, a model or a day (UTC)."""

    key: str
    responses: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0

    @property
    def total_tokens(self) -> int:
        return self.input_tokens + self.output_tokens


def threads(tx: Tx, tenant: str | None, limit: int | None = None) -> list[ThreadSummary]:
    """Threads, the newest first."""
    return [
        ThreadSummary(
            row.body["id"],
            row.body["created_at"],
            row.touched_at,
            row.messages,
            row.runs,
            row.body["metadata"],
            row.tenant,
        )
        for row in survey.threads(tx, tenant, limit)
    ]


def search(tx: Tx, tenant: str | None, query: str, limit: int = 20) -> list[FoundMessage]:
    """Messages that contain the words, the newest first."""
    hits: list[FoundMessage] = []
    for hit in survey.search(tx, tenant, query):
        message = hit.message
        text = survey.text_of(message)
        hits.append(
            FoundMessage(message["thread_id"], message["id"], message["role"], message["created_at"], text, hit.tenant)
        )
        if len(hits) == limit:
            break
    return hits


def owner(tx: Tx, tenant: str | None, kind: Literal["thread", "run"], id: str) -> str:
    """The tenant that has the object.  Raises `ApiError` if none has it, and ValueError if several have it."""
    having = survey.tenants_of(tx, schema.threads if kind == "thread" else schema.runs, id)
    having = [each for each in having if tenant in (None, each)]
    if not having:
        raise errors.error(f"no_{kind}", id=id)
    if len(having) > 1:
        raise ValueError(f"{id} belongs to several tenants: name one of them")
    return having[0]


def export(tx: Tx, tenant: str | None, thread_id: str) -> list[Json]:
    """A thread as objects of the API: itself, its messages, its runs, their steps."""
    tenant_tx = replace(tx, tenant=owner(tx, tenant, "thread", thread_id))
    thread = thread_rows.get(tenant_tx, thread_id)
    assert thread is not None
    tables = (schema.messages, schema.runs, schema.steps)
    return [thread, *(body for table in tables for body in survey.all_of(tenant_tx, table, thread_id))]


def usage(tx: Tx, tenant: str | None, by: By, since: int = 0) -> list[Usage]:
    """Sums of tokens; the largest first, days in their order."""
    sums: dict[str, Usage] = {}
    for spent in survey.spent(tx, tenant, since):
        key = _key(spent, by)
        _add(sums.setdefault(key, Usage(key)), spent.usage)
    return sorted(sums.values(), key=lambda spent: (0 if by == "day" else -spent.total_tokens, spent.key))


def _key(spent: survey.Spent, by: By) -> str:
    if by == "day":
        return datetime.fromtimestamp(spent.created_at, timezone.utc).strftime("%Y-%m-%d")
    return spent.thread_id if by == "thread" else str(spent.run["assistant_id" if by == "assistant" else "model"])


def _add(to: Usage, usage: Json) -> None:
    to.responses += 1
    to.input_tokens += usage.get("input_tokens") or 0
    to.output_tokens += usage.get("output_tokens") or 0
    to.cached_tokens += (usage.get("input_tokens_details") or {}).get("cached_tokens") or 0
    to.reasoning_tokens += (usage.get("output_tokens_details") or {}).get("reasoning_tokens") or 0


@dataclass(frozen=True, slots=True)
class Round:
    """One request to upstream and its result.

    ``previous``: the response that it was chained to; None if the whole thread was sent.  ``sent`` and ``received``:
    items as the journal has them.  ``marks``: changes of the request before it was answered.
    """

    response: str
    previous: str | None
    created_at: int
    status: str | None
    usage: Json | None
    sent: list[Json]
    received: list[Json]
    marks: list[Mark] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Trace:
    """A run and its requests to upstream.

    ``model``: the one that was called.  ``unanswered``: changes of a request that has no answer.
    """

    run: Json
    rounds: list[Round]
    model: str = ""
    unanswered: list[Mark] = field(default_factory=list)


def trace(tx: Tx, tenant: str | None, run_id: str) -> Trace:
    """The requests and responses of a run.  Raises `ApiError` if there is no run with that id."""
    tenant_tx = replace(tx, tenant=owner(tx, tenant, "run", run_id))
    body = survey.run(tenant_tx, run_id)
    assert body is not None
    row = runs.get(tenant_tx, body["thread_id"], run_id)
    assert row is not None
    entries, marks = journal.rows(tenant_tx, body["thread_id"]), row.memory["marks"]
    rounds = [_round(response, entries, marks) for response in responses.of_run(tenant_tx, run_id)]
    return Trace(body, rounds, row.memory["model"], [mark for mark in marks if mark["response"] is None])


def _round(response: responses.ResponseRow, entries: list[journal.Row], marks: list[Mark]) -> Round:
    received = [row for row in entries if row.response_id == response.id and row.direction == "out"]
    end = received[0].seq if received else entries[-1].seq + 1 if entries else 0
    before = [row.seq for row in entries if row.response_id == response.previous_id and row.direction == "out"]
    start = max(before, default=0) if response.previous_id else 0
    return Round(
        response.id,
        response.previous_id,
        response.created_at,
        response.status,
        response.usage,
        [row.item for row in entries if start < row.seq < end and (row.direction == "in" or not response.previous_id)],
        [row.item for row in received],
        [mark for mark in marks if mark["response"] == response.id],
    )
