"""Puts native responses into a thread: questions and answers become messages, calls and outputs journal entries.

The head moves to a response only if its chain contains the whole thread.  Otherwise the next run sends what is new, or
the whole thread, as after any message.
"""

from typing import Any, NamedTuple

from shim.engine.api import unknown_threads
from shim.engine.bridge import natives, transcript, written
from shim.engine.bridge.natives import Native
from shim.engine.bridge.transcript import Transcript
from shim.engine.context import Context
from shim.engine.run import container_files
from shim.engine.run.launch import api_error
from shim.ports import Refusal
from shim.store import journal, responses, threads
from shim.store.tx import Tx
from shim.translate import history, native
from shim.translate.native import Converted
from shim.wire.types import Json


class _Ready(NamedTuple):
    one: Native
    converted: Converted
    files: list[container_files.StoredFile]


async def adopt(
    context: Context, thread_id: str, responses: list[Json | str], input: str | list[Any] | None = None
) -> list[Json]:
    """Add responses, or stored ones by their ids, to the end of a thread, with the earlier responses of their chains;
    returns the new messages.  What the thread already has is not added again.

    ``input``: the input of the one response, if upstream has not stored it.  Raises `ApiError` if there is no such
    thread, a run is active in it, or upstream refuses; `NotAdoptable` for a response that has not ended.
    """
    await unknown_threads.create_if_allowed(context, thread_id)
    known = await context.store.read(_known, context, thread_id)
    try:
        collected = await natives.collect(context, known, responses, input)
    except Refusal as refusal:
        raise api_error(refusal) from refusal
    ready = []
    for one in collected:
        converted = native.converted(one.response, thread_id, context.ids)
        ready.append(_Ready(one, converted, await container_files.fetch(context, converted.generated_files)))
    return await context.store.write(_write, context, thread_id, ready)


def _known(tx: Tx, context: Context, thread_id: str) -> set[str]:
    """The ids of the responses that the thread was made from."""
    transcript.read(tx, context, thread_id)
    return responses.of_thread(tx, thread_id)


def _write(tx: Tx, context: Context, thread_id: str, ready: list[_Ready]) -> list[Json]:
    transcript.lock(tx, context, thread_id)
    known = responses.of_thread(tx, thread_id)
    tip = None
    added: list[Json | None] = []
    for each in ready:
        if each.one.response["id"] in known:
            continue
        before = transcript.read(tx, context, thread_id)
        repeated = _repeated(before, each.one, tip)
        added += _add(tx, context, thread_id, each, repeated or 0)
        tip = each.one.response["id"] if repeated is not None and _stored(context, each) else None
        if tip and _continues(each):
            threads.set_head(tx, thread_id, tip, journal.last_seq(tx, thread_id))
    return [message for message in added if message is not None]


def _add(tx: Tx, context: Context, thread_id: str, ready: _Ready, repeated: int) -> list[Json | None]:
    """``repeated``: how many items of the request the thread already has."""
    response, now = ready.one.response, int(ready.one.response["created_at"])
    added = [written.append(tx, context, thread_id, item, now) for item in ready.one.input_items[repeated:]]
    for item, message in ready.converted.items:
        written.put(tx, context, thread_id, item, message, response["id"])
        added.append(message)
    container_files.store_fetched(tx, thread_id, ready.files)
    responses.insert(tx, response["id"], thread_id, "", response.get("previous_response_id"), now)
    responses.finish(tx, response["id"], response["status"], response.get("usage"))
    return added


def _repeated(before: Transcript, one: Native, tip: str | None) -> int | None:
    """How many items of a request repeat items of the thread; None if the response's chain does not contain the thread.

    ``tip``: a response whose chain contains the whole thread.
    """
    response, previous = one.response, one.response.get("previous_response_id")
    if previous is not None and previous == tip:
        return 0
    if response.get("conversation") or previous not in (None, before.last_response_id):
        return None
    whole = native.repeated_count(one.input_items, before.everything)
    return whole if whole is not None or previous is None else native.repeated_count(one.input_items, before.unsent)


def _stored(context: Context, ready: _Ready) -> bool:
    return ready.one.response.get("store") is not False and context.upstream.profile().stores


def _continues(ready: _Ready) -> bool:
    """Whether a run can chain from the response: it is complete, and has no call without an output."""
    has_open_call = any(item["type"] in history.CALL_ITEMS for item, _ in ready.converted.items)
    return not has_open_call and ready.one.response["status"] == "completed"
