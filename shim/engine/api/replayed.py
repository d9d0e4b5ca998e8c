"""The answer to a repeated request, made from what the first request did.

A run is returned as it was when the first request was answered.  A message, thread or assistant is returned as it is
now, because only another request can change it.
"""

import json
from collections.abc import Awaitable, Callable
from typing import Any, Final

from shim.engine import idempotency
from shim.engine.api import assistants, lookup, messages, threads
from shim.engine.context import Context
from shim.engine.idempotency import Repeated
from shim.engine.protocol import Emitted, Reply, Request, json_reply, stream_reply
from shim.engine.run.late_reader import LateReader, queued
from shim.wire import objects


async def reply(context: Context, request: Request, repeated: Repeated) -> Reply | None:
    """The answer; None if another request has claimed it meanwhile, so that this request counts as a new one."""
    if not await idempotency.claim(context, repeated):
        return None
    return await ANSWERS[repeated.row.kind](context, request, repeated)


async def _assistant(context: Context, request: Request, repeated: Repeated) -> Reply:
    return await assistants.retrieve(context, request, repeated.row.made)


async def _thread(context: Context, request: Request, repeated: Repeated) -> Reply:
    return await threads.retrieve(context, request, repeated.row.made)


async def _message(context: Context, request: Request, repeated: Repeated) -> Reply:
    return await messages.retrieve(context, request, repeated.row.thread_id or "", repeated.row.made)


async def _run(context: Context, request: Request, repeated: Repeated) -> Reply:
    thread_id, run_id = repeated.row.thread_id or "", repeated.row.made
    body: dict[str, Any] = json.loads(request.body)
    calls = frozenset(output["tool_call_id"] for output in body.get("tool_outputs") or ())
    if not body.get("stream"):
        row = await context.store.read(lookup.run, thread_id, run_id)
        return json_reply(queued(context, row.body, bool(calls)))
    first: list[Emitted] = []
    if request.path == "threads/runs":
        thread = await context.store.read(lookup.thread, thread_id)
        first = [("thread.created", objects.as_streamed(thread))]
    return stream_reply(LateReader(context, thread_id, run_id, calls).events(first))


async def _cancel(context: Context, request: Request, repeated: Repeated) -> Reply:
    row = await context.store.read(lookup.run, repeated.row.thread_id or "", repeated.row.made)
    return json_reply(queued(context, row.body, repeated=True) | {"status": "cancelling"})


ANSWERS: Final[dict[str, Callable[[Context, Request, Repeated], Awaitable[Reply]]]] = {
    "assistant": _assistant,
    "thread": _thread,
    "message": _message,
    "run": _run,
    "outputs": _run,
    "cancel": _cancel,
}
