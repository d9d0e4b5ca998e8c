"""The Vector Stores API: /v1/vector_stores with files, batches and search."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from shim.sandbox.memory import search, vectors
from shim.sandbox.memory.files import Files
from shim.sandbox.memory.table import Table
from shim.sandbox.memory.vectors import Hit, VectorStore
from shim.sandbox.shapes import refuse_files
from shim.sandbox.shapes.fields import (
    Check,
    anything,
    array,
    boolean,
    decimal,
    either,
    integer,
    nullable,
    one_of,
    pairs,
    record,
    string,
    tagged,
)
from shim.sandbox.shapes.minting import Mint
from shim.sandbox.shapes.reply import SandboxReply, json_reply
from shim.sandbox.shapes.request import CHILD_ID, RESOURCE_ID, Request, Route
from shim.wire.types import Json

_CHUNKING: Final = tagged(
    {
        "auto": record({"type": string()}),
        "static": record(
            {
                "type": string(),
                "static": record(
                    {"max_chunk_size_tokens": integer(100, 4096), "chunk_overlap_tokens": integer(0, 2048)},
                    "max_chunk_size_tokens",
                    "chunk_overlap_tokens",
                ),
            },
            "static",
        ),
    }
)
_METADATA: Final = nullable(pairs(16, 64, 512))
_EXPIRY: Final = nullable(record({"anchor": one_of("last_active_at"), "days": integer(1, 365)}, "anchor", "days"))
_FILE_IDS: Final = array(string(empty=False), max_length=500)
_VALUE: Final = either(
    "one of a string, a number or a boolean", {str: string(512), int: anything, float: anything, bool: anything}
)
#: The ranking options of a search; the tool file_search has the same.
RANKING: Final = record(
    {
        "ranker": one_of("auto", "none", "default-2024-11-15", "default_2024_08_21"),
        "score_threshold": decimal(0, 1),
        "hybrid_search": anything,
    }
)


def _attributes(value: Any, path: str) -> None:
    pairs_of = dict.fromkeys(value, _VALUE) if isinstance(value, dict) else {}
    record(pairs_of)(value, path)


_OF_FILE: Final[dict[str, Check]] = {"attributes": nullable(_attributes), "chunking_strategy": _CHUNKING}
_ADD: Final = record({"file_id": string(empty=False), **_OF_FILE}, "file_id")
_BATCH: Final = record({"file_ids": _FILE_IDS, "files": array(_ADD, max_length=500), **_OF_FILE})
_MODIFY: Final[dict[str, Check]] = {"name": nullable(string()), "metadata": _METADATA, "expires_after": _EXPIRY}
_CREATE: Final = record(
    {**_MODIFY, "description": nullable(string()), "file_ids": _FILE_IDS, "chunking_strategy": _CHUNKING}
)
_SEARCH: Final = record(
    {
        "query": either("one of a string or an array of strings", {str: string(), list: array(string(), empty=False)}),
        "filters": nullable(search.check_filter),
        "max_num_results": integer(1, 50),
        "ranking_options": RANKING,
        "rewrite_query": boolean,
    },
    "query",
)


@dataclass(frozen=True, slots=True)
class _Batch:
    id: str
    store_id: str
    created_at: int
    file_ids: tuple[str, ...]


class Stores:
    """The operations, and the functions for file search."""

    def __init__(self, clock: Callable[[], float], seed: str, files: Files) -> None:
        self._clock = clock
        self._mint = Mint(f"{seed}/stores")
        self._files = files
        self._table: Table[VectorStore] = Table()
        self._batches: Table[_Batch] = Table()
        files.on_delete = self._forget

    def routes(self) -> tuple[Route, ...]:
        store, file = f"/vector_stores/{RESOURCE_ID}", f"/vector_stores/{RESOURCE_ID}/files/{CHILD_ID}"
        batch = f"/vector_stores/{RESOURCE_ID}/file_batches/{CHILD_ID}"
        return (
            ("POST", "/vector_stores", self._create),
            ("GET", "/vector_stores", self._list),
            ("GET", store, self._retrieve),
            ("POST", store, self._modify),
            ("DELETE", store, self._delete),
            ("POST", f"{store}/search", self._search),
            ("POST", f"{store}/files", self._add),
            ("GET", f"{store}/files", self._files_of_store),
            ("GET", file, self._retrieve_file),
            ("POST", file, self._modify_file),
            ("DELETE", file, self._remove),
            ("GET", f"{file}/content", self._content),
            ("POST", f"{store}/file_batches", self._add_batch),
            ("GET", batch, self._retrieve_batch),
            ("POST", f"{batch}/cancel", self._cancel_batch),
            ("GET", f"{batch}/files", self._files_of_batch),
        )

    def check(self, store_ids: list[str]) -> None:
        """Refuses vector stores that a file search cannot use."""
        stores = {each: self._table.get(each) for each in store_ids}
        missing = [name for name, store in stores.items() if store is None]
        if missing:
            raise refuse_files.no_stores(missing)
        for name, store in stores.items():
            if store and store.expired:
                raise refuse_files.store_expired(name)

    def find(self, tool: Json, queries: list[str]) -> list[Hit]:
        """The results of a file search tool, best first, according to its options."""
        stores = [self._get(name) for name in tool["vector_store_ids"]]
        hits = [hit for store in stores for hit in store.search(queries, tool.get("filters"))]
        return _best(hits, tool, 20)

    def _get(self, store_id: str) -> VectorStore:
        store = self._table.get(store_id)
        if store is None:
            raise refuse_files.no_store(store_id)
        return store

    def _file_of_store(self, request: Request) -> vectors.VectorStoreFile:
        file = self._get(request.resource_id).files.get(request.child_id)
        if file is None:
            raise refuse_files.no_held_file(request.child_id, request.resource_id)
        return file

    def _forget(self, file_id: str) -> None:
        for store in self._table.all():
            store.files.pop(file_id, None)

    def _create(self, request: Request) -> SandboxReply:
        body = request.body or {}
        _CREATE(body, "")
        files = [self._files.get(each) for each in body.get("file_ids") or []]
        store = VectorStore(
            f"vs_{self._mint.hex(32)}",
            self._clock,
            body.get("name"),
            body.get("metadata") or {},
            body.get("expires_after"),
            body.get("description"),
        )
        for file in files:
            store.add(file, None, body.get("chunking_strategy"))
        self._table.put(store.id, store)
        return json_reply(store.shown())

    def _list(self, request: Request) -> SandboxReply:
        request.query.only("after", "before", "limit", "order")
        return json_reply(request.query.page([each.shown() for each in self._table.all()]))

    def _retrieve(self, request: Request) -> SandboxReply:
        store = self._get(request.resource_id)
        shown = store.shown()
        for each in list(store.files.values()):
            each.poll()
        return json_reply(shown)

    def _modify(self, request: Request) -> SandboxReply:
        store, body = self._get(request.resource_id), request.body or {}
        record(_MODIFY)(body, "")
        store.name = body.get("name", store.name)
        store.metadata = body.get("metadata", store.metadata) or {}
        store.expires_after = body.get("expires_after", store.expires_after)
        return json_reply(store.shown())

    def _delete(self, request: Request) -> SandboxReply:
        self._get(request.resource_id)
        self._table.take(request.resource_id)
        return json_reply({"id": request.resource_id, "object": "vector_store.deleted", "deleted": True})

    def _search(self, request: Request) -> SandboxReply:
        store, body = self._get(request.resource_id), request.body
        _SEARCH(body, "")
        queries = [body["query"]] if isinstance(body["query"], str) else body["query"]
        hits = _best(store.search(queries, body.get("filters")), body, 10)
        rows = [
            {
                "file_id": hit.file_id,
                "filename": hit.filename,
                "score": hit.score,
                "attributes": hit.attributes,
                "content": [{"type": "text", "text": hit.text}],
            }
            for hit in hits
        ]
        return json_reply(_whole("vector_store.search_results.page", rows) | {"search_query": queries})

    def _add(self, request: Request) -> SandboxReply:
        store = self._open(request.resource_id)
        _ADD(request.body, "")
        return json_reply(self._take_in(store, request.body).shown())

    def _open(self, store_id: str) -> VectorStore:
        store = self._get(store_id)
        if store.expired:
            raise refuse_files.store_expired(store_id)
        store.touch()
        return store

    def _take_in(self, store: VectorStore, row: Json) -> vectors.VectorStoreFile:
        return store.add(self._files.get(row["file_id"]), row.get("attributes"), row.get("chunking_strategy"))

    def _files_of_store(self, request: Request) -> SandboxReply:
        return self._page(request, list(self._get(request.resource_id).files.values()))

    def _page(self, request: Request, files: list[vectors.VectorStoreFile]) -> SandboxReply:
        request.query.only("after", "before", "limit", "order", "filter")
        wanted = request.query.all("filter")
        rows = [each.shown() for each in files if not wanted or each.status in wanted]
        return json_reply(request.query.page(rows))

    def _retrieve_file(self, request: Request) -> SandboxReply:
        file = self._file_of_store(request)
        shown = file.shown()
        file.poll()
        return json_reply(shown)

    def _modify_file(self, request: Request) -> SandboxReply:
        file = self._file_of_store(request)
        record({"attributes": nullable(_attributes)}, "attributes")(request.body, "")
        file.attributes = request.body["attributes"] or {}
        return json_reply(file.shown())

    def _remove(self, request: Request) -> SandboxReply:
        self._file_of_store(request)
        self._get(request.resource_id).files.pop(request.child_id, None)
        return json_reply({"id": request.child_id, "object": "vector_store.file.deleted", "deleted": True})

    def _content(self, request: Request) -> SandboxReply:
        rows = [{"type": "text", "text": text} for text in self._file_of_store(request).chunks]
        return json_reply(_whole("vector_store.file_content.page", rows))

    def _add_batch(self, request: Request) -> SandboxReply:
        store, body = self._open(request.resource_id), request.body
        _BATCH(body, "")
        common = {name: body[name] for name in _OF_FILE if name in body}
        rows = body.get("files") or [{"file_id": each, **common} for each in body.get("file_ids") or []]
        files = [self._take_in(store, row) for row in rows]
        names = tuple(each.file.id for each in files)
        batch = _Batch(f"vsfb_{self._mint.hex(32)}", store.id, int(self._clock()), names)
        self._batches.put(batch.id, batch)
        return json_reply(self._batch_shown(batch))

    def _batch(self, request: Request) -> _Batch:
        batch = self._batches.get(request.child_id)
        if batch is None or batch.store_id != self._get(request.resource_id).id:
            raise refuse_files.no_batch(request.child_id)
        return batch

    def _of_batch(self, batch: _Batch) -> list[vectors.VectorStoreFile]:
        store = self._get(batch.store_id)
        return [store.files[each] for each in batch.file_ids if each in store.files]

    def _batch_shown(self, batch: _Batch) -> Json:
        count = vectors.counts(self._of_batch(batch))
        settled = "cancelled" if count["cancelled"] else "completed"
        return {
            "id": batch.id,
            "object": "vector_store.files_batch",
            "created_at": batch.created_at,
            "status": "in_progress" if count["in_progress"] else settled,
            "vector_store_id": batch.store_id,
            "file_counts": count,
        }

    def _retrieve_batch(self, request: Request) -> SandboxReply:
        batch = self._batch(request)
        shown = self._batch_shown(batch)
        for each in self._of_batch(batch):
            each.poll()
        return json_reply(shown)

    def _cancel_batch(self, request: Request) -> SandboxReply:
        batch = self._batch(request)
        for each in self._of_batch(batch):
            each.cancel()
        return json_reply(self._batch_shown(batch))

    def _files_of_batch(self, request: Request) -> SandboxReply:
        return self._page(request, self._of_batch(self._batch(request)))


def _best(hits: list[Hit], options: Json, default_limit: int) -> list[Hit]:
    threshold = (options.get("ranking_options") or {}).get("score_threshold") or 0.0
    above_threshold = [hit for hit in hits if hit.score >= threshold]
    return sorted(above_threshold, key=lambda hit: -hit.score)[: options.get("max_num_results") or default_limit]


def _whole(kind: str, rows: list[Json]) -> Json:
    """A list without pages."""
    return {"object": kind, "data": rows, "has_more": False, "next_page": None}
