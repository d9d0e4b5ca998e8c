"""Appends items to a thread that were not made by one of its runs."""

from shim.engine.context import Context
from shim.store import journal, messages
from shim.store.tx import Tx
from shim.translate import history, native
from shim.wire.types import Json


def append(tx: Tx, context: Context, thread_id: str, item: Json, now: int) -> Json | None:
    """Append an item; returns the message that shows it, if it is shown."""
    message = native.message(item, context.ids("msg"), now, thread_id)
    calling_response_id = (
        _calling_response_id(tx, context, thread_id, item) if item["type"] in history.OUTPUT_ITEMS else None
    )
    put(tx, context, thread_id, item, message, calling_response_id)
    return message


def put(
    tx: Tx, context: Context, thread_id: str, item: Json, message: Json | None = None, response_id: str | None = None
) -> None:
    """Store an item and the message that shows it.  ``response_id``: the response that made the item, or that made the
    call which the item answers.
    """
    if message is not None:
        messages.insert(tx, message)
    is_input = item["type"] in history.OUTPUT_ITEMS or (item["type"] == "message" and item["role"] != "assistant")
    message_id = None if message is None else message["id"]
    where = {"message_id": message_id, "response_id": response_id}
    journal.append(tx, thread_id, "in" if is_input else "out", item, **where)


def _calling_response_id(tx: Tx, context: Context, thread_id: str, item: Json) -> str | None:
    """The response that made the call of this output."""
    call_id = item.get("call_id") or item.get("approval_request_id")
    calling_response_id = None
    for row in journal.walk(tx, thread_id):
        if row.type in history.CALL_ITEMS and call_id in (row.call_id, row.item.get("id")):
            calling_response_id = row.response_id
    return calling_response_id
