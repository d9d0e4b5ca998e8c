"""Threads: four operations."""

from dataclasses import replace
from functools import partial

from shim.engine import idempotency, resources, retention
from shim.engine.api import lookup, messages, unknown_threads
from shim.engine.context import Context, given
from shim.engine.protocol import Reply, Request, json_reply
from shim.engine.run import background, refresh
from shim.store import runs as run_rows
from shim.store import threads as rows
from shim.store.tx import Tx
from shim.wire import objects
from shim.wire.errors import error
from shim.wire.requests import read
from shim.wire.types import Json


async def create(world: Context, request: Request) -> Reply:
    """POST /threads"""
    asked = given(read("threads.create", request.body))
    post = idempotency.post(world, request, "thread")
    await idempotency.look(world, post)
    return json_reply(await world.store.write(_create, world, await prepared(world, asked), post))


async def retrieve(world: Context, request: Request, thread_id: str) -> Reply:
    """GET /threads/{thread_id}"""
    lookup.check(thread=thread_id)
    return json_reply(objects.as_streamed(await world.store.read(lookup.thread, thread_id)))


async def update(world: Context, request: Request, thread_id: str) -> Reply:
    """POST /threads/{thread_id}: the body is checked before the id, as it was."""
    asked = read("threads.update", request.body)
    lookup.check(thread=thread_id)
    await unknown_threads.welcome(world, thread_id)
    return json_reply(await world.store.write(_update, world, thread_id, asked))


async def delete(world: Context, request: Request, thread_id: str) -> Reply:
    """DELETE /threads/{thread_id}: an active run is stopped first, as programs often delete threads in ``finally``."""
    lookup.check(thread=thread_id)
    running = await world.store.write(_delete, world, thread_id)
    if running is not None and (going := running.memory["background"]) is not None:
        await background.stop(world, going)
    reply = json_reply(objects.deleted("thread", thread_id))
    return replace(reply, afterwards=partial(retention.upstream, world)) if world.delete_responses else reply


async def prepared(world: Context, asked: Json) -> Json:
    """A request for a thread whose vector stores and attachments have been created upstream."""
    found = await resources.made(world, asked.get("tool_resources"))
    return asked | {"tool_resources": await resources.attached(world, found, asked.get("messages") or [])}


def _create(tx: Tx, world: Context, asked: Json, post: idempotency.Post) -> Json:
    idempotency.check(tx, post)
    thread = make(tx, world, asked)
    idempotency.note(tx, world, post, thread["id"], thread["id"])
    return thread


def make(tx: Tx, world: Context, asked: Json) -> Json:
    """A thread and its first messages."""
    own = given(asked.get("tool_resources") or {})
    shown = given(asked, "messages", "tool_resources") | {"tool_resources": own}
    thread = objects.thread(world.ids("thread"), world.now(), shown)
    if not rows.insert_new(tx, thread):
        raise error("id_taken", id=thread["id"])
    for message in asked.get("messages") or []:
        messages.add(tx, world, thread["id"], message)
    return thread


def _update(tx: Tx, world: Context, thread_id: str, asked: Json) -> Json:
    rows.lock(tx, thread_id, world.now())
    thread = lookup.thread(tx, thread_id)
    if "metadata" in asked:
        thread = thread | {"metadata": asked["metadata"] or {}}
    if own := given(asked.get("tool_resources") or {}):
        thread = thread | {"tool_resources": thread["tool_resources"] | own}
    rows.save(tx, thread)
    return thread


def _delete(tx: Tx, world: Context, thread_id: str) -> run_rows.RunRow | None:
    rows.lock(tx, thread_id)
    lookup.thread(tx, thread_id)
    refresh.active(tx, world, thread_id)
    running = run_rows.active(tx, thread_id)
    retention.thread(tx, world, thread_id)
    if running is not None:
        world.registry.notify(running.body["id"])
    return running
