"""Stored vector stores: files are cut into chunks, are indexed after some requests, and searched by their words."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from shim.sandbox.memory import search
from shim.sandbox.memory.files import File
from shim.wire.types import Json

#: The number of requests for a file, its batch or its store that find it still in progress.
POLLS: Final = 1
DAY: Final = 86_400
#: The values for ``auto``: tokens of a chunk, and how many of them overlap with the chunk before.
AUTO: Final[Json] = {"type": "static", "static": {"max_chunk_size_tokens": 800, "chunk_overlap_tokens": 400}}
#: Types of files that are refused; everything else is read as text.
UNREADABLE: Final = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".mp3", ".mp4", ".wav", ".zip", ".csv", ".xlsx")
_UNSUPPORTED: Final = {"code": "unsupported_file", "message": "The file type is not supported."}
_EMPTY: Final = {"code": "invalid_file", "message": "The file could not be parsed because it is empty."}


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk that was found.  ``score`` is 0…1."""

    file_id: str
    filename: str
    attributes: Json
    text: str
    score: float
    store_id: str

    def result(self) -> Json:
        """A row of ``results`` in a file search call."""
        return {
            "attributes": self.attributes,
            "file_id": self.file_id,
            "filename": self.filename,
            "score": self.score,
            "text": self.text,
            "vector_store_id": self.store_id,
        }


@dataclass(slots=True)
class VectorStoreFile:
    """A file in a vector store."""

    file: File
    store_id: str
    created_at: int
    attributes: Json
    strategy: Json
    polls_left: int = POLLS
    ended: str = "completed"
    error: Json | None = None
    chunks: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.file.filename.lower().endswith(UNREADABLE):
            self.ended, self.error = "failed", _UNSUPPORTED
        elif not self.file.content:
            self.ended, self.error = "failed", _EMPTY
        else:
            static = self.strategy["static"]
            size, overlap = static["max_chunk_size_tokens"], static["chunk_overlap_tokens"]
            self.chunks = search.chunks(self.file.text, size, overlap)

    @property
    def status(self) -> str:
        return "in_progress" if self.polls_left else self.ended

    def poll(self) -> None:
        """Each request advances the indexing by one step."""
        self.polls_left = max(0, self.polls_left - 1)

    def settle(self) -> None:
        self.polls_left = 0

    def cancel(self) -> None:
        if self.polls_left:
            self.polls_left, self.ended, self.chunks = 0, "cancelled", []

    def shown(self) -> Json:
        """The vector store file object."""
        ready = self.status == "completed"
        return {
            "id": self.file.id,
            "object": "vector_store.file",
            "usage_bytes": len(self.file.content) if ready else 0,
            "created_at": self.created_at,
            "vector_store_id": self.store_id,
            "status": self.status,
            "last_error": self.error if self.status == "failed" else None,
            "chunking_strategy": self.strategy,
            "attributes": self.attributes,
        }


def counts(files: Iterable[VectorStoreFile]) -> Json:
    """The ``file_counts`` of a store or a batch."""
    statuses = [each.status for each in files]
    known = ("in_progress", "completed", "failed", "cancelled")
    return {**{status: statuses.count(status) for status in known}, "total": len(statuses)}


@dataclass(slots=True)
class VectorStore:
    """``last_active_at`` in seconds; with ``expires_after`` it expires that many days later."""

    id: str
    clock: Callable[[], float]
    name: str | None
    metadata: Json
    expires_after: Json | None
    description: str | None = None
    created_at: int = 0
    last_active_at: int = 0
    files: dict[str, VectorStoreFile] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.created_at = self.last_active_at = int(self.clock())

    @property
    def expires_at(self) -> int | None:
        return self.last_active_at + self.expires_after["days"] * DAY if self.expires_after else None

    @property
    def expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= self.clock()

    def add(self, file: File, attributes: Json | None, strategy: Json | None) -> VectorStoreFile:
        """Begin to index a file; an existing one is indexed again."""
        static = strategy if strategy and strategy["type"] == "static" else AUTO
        added = VectorStoreFile(file, self.id, int(self.clock()), attributes or {}, static)
        self.files[file.id] = added
        return added

    def touch(self) -> None:
        self.last_active_at = int(self.clock())

    def search(self, queries: list[str], filters: Json | None) -> list[Hit]:
        """Every chunk that contains a word of a query, best first.  Files in progress are completed first."""
        self.touch()
        for each in list(self.files.values()):
            each.settle()
        files = [file for file in list(self.files.values()) if search.passes(filters, file.attributes)]
        pairs = [(file, text) for file in files for text in file.chunks]
        texts = [text for _, text in pairs]
        best = [max(row) for row in zip(*(search.scores(query, texts) for query in queries), strict=True)]
        hits = [
            Hit(file.file.id, file.file.filename, file.attributes, text, score, self.id)
            for (file, text), score in zip(pairs, best, strict=True)
            if score > 0
        ]
        return sorted(hits, key=lambda hit: -hit.score)

    def shown(self) -> Json:
        """The vector store object."""
        files = list(self.files.values())
        count = counts(files)
        return {
            "id": self.id,
            "object": "vector_store",
            "created_at": self.created_at,
            "name": self.name,
            "description": self.description,
            "usage_bytes": sum(each.shown()["usage_bytes"] for each in files),
            "file_counts": count,
            "status": "expired" if self.expired else "in_progress" if count["in_progress"] else "completed",
            "expires_after": self.expires_after,
            "expires_at": self.expires_at,
            "last_active_at": self.last_active_at,
            "metadata": self.metadata,
        }
