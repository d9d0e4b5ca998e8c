"""Run steps: two operations."""

from shim.engine.api import lookup
from shim.engine.context import Context, require
from shim.engine.protocol import Reply, Request, json_reply
from shim.store import steps as rows
from shim.store.errors import NoSuchCursor
from shim.store.tx import Tx, brief
from shim.wire import objects
from shim.wire.errors import error
from shim.wire.pages import Page, page, read_include, read_page
from shim.wire.types import Json


async def listing(context: Context, request: Request, thread_id: str, run_id: str) -> Reply:
    """GET /threads/{thread_id}/runs/{run_id}/steps"""
    lookup.check(thread=thread_id, run=run_id)
    wanted, contents = read_page(request.query), read_include(request.query)
    return json_reply(await context.store.read(_page, thread_id, run_id, wanted, contents))


async def retrieve(context: Context, request: Request, thread_id: str, run_id: str, step_id: str) -> Reply:
    """GET /threads/{thread_id}/runs/{run_id}/steps/{step_id}"""
    lookup.check(thread=thread_id, run=run_id, step=step_id)
    contents = read_include(request.query)
    return json_reply(await context.store.read(_find, thread_id, run_id, step_id, contents))


def _page(tx: Tx, thread_id: str, run_id: str, wanted: Page, contents: bool) -> Json:
    run = lookup.run(tx, thread_id, run_id).body
    try:
        bodies, more = rows.page(tx, run_id, wanted.limit, wanted.order, wanted.after, wanted.before)
    except NoSuchCursor as missing:
        raise error("no_step", id=missing.id) from None
    return page([objects.step_shown(step, contents, run["expires_at"] is None) for step in bodies], more)


@brief
def _find(tx: Tx, thread_id: str, run_id: str, step_id: str, contents: bool) -> Json:
    run = lookup.run(tx, thread_id, run_id).body
    step = require(rows.get(tx, run_id, step_id), error("no_step", id=step_id))
    return objects.step_shown(step, contents, run["expires_at"] is None)
