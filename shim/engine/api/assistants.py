"""Assistants: five operations."""

from typing import Any, Final

from shim.engine import idempotency, resources
from shim.engine.api import declared, lookup
from shim.engine.context import Context, without_nulls
from shim.engine.protocol import Reply, Request, json_reply
from shim.store import assistants as rows
from shim.store.errors import NoSuchCursor
from shim.store.tx import Tx, brief
from shim.translate import tools
from shim.wire import objects
from shim.wire.errors import error
from shim.wire.pages import Page, page, read_page
from shim.wire.requests import read
from shim.wire.types import Json

#: Fields that an explicit null clears when an assistant is modified.
CLEARED: Final[dict[str, Any]] = {"name": None, "description": None, "instructions": None, "metadata": {}}


async def create(context: Context, request: Request) -> Reply:
    """POST /assistants"""
    body = without_nulls(read("assistants.create", request.body))
    post = idempotency.post(context, request, "assistant")
    await idempotency.check_early(context, post)
    async with resources.creating(context) as created:
        tool_resources = await resources.create_stores(context, body.get("tool_resources"), created)
        assistant = objects.assistant(context.ids("asst"), context.now(), _shown(body, tool_resources))
        await context.store.write(_insert, context, assistant, post)
    return json_reply(assistant)


async def listing(context: Context, request: Request) -> Reply:
    """GET /assistants"""
    wanted = read_page(request.query)
    return json_reply(await context.store.read(_page, context, wanted))


async def retrieve(context: Context, request: Request, assistant_id: str) -> Reply:
    """GET /assistants/{assistant_id}"""
    lookup.check(assistant=assistant_id)
    return json_reply(await context.store.read(lookup.assistant, context, assistant_id))


async def update(context: Context, request: Request, assistant_id: str) -> Reply:
    """POST /assistants/{assistant_id}: only what is sent changes."""
    lookup.check(assistant=assistant_id)
    body = read("assistants.update", request.body)
    declared.refuse(context, assistant_id)
    return json_reply(await context.store.write(_update, context, assistant_id, body))


async def delete(context: Context, request: Request, assistant_id: str) -> Reply:
    """DELETE /assistants/{assistant_id}"""
    lookup.check(assistant=assistant_id)
    declared.refuse(context, assistant_id)
    if not await context.store.write(rows.delete, assistant_id):
        raise error("no_assistant", id=assistant_id)
    return json_reply(objects.deleted("assistant", assistant_id))


@brief
def _insert(tx: Tx, context: Context, assistant: Json, post: idempotency.Post) -> None:
    idempotency.check(tx, post)
    # A fresh id is free; one that the operator gives may not be.
    declared.refuse(context, assistant["id"])
    if not rows.insert_new(tx, assistant):
        raise error("id_taken", id=assistant["id"])
    idempotency.note(tx, context, post, assistant["id"])


def _page(tx: Tx, context: Context, wanted: Page) -> Json:
    try:
        listed = declared.page(tx, context, wanted)
    except NoSuchCursor as missing:
        raise error("no_assistant", id=missing.id) from None
    return page(*listed)


@brief
def _update(tx: Tx, context: Context, assistant_id: str, body: Json) -> Json:
    assistant = lookup.assistant(tx, context, assistant_id)
    changes = {**{name: CLEARED[name] for name in body if name in CLEARED}, **without_nulls(body)}
    merged = tools.resources([], changes.get("tool_resources"), assistant["tool_resources"])
    assistant = assistant | _shown({"tools": assistant["tools"]} | changes, merged)
    rows.save(tx, assistant)
    return assistant


def _shown(body: Json, resources: Json | None) -> Json:
    shown = tools.shown(body.get("tools"))
    return body | {"tools": shown, "tool_resources": tools.resources(shown, resources)}
