"""Vector stores and files for hosted tools: objects of upstream's, which assistants and threads name.

A vector store that a request describes inline is created; a message's attachments are added to the thread's vector
store, which is created for the first one.  Upstream is called before the transaction, never within it.
"""

from typing import Final

from shim.engine.context import Context
from shim.store import threads
from shim.store.tx import Tx
from shim.wire import ids
from shim.wire.types import Json

#: A thread's own vector store expires this many days after its last use, as the old API's did.
EXPIRY: Final = {"anchor": "last_active_at", "days": 7}
KINDS: Final = {"code_interpreter": "file_ids", "file_search": "vector_store_ids"}


async def create_stores(context: Context, resources: Json | None) -> Json:
    """``tool_resources`` in which every vector store that was described inline has been created and is named by its
    id.
    """
    options = {kind: value for kind, value in (resources or {}).items() if value is not None}
    search = dict(options.get("file_search") or {})
    inline = search.pop("vector_stores", None) or []
    if inline:
        search["vector_store_ids"] = [await _make_store(context, store) for store in inline]
    return options | ({"file_search": search} if "file_search" in options else {})


async def attached(context: Context, resources: Json, messages: list[Json]) -> Json:
    """``resources`` of a thread after the attachments of its new messages were added to them."""
    searched, read = _files(messages, "file_search"), _files(messages, "code_interpreter")
    more: Json = {}
    if searched:
        more["file_search"] = {"vector_store_ids": [await _add(context, resources, searched)]}
    if read:
        more["code_interpreter"] = {"file_ids": read}
    return merged(resources, more)


async def attach(context: Context, thread_id: str, messages: list[Json]) -> Json:
    """The resources that the attachments of new messages add to a stored thread; empty if there are no attachments."""
    if not any(message.get("attachments") for message in messages):
        return {}
    thread = await context.store.read(threads.get, thread_id)
    return await attached(context, thread["tool_resources"], messages) if thread else {}


def save_attached(tx: Tx, thread_id: str, more: Json) -> None:
    """Store what `attach` added."""
    thread = threads.get(tx, thread_id) if more else None
    if thread is not None:
        threads.save(tx, thread | {"tool_resources": merged(thread["tool_resources"], more)})


def merged(*resources: Json) -> Json:
    """The resources of several objects together, each file and store once: a run uses those of its assistant and its
    thread.
    """
    together: Json = {}
    for kind, name in KINDS.items():
        parts = [(one.get(kind) or {}) for one in resources if one.get(kind) is not None]
        if parts:
            together[kind] = {name: list(dict.fromkeys(id for one in parts for id in one.get(name) or []))}
    return together


def _files(messages: list[Json], tool: str) -> list[str]:
    """The files that messages attach for a tool."""
    attachments = [attachment for message in messages for attachment in message.get("attachments") or []]
    return [entry["file_id"] for entry in attachments if any(wanted["type"] == tool for wanted in entry["tools"])]


async def _make_store(context: Context, described: Json) -> str:
    body = {key: value for key, value in described.items() if value is not None}
    store = await context.upstream.call("POST", "/vector_stores", body)
    return str(store["id"])


async def _add(context: Context, resources: Json, files: list[str]) -> str:
    """Put files into the thread's vector store, or into a new one; returns its id."""
    existing = (resources.get("file_search") or {}).get("vector_store_ids") or []
    if not existing:
        return await _make_store(context, {"file_ids": files, "expires_after": EXPIRY})
    for file_id in files:
        await context.upstream.call("POST", ids.path("vector_stores", existing[0], "files"), {"file_id": file_id})
    return str(existing[0])
