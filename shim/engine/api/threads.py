"""Threads: four operations."""

from dataclasses import replace
from functools import partial

from shim.engine import idempotency, resources, retention
from shim.engine.api import lookup, messages, unknown_threads
from shim.engine.context import Context, without_nulls
from shim.engine.protocol import Reply, Request, json_reply
from shim.engine.run import background, refresh
from shim.store import runs as run_rows
from shim.store import threads as rows
from shim.store.tx import Tx, brief
from shim.translate import tools
from shim.wire import objects
from shim.wire.errors import error
from shim.wire.requests import read
from shim.wire.types import Json


async def create(context: Context, request: Request) -> Reply:
    """POST /threads"""
    body = without_nulls(read("threads.create", request.body))
    post = idempotency.post(context, request, "thread")
    await idempotency.check_early(context, post)
    async with resources.creating(context) as created:
        body = await prepared(context, body, created)
        return json_reply(await context.store.write(_create, context, body, post))


async def retrieve(context: Context, request: Request, thread_id: str) -> Reply:
    """GET /threads/{thread_id}"""
    lookup.check(thread=thread_id)
    return json_reply(objects.as_streamed(await context.store.read(lookup.thread, thread_id)))


async def update(context: Context, request: Request, thread_id: str) -> Reply:
    """POST /threads/{thread_id}: the body is checked before the id, as it was."""
    body = read("threads.update", request.body)
    lookup.check(thread=thread_id)
    await unknown_threads.create_if_allowed(context, thread_id)
    return json_reply(await context.store.write(_update, context, thread_id, body))


async def delete(context: Context, request: Request, thread_id: str) -> Reply:
    """DELETE /threads/{thread_id}: an active run is stopped first, as programs often delete threads in ``finally``."""
    lookup.check(thread=thread_id)
    running = await context.store.write(_delete, context, thread_id)
    if running is not None and (background_id := running.memory["background"]) is not None:
        await background.stop(context, background_id)
    reply = json_reply(objects.deleted("thread", thread_id))
    return replace(reply, afterwards=partial(retention.delete_upstream, context)) if context.delete_responses else reply


async def prepared(context: Context, body: Json, created: resources.Created) -> Json:
    """A request for a thread whose vector stores and attachments have been created upstream."""
    tool_resources = await resources.create_stores(context, body.get("tool_resources"), created, resources.EXPIRY)
    messages = body.get("messages") or []
    return body | {"tool_resources": await resources.attached(context, tool_resources, messages, created)}


@brief
def _create(tx: Tx, context: Context, body: Json, post: idempotency.Post) -> Json:
    idempotency.check(tx, post)
    thread = make(tx, context, body)
    idempotency.note(tx, context, post, thread["id"], thread["id"])
    return thread


def make(tx: Tx, context: Context, body: Json) -> Json:
    """A thread and its first messages."""
    own = without_nulls(body.get("tool_resources") or {})
    shown = without_nulls(body, "messages", "tool_resources") | {"tool_resources": own}
    thread = objects.thread(context.ids("thread"), context.now(), shown)
    if not rows.insert_new(tx, thread):
        raise error("id_taken", id=thread["id"])
    first_messages = body.get("messages") or []
    tx.expect(len(first_messages))
    for message in first_messages:
        messages.add(tx, context, thread["id"], message)
    return thread


@brief
def _update(tx: Tx, context: Context, thread_id: str, body: Json) -> Json:
    rows.lock(tx, thread_id, context.now())
    thread = lookup.thread(tx, thread_id)
    if "metadata" in body:
        thread = thread | {"metadata": body["metadata"] or {}}
    if given := body.get("tool_resources"):
        thread = thread | {"tool_resources": tools.resources([], given, thread["tool_resources"])}
    rows.save(tx, thread)
    return thread


def _delete(tx: Tx, context: Context, thread_id: str) -> run_rows.RunRow | None:
    rows.lock(tx, thread_id)
    lookup.thread(tx, thread_id)
    refresh.active(tx, context, thread_id)
    running = run_rows.active(tx, thread_id)
    retention.delete_thread(tx, context, thread_id)
    if running is not None:
        context.registry.notify(running.body["id"])
    return running
