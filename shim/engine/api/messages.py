"""Messages: five operations."""

from typing import Final

from shim import lifecycle
from shim.engine import idempotency, resources
from shim.engine.api import lookup, unknown_threads
from shim.engine.context import Context, without_nulls
from shim.engine.protocol import Reply, Request, json_reply
from shim.engine.run import refresh
from shim.store import journal, runs
from shim.store import messages as rows
from shim.store import threads as thread_rows
from shim.store.errors import NoSuchCursor
from shim.store.tx import Tx, brief
from shim.translate import history
from shim.wire import objects
from shim.wire.errors import error
from shim.wire.pages import Page, page, read_page
from shim.wire.requests import read
from shim.wire.types import Json

#: The parts that are images, each with the field that names the image; the detail came after it.
IMAGES: Final = {"image_url": "url", "image_file": "file_id"}


async def create(context: Context, request: Request, thread_id: str) -> Reply:
    """POST /threads/{thread_id}/messages"""
    lookup.check(thread=thread_id)
    body = without_nulls(read("messages.create", request.body))
    await unknown_threads.create_if_allowed(context, thread_id)
    post = idempotency.post(context, request, "message")
    await idempotency.check_early(context, post)

    async def save(more: Json) -> Json:
        return await context.store.write(_create, context, thread_id, body, more, post)

    return json_reply(await resources.attach(context, thread_id, [body], save))


async def listing(context: Context, request: Request, thread_id: str) -> Reply:
    """GET /threads/{thread_id}/messages"""
    lookup.check(thread=thread_id)
    wanted = read_page(request.query, run_id=True)
    await unknown_threads.create_if_allowed(context, thread_id)
    return json_reply(await context.store.read(_page, thread_id, wanted))


async def retrieve(context: Context, request: Request, thread_id: str, message_id: str) -> Reply:
    """GET /threads/{thread_id}/messages/{message_id}"""
    lookup.check(thread=thread_id, message=message_id)
    return json_reply(await context.store.read(lookup.message, thread_id, message_id))


async def update(context: Context, request: Request, thread_id: str, message_id: str) -> Reply:
    """POST /threads/{thread_id}/messages/{message_id}: the answer has ``file_ids``, too, as it did."""
    lookup.check(thread=thread_id, message=message_id)
    body = read("messages.update", request.body)
    message = await context.store.write(_update, context, thread_id, message_id, body)
    return json_reply(objects.modified(message))


async def delete(context: Context, request: Request, thread_id: str, message_id: str) -> Reply:
    """DELETE /threads/{thread_id}/messages/{message_id}"""
    lookup.check(thread=thread_id, message=message_id)
    await context.store.write(_delete, context, thread_id, message_id)
    return json_reply(objects.deleted("thread.message", message_id))


def add(tx: Tx, context: Context, thread_id: str, body: Json) -> Json:
    """Put a message at the end of a thread: the object, and the journal entry that will be sent upstream."""
    content = body["content"]
    parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
    message = objects.message(context.ids("msg"), context.now(), thread_id, body["role"])
    message |= {
        "content": [_part(part) for part in parts],
        "attachments": body.get("attachments") or [],
        "metadata": body.get("metadata") or {},
    }
    rows.insert(tx, message)
    item = history.of_message(message)
    journal.append(tx, thread_id, "in", item, message_id=message["id"])
    return message


def _part(part: Json) -> Json:
    """A content part as a message shows it."""
    if part["type"] == "text":
        return {"type": "text", "text": {"value": part["text"], "annotations": []}}
    kind = part["type"]
    image, name = part[kind], IMAGES[kind]
    return {"type": kind, kind: {name: image[name], "detail": image.get("detail") or "auto"}}


@brief
def _create(tx: Tx, context: Context, thread_id: str, body: Json, more: Json, post: idempotency.Post) -> Json:
    thread_rows.lock(tx, thread_id, context.now())
    lookup.thread(tx, thread_id)
    idempotency.check(tx, post)
    running = refresh.active(tx, context, thread_id)
    if running is not None:
        raise error("thread_busy_message", thread_id=thread_id, run_id=running["id"])
    resources.save_attached(tx, thread_id, more)
    message = add(tx, context, thread_id, body)
    idempotency.note(tx, context, post, message["id"], thread_id)
    return message


def _page(tx: Tx, thread_id: str, wanted: Page) -> Json:
    lookup.thread(tx, thread_id)
    cut = (wanted.limit, wanted.order, wanted.after, wanted.before, wanted.run_id)
    try:
        return page(*rows.page(tx, thread_id, *cut))
    except NoSuchCursor as missing:
        raise error("no_message", id=missing.id) from None


@brief
def _update(tx: Tx, context: Context, thread_id: str, message_id: str, body: Json) -> Json:
    thread_rows.lock(tx, thread_id, context.now())
    message = lookup.message(tx, thread_id, message_id)
    if "metadata" in body:
        message = message | {"metadata": body["metadata"] or {}}
        rows.save(tx, message)
        _tell_run(tx, message)
    return message


def _tell_run(tx: Tx, message: Json) -> None:
    """The process that drives a run replaces its messages as they grow: it keeps the metadata that it finds here."""
    row = runs.active(tx, message["thread_id"]) if message["run_id"] else None
    if row is not None and row.body["id"] == message["run_id"]:
        changed = row.memory["message_metadata"] | {message["id"]: message["metadata"]}
        runs.move(tx, row.body, row.memory | {"message_metadata": changed}, lifecycle.ACTIVE)


def _delete(tx: Tx, context: Context, thread_id: str, message_id: str) -> None:
    thread_rows.lock(tx, thread_id, context.now())
    message = lookup.message(tx, thread_id, message_id)
    running = refresh.active(tx, context, thread_id)
    if running is not None and message["run_id"] == running["id"]:
        raise error("thread_busy_delete", message_id=message_id, thread_id=thread_id, run_id=running["id"])
    rows.delete(tx, thread_id, message_id)
    seq = journal.forget_message(tx, message_id)
    if seq is not None and seq <= thread_rows.head(tx, thread_id).covers:
        # Upstream's chain contains the message: the next run sends the whole thread again, without it.
        thread_rows.set_head(tx, thread_id, None, 0)
    if (row := runs.active(tx, thread_id)) is not None:
        # So do the responses of an active run: nothing may chain from them either.
        runs.move(tx, row.body, row.memory | {"tip": None, "stale": True}, lifecycle.ACTIVE)
