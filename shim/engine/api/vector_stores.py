"""Vector stores are upstream's objects; deleting one also removes it from the assistants that search it."""

from shim.engine.context import Context
from shim.engine.protocol import Reply, Request, json_reply
from shim.store import assistants
from shim.store.tx import Tx
from shim.wire import ids


async def delete(context: Context, request: Request, vector_store_id: str) -> Reply:
    """DELETE /vector_stores/{vector_store_id}: upstream deletes it, and it is removed from all assistants."""
    gone = await context.upstream.call("DELETE", ids.path("vector_stores", vector_store_id))
    await context.store.write(_clear, vector_store_id)
    return json_reply(gone)


def _clear(tx: Tx, vector_store_id: str) -> None:
    for assistant in assistants.mentioning(tx, vector_store_id):
        resources = assistant["tool_resources"]
        search = resources.get("file_search") or {}
        left = [id for id in search.get("vector_store_ids") or [] if id != vector_store_id]
        resources = resources | {"file_search": search | {"vector_store_ids": left}}
        assistants.save(tx, assistant | {"tool_resources": resources})
