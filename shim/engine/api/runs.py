"""Runs: six operations."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from shim import lifecycle
from shim.engine import idempotency, resources, retention
from shim.engine.api import lookup, messages, threads, unknown_threads
from shim.engine.context import Context, without_nulls
from shim.engine.protocol import Emitted, Reply, Request, json_reply
from shim.engine.run import background, chain, launch, naming, refresh
from shim.engine.run.carrier import Carrier
from shim.engine.run.chain import Sent
from shim.engine.run.state import RunState
from shim.store import journal, run_memory
from shim.store import messages as message_rows
from shim.store import runs as rows
from shim.store import threads as thread_rows
from shim.store.errors import ActiveRun, NoSuchCursor
from shim.store.run_memory import RunMemory
from shim.store.tx import Tx, brief
from shim.translate import tools
from shim.translate.turn import Turn
from shim.wire import objects
from shim.wire.errors import error
from shim.wire.pages import Page, page, read_include, read_page
from shim.wire.requests import read
from shim.wire.types import Json

#: Milliseconds that the SDK's polling helpers are told to wait before they poll a run again.
POLL_AFTER = {"openai-poll-after-ms": "20"}
POLL_BACKGROUND = {"openai-poll-after-ms": "250"}
#: Fields of a run that come from its own request, else from its assistant.
INHERITED = ("model", "instructions", "tools", "temperature", "top_p", "reasoning_effort", "response_format")
OWN = ("metadata", "max_prompt_tokens", "max_completion_tokens", "tool_choice", "parallel_tool_calls")


async def create(context: Context, request: Request, thread_id: str) -> Reply:
    """POST /threads/{thread_id}/runs"""
    lookup.check(thread=thread_id)
    contents = read_include(request.query)
    body = without_nulls(read("runs.create", request.body))
    await unknown_threads.create_if_allowed(context, thread_id)
    post = idempotency.post(context, request, "run")
    if post.in_doubt:
        await refresh.thread(context, thread_id)
    await idempotency.check_early(context, post)

    async def start(more: Json) -> Reply:
        started = await _started(context, thread_id, body, post, more, contents)
        return await _launch(context, request, started, body)

    return await resources.attach(context, thread_id, body.get("additional_messages") or [], start)


async def _started(context: Context, thread_id: str, *given: Any) -> "Started":
    """Store the run.  Mostly no other run is active; only if one is, it is brought up to date first.  Raises
    `ApiError`.
    """
    try:
        return await context.store.write(_start, context, thread_id, *given)
    except ActiveRun:
        await refresh.thread(context, thread_id)
    try:
        return await context.store.write(_start, context, thread_id, *given, refreshed=True)
    except ActiveRun as other:
        raise error("thread_busy_run", thread_id=thread_id, run_id=other.run_id) from None


async def create_with_thread(context: Context, request: Request) -> Reply:
    """POST /threads/runs"""
    body = without_nulls(read("threads.create_and_run", request.body))
    post = idempotency.post(context, request, "thread")
    await idempotency.check_early(context, post)
    async with resources.creating(context) as created:
        body["thread"] = await threads.prepared(context, without_nulls(body.get("thread") or {}), created)
        started = await context.store.write(_start_with_thread, context, body, post)
        before = [("thread.created", objects.as_streamed(started.thread or {}))]
        return await _launch(context, request, started, body, before)


async def listing(context: Context, request: Request, thread_id: str) -> Reply:
    """GET /threads/{thread_id}/runs"""
    lookup.check(thread=thread_id)
    wanted = read_page(request.query)
    return json_reply(await context.store.read(_page, thread_id, wanted))


async def retrieve(context: Context, request: Request, thread_id: str, run_id: str) -> Reply:
    """GET /threads/{thread_id}/runs/{run_id}"""
    lookup.check(thread=thread_id, run=run_id)
    row = await context.store.read(lookup.run, thread_id, run_id)
    wait = POLL_BACKGROUND if row.memory["background"] else POLL_AFTER
    return json_reply(row.body, headers=wait)


async def update(context: Context, request: Request, thread_id: str, run_id: str) -> Reply:
    """POST /threads/{thread_id}/runs/{run_id}: its metadata."""
    lookup.check(thread=thread_id, run=run_id)
    body = read("runs.update", request.body)
    return json_reply(await context.store.write(_update, context, thread_id, run_id, body))


async def cancel(context: Context, request: Request, thread_id: str, run_id: str) -> Reply:
    """POST /threads/{thread_id}/runs/{run_id}/cancel"""
    lookup.check(thread=thread_id, run=run_id)
    row = await context.store.write(_cancel, context, thread_id, run_id, idempotency.post(context, request, "cancel"))
    # Only after the transaction: the run's driver reads the store as soon as it is interrupted.
    context.registry.notify(run_id)
    if (background_id := row.memory["background"]) is not None:
        await background.stop(context, background_id)
    return json_reply(row.body)


async def _launch(
    context: Context, request: Request, started: "Started", body: Json, before: Iterable[Emitted] = ()
) -> Reply:
    run = started.run
    streamed = bool(body.get("stream"))
    turn = Turn(run, context.ids, context.now, caller_body=body)
    carrier = Carrier(RunState(context, turn, started.memory, started.sent), request.call(streamed))
    shown = objects.as_streamed(run)
    first = [*before, ("thread.run.created", shown), ("thread.run.queued", shown)]
    return await launch.reply(carrier, first, streamed, lambda tx: _undo_start(tx, context, started))


@dataclass(frozen=True, slots=True)
class Started:
    """A stored, queued run, its first request to upstream, and the objects that were stored with it: the ids of its
    messages (``added``), and of the files and vector stores that the thread did not have before (``attached``).
    """

    run: Json
    memory: RunMemory
    sent: Sent
    added: list[str]
    noted: int
    attached: Json
    thread: Json | None = None


@brief
def _start(
    tx: Tx,
    context: Context,
    thread_id: str,
    body: Json,
    post: idempotency.Post,
    more: Json,
    contents: bool = False,
    *,
    refreshed: bool = False,
) -> Started:
    """Store a run with its additional messages.  ``refreshed``: end an active run whose end is due since then.  Raises
    `ActiveRun`, and `ApiError`.
    """
    thread_rows.lock(tx, thread_id, context.now())
    idempotency.check(tx, post)
    attached = resources.save_attached(tx, thread_id, more)
    thread = lookup.thread(tx, thread_id)
    if refreshed:
        refresh.active(tx, context, thread_id)
    assistant = lookup.assistant(tx, context, body["assistant_id"])
    run = _compose(context, thread_id, assistant, body)
    searched = resources.merged(assistant["tool_resources"], thread["tool_resources"], run["tool_resources"])
    awaits = (thread["tool_resources"].get("file_search") or {}).get("vector_store_ids") or []
    memory = run_memory.blank(naming.model_to_call(context, run["model"]), searched, awaits) | {"contents": contents}
    rows.insert(tx, run, memory, context.owner, context.clock() + context.lease)
    additional = body.get("additional_messages") or []
    tx.expect(len(additional))
    added = [messages.add(tx, context, thread_id, message)["id"] for message in additional]
    if not run["instructions"] and not _has_user_message(tx, thread_id):
        raise error("nothing_to_answer")
    noted = idempotency.note(tx, context, replace(post, kind="run"), run["id"], thread_id)
    return Started(run, memory, chain.prepare(tx, context, run, memory), added, noted, attached)


@brief
def _start_with_thread(tx: Tx, context: Context, body: Json, post: idempotency.Post) -> Started:
    idempotency.check(tx, post)
    lookup.assistant(tx, context, body["assistant_id"])
    thread = threads.make(tx, context, body["thread"])
    return replace(_start(tx, context, thread["id"], body, post, {}), thread=thread)


def _compose(context: Context, thread_id: str, assistant: Json, body: Json) -> Json:
    """A run's object: the fields of its request, else those of its assistant."""
    inherited: Json = {name: body.get(name, assistant[name]) for name in INHERITED}
    inherited["tools"] = tools.shown(inherited["tools"])
    if (unknown := tools.unknown_choice(body.get("tool_choice"), inherited["tools"])) is not None:
        raise error("unknown_tool_choice", tool=unknown)
    inherited["instructions"] = "\n".join(
        filter(None, [inherited["instructions"], body.get("additional_instructions")])
    )
    truncation = {"type": "auto", "last_messages": None} | body.get("truncation_strategy", {})
    run = objects.run(context.ids("run"), context.now(), thread_id, assistant["id"], context.run_lifetime)
    own = {name: body[name] for name in OWN if name in body}
    own_resources = tools.resources([], body.get("tool_resources"))
    return run | inherited | own | {"tool_resources": own_resources, "truncation_strategy": truncation}


def _has_user_message(tx: Tx, thread_id: str) -> bool:
    """Whether the thread has a user's message; a long thread is assumed to have one.  Mostly it is the first."""
    for limit in (1, 20):
        messages, more = message_rows.page(tx, thread_id, limit, "asc")
        if any(message["role"] == "user" for message in messages):
            return True
    return more


def _undo_start(tx: Tx, context: Context, started: Started) -> None:
    """Upstream refused the request itself: remove the run, and the messages and the thread created with it."""
    thread_id = started.run["thread_id"]
    if started.thread is not None:
        retention.delete_thread(tx, context, thread_id, never_returned=True)
        return
    idempotency.forget(tx, started.noted)
    retention.delete_run(tx, context, started.run["id"])
    for message_id in started.added:
        message_rows.delete(tx, thread_id, message_id)
        journal.forget_message(tx, message_id)
    resources.remove_attached(tx, thread_id, started.attached)


def _page(tx: Tx, thread_id: str, wanted: Page) -> Json:
    lookup.thread(tx, thread_id)
    try:
        listed = rows.page(tx, thread_id, wanted.limit, wanted.order, wanted.after, wanted.before)
    except NoSuchCursor as missing:
        raise error("no_run", id=missing.id) from None
    return page(*listed)


@brief
def _update(tx: Tx, context: Context, thread_id: str, run_id: str, body: Json) -> Json:
    thread_rows.lock(tx, thread_id, context.now())
    refresh.active(tx, context, thread_id)
    run = lookup.run(tx, thread_id, run_id).body
    if run["status"] in refresh.DRIVEN:
        raise error("cannot_update", status=run["status"])
    if "metadata" in body:
        run = run | {"metadata": body["metadata"] or {}}
        rows.save(tx, run)
    return run


@brief
def _cancel(tx: Tx, context: Context, thread_id: str, run_id: str, post: idempotency.Post) -> rows.RunRow:
    thread_rows.lock(tx, thread_id)
    idempotency.check(tx, post)
    refresh.active(tx, context, thread_id)
    row = lookup.run(tx, thread_id, run_id)
    run = row.body
    if run["status"] == "cancelling":
        return row
    if run["status"] not in lifecycle.before("cancel"):
        raise error("cannot_cancel", status=run["status"])
    run = run | {"status": lifecycle.after(run["status"], "cancel")}
    rows.move(tx, run, row.memory, lifecycle.before("cancel"))
    idempotency.note(tx, context, post, run_id, thread_id)
    return row._replace(body=run)
