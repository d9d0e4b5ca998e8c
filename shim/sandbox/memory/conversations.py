"""The Conversations API: /v1/conversations with items.  A response with a conversation gets its items as context, and
adds its own.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from shim.sandbox.memory.table import Table
from shim.sandbox.shapes import items, refuse
from shim.sandbox.shapes.asked import NAME, PART, Asked, Route
from shim.sandbox.shapes.fields import Check, array, nullable, pairs, record
from shim.sandbox.shapes.minting import Mint
from shim.sandbox.shapes.query import Query
from shim.sandbox.shapes.reply import SandboxReply, json_reply
from shim.wire.types import Json

#: Items of one request.
MOST: Final = 20
_METADATA: Final = nullable(pairs(16, 64, 512))
_ITEMS: Final = array(items.check, most=MOST)
_CREATE: Final = record({"metadata": _METADATA, "items": nullable(_ITEMS)})
_ADD: Final = record({"items": _ITEMS}, "items")
_MODIFY: Final[Check] = record({"metadata": _METADATA}, "metadata")


@dataclass(slots=True)
class Conversation:
    """``partition``: the part that the ids of all its objects have in common."""

    id: str
    created_at: int
    metadata: Json
    partition: str
    items: list[Json] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def shown(self) -> Json:
        return {"id": self.id, "object": "conversation", "created_at": self.created_at, "metadata": self.metadata}

    def add(self, new: list[Json]) -> None:
        with self.lock:
            self.items = [*self.items, *new]


class Conversations:
    """The operations, and the functions for responses."""

    def __init__(self, clock: Callable[[], float], seed: str) -> None:
        self._clock = clock
        self._mint = Mint(f"{seed}/conversations")
        self._table: Table[Conversation] = Table()

    def routes(self) -> tuple[Route, ...]:
        one, item = f"/conversations/{NAME}", f"/conversations/{NAME}/items/{PART}"
        return (
            ("POST", "/conversations", self._create),
            ("GET", one, lambda asked: json_reply(self.get(asked.name).shown())),
            ("POST", one, self._modify),
            ("DELETE", one, self._delete),
            ("POST", f"{one}/items", self._add),
            ("GET", f"{one}/items", self._list),
            ("GET", item, self._retrieve),
            ("DELETE", item, self._remove),
        )

    def get(self, conversation_id: str) -> Conversation:
        """Refuses an id that is unknown or deleted."""
        found = self._table.get(conversation_id)
        if found is None:
            raise refuse.no_conversation(conversation_id)
        return found

    def of_request(self, body: Json) -> Conversation | None:
        """The conversation that a request for a response names."""
        named = body.get("conversation")
        if not named:
            return None
        return self.get(named if isinstance(named, str) else named["id"])

    def _create(self, asked: Asked) -> SandboxReply:
        body = asked.body or {}
        _CREATE(body, "")
        partition = self._mint.hex(16)
        id = self._id("conv", partition)
        made = Conversation(id, int(self._clock()), body.get("metadata") or {}, partition)
        made.add(self._normal(made, body.get("items") or []))
        self._table.put(id, made)
        return json_reply(made.shown())

    def _modify(self, asked: Asked) -> SandboxReply:
        found = self.get(asked.name)
        _MODIFY(asked.body or {}, "")
        found.metadata = asked.body["metadata"] or {}
        return json_reply(found.shown())

    def _delete(self, asked: Asked) -> SandboxReply:
        self.get(asked.name)
        self._table.take(asked.name)
        return json_reply({"id": asked.name, "object": "conversation.deleted", "deleted": True})

    def _add(self, asked: Asked) -> SandboxReply:
        found = self.get(asked.name)
        asked.query.only("include", "include[]")
        _ADD(asked.body or {}, "")
        new = self._normal(found, asked.body["items"])
        found.add(new)
        ends = {"first_id": new[0]["id"] if new else None, "has_more": False, "last_id": new[-1]["id"] if new else None}
        return json_reply({"object": "list", "data": _listed(new, asked.query)} | ends)

    def _list(self, asked: Asked) -> SandboxReply:
        """Newest first unless ``order=asc``."""
        asked.query.only("limit", "order", "after", "include", "include[]")
        page = asked.query.page(self.get(asked.name).items)
        return json_reply(page | {"data": _listed(page["data"], asked.query)})

    def _retrieve(self, asked: Asked) -> SandboxReply:
        asked.query.only("include", "include[]")
        (shown,) = _listed([self._item(asked)], asked.query)
        return json_reply(shown)

    def _remove(self, asked: Asked) -> SandboxReply:
        found, gone = self.get(asked.name), self._item(asked)
        with found.lock:
            found.items = [item for item in found.items if item is not gone]
        return json_reply({"id": asked.part, "object": "conversation.item.deleted", "deleted": True})

    def _item(self, asked: Asked) -> Json:
        for item in self.get(asked.name).items:
            if item["id"] == asked.part:
                return item
        raise refuse.no_conversation_item(asked.part)

    def _normal(self, found: Conversation, given: list[Json]) -> list[Json]:
        items.distinct(found.items, given)
        for item in given:
            if item.get("type") == "item_reference":
                raise refuse.no_item(item["id"])
        return items.normal(given, lambda prefix: self._id(prefix, found.partition))

    def _id(self, prefix: str, partition: str) -> str:
        return f"{prefix}_{int(self._clock()):08x}{self._mint.hex(24)}{partition}"


def _listed(found: list[Json], query: Query) -> list[Json]:
    images = "message.input_image.image_url" in query.all("include", "include[]")
    return [items.listed(item, images) for item in found]
