"""Vector stores and files for hosted tools: objects of upstream's, which assistants and threads name.

A vector store that a request describes inline is created; a message's attachments are added to the thread's vector
store, which is created for the first one.  Upstream is called before the transaction, never within it.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final, TypeVar

from shim.engine.context import Context
from shim.ports import Refusal
from shim.store import threads
from shim.store.tx import Tx
from shim.translate.tools import LISTS
from shim.wire import ids
from shim.wire.errors import ApiError
from shim.wire.types import Json

#: A thread's own vector store expires this many days after its last use, as the old API's did.
EXPIRY: Final = {"anchor": "last_active_at", "days": 7}
#: The ids of vector stores that a request has created.
Created = list[str]
T = TypeVar("T")


class Overtaken(Exception):
    """Another request has given the thread a vector store since `attach` looked: the thread has only one."""


@asynccontextmanager
async def creating(context: Context) -> AsyncIterator[Created]:
    """A request that may create vector stores, and adds their ids to the list: they are deleted if it is refused."""
    created: Created = []
    try:
        yield created
    except (ApiError, Overtaken, Refusal):
        for id in created:
            # If that fails, too, the first refusal is the one to report.
            with suppress(Refusal):
                await context.upstream.call("DELETE", ids.path("vector_stores", id))
        raise


async def create_stores(context: Context, resources: Json | None, created: Created, expiry: Json | None = None) -> Json:
    """``tool_resources`` in which every vector store that was described inline has been created and is named by its
    id.  ``expiry``: when they expire; None: never.
    """
    options = {kind: value for kind, value in (resources or {}).items() if value is not None}
    search = dict(options.get("file_search") or {})
    inline = search.pop("vector_stores", None) or []
    if inline:
        expires = {} if expiry is None else {"expires_after": expiry}
        search["vector_store_ids"] = [await _make_store(context, expires | store, created) for store in inline]
    return options | ({"file_search": search} if "file_search" in options else {})


async def attached(context: Context, resources: Json, messages: list[Json], created: Created) -> Json:
    """``resources`` of a thread after the attachments of its new messages were added to them."""
    searched, read = _files(messages, "file_search"), _files(messages, "code_interpreter")
    more: Json = {}
    if searched:
        more["file_search"] = {"vector_store_ids": [await _add(context, resources, searched, created)]}
    if read:
        more["code_interpreter"] = {"file_ids": read}
    return merged(resources, more)


async def attach(context: Context, thread_id: str, messages: list[Json], save: Callable[[Json], Awaitable[T]]) -> T:
    """The result of ``save``, which is called with the resources of a stored thread after the attachments of its new
    messages were added to them; empty if there are no attachments.  Raises `ApiError`.
    """
    if not any(message.get("attachments") for message in messages):
        return await save({})
    while True:
        with suppress(Overtaken):
            async with creating(context) as created:
                thread = await context.store.read(threads.get, thread_id)
                more = await attached(context, thread["tool_resources"], messages, created) if thread else {}
                return await save(more)


def save_attached(tx: Tx, thread_id: str, more: Json) -> Json:
    """Store what `attach` added; returns for each kind the ids that the thread did not have before, and whether they
    are the first of their kind.  Raises `Overtaken`.
    """
    thread = threads.get(tx, thread_id) if more else None
    if thread is None:
        return {}
    before = thread["tool_resources"]
    stores = _ids(more, "file_search")
    if stores and not set(_ids(before, "file_search")) <= set(stores):
        raise Overtaken
    threads.save(tx, thread | {"tool_resources": merged(before, more)})
    return {
        kind: {"ids": [id for id in _ids(more, kind) if id not in _ids(before, kind)], "first": kind not in before}
        for kind in more
    }


def remove_attached(tx: Tx, thread_id: str, added: Json) -> None:
    """Undo `save_attached`; ``added``: its result."""
    thread = threads.get(tx, thread_id) if added else None
    if thread is None:
        return
    left = dict(thread["tool_resources"])
    for kind, new in added.items():
        ids_left = [id for id in _ids(left, kind) if id not in new["ids"]]
        left[kind] = {LISTS[kind]: ids_left}
        if new["first"] and not ids_left:
            del left[kind]
    threads.save(tx, thread | {"tool_resources": left})


def merged(*resources: Json) -> Json:
    """The resources of several objects together, each file and store once: a run uses those of its assistant and its
    thread.
    """
    together: Json = {}
    for kind, name in LISTS.items():
        parts = [(one.get(kind) or {}) for one in resources if one.get(kind) is not None]
        if parts:
            together[kind] = {name: list(dict.fromkeys(id for one in parts for id in one.get(name) or []))}
    return together


def _files(messages: list[Json], tool: str) -> list[str]:
    """The files that messages attach for a tool."""
    attachments = [attachment for message in messages for attachment in message.get("attachments") or []]
    return [entry["file_id"] for entry in attachments if any(wanted["type"] == tool for wanted in entry["tools"])]


def _ids(resources: Json, kind: str) -> list[str]:
    """The ids of the files or vector stores of a kind."""
    found: list[str] = (resources.get(kind) or {}).get(LISTS[kind]) or []
    return found


async def _make_store(context: Context, described: Json, created: Created) -> str:
    body = {key: value for key, value in described.items() if value is not None}
    store = await context.upstream.call("POST", "/vector_stores", body)
    created.append(str(store["id"]))
    return created[-1]


async def _add(context: Context, resources: Json, files: list[str], created: Created) -> str:
    """Put files into the thread's vector store, or into a new one; returns its id."""
    existing = _ids(resources, "file_search")
    if not existing:
        return await _make_store(context, {"file_ids": files, "expires_after": EXPIRY}, created)
    for file_id in files:
        await context.upstream.call("POST", ids.path("vector_stores", existing[0], "files"), {"file_id": file_id})
    return str(existing[0])
