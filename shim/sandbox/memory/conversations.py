"""The Conversations API: /v1/conversations with items.  A response with a conversation gets its items as context, and
adds its own.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from shim.sandbox.memory.table import Table
from shim.sandbox.shapes import items, refuse
from shim.sandbox.shapes.fields import Check, array, nullable, pairs, record
from shim.sandbox.shapes.minting import Mint
from shim.sandbox.shapes.query import Query
from shim.sandbox.shapes.reply import SandboxReply, json_reply
from shim.sandbox.shapes.request import CHILD_ID, RESOURCE_ID, Request, Route
from shim.wire.types import Json

#: Items of one request.
MAX_ITEMS: Final = 20
_METADATA: Final = nullable(pairs(16, 64, 512))
_ITEMS: Final = array(items.check, max_length=MAX_ITEMS)
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
        one, item = f"/conversations/{RESOURCE_ID}", f"/conversations/{RESOURCE_ID}/items/{CHILD_ID}"
        return (
            ("POST", "/conversations", self._create),
            ("GET", one, lambda request: json_reply(self.get(request.resource_id).shown())),
            ("POST", one, self._modify),
            ("DELETE", one, self._delete),
            ("POST", f"{one}/items", self._add),
            ("GET", f"{one}/items", self._list),
            ("GET", item, self._retrieve),
            ("DELETE", item, self._remove),
        )

    def get(self, conversation_id: str) -> Conversation:
        """Refuses an id that is unknown or deleted."""
        conversation = self._table.get(conversation_id)
        if conversation is None:
            raise refuse.no_conversation(conversation_id)
        return conversation

    def of_request(self, body: Json) -> Conversation | None:
        """The conversation that a request for a response names."""
        reference = body.get("conversation")
        if not reference:
            return None
        return self.get(reference if isinstance(reference, str) else reference["id"])

    def _create(self, request: Request) -> SandboxReply:
        body = request.body or {}
        _CREATE(body, "")
        partition = self._mint.hex(16)
        id = self._id("conv", partition)
        conversation = Conversation(id, int(self._clock()), body.get("metadata") or {}, partition)
        conversation.add(self._normal(conversation, body.get("items") or []))
        self._table.put(id, conversation)
        return json_reply(conversation.shown())

    def _modify(self, request: Request) -> SandboxReply:
        conversation = self.get(request.resource_id)
        _MODIFY(request.body or {}, "")
        conversation.metadata = request.body["metadata"] or {}
        return json_reply(conversation.shown())

    def _delete(self, request: Request) -> SandboxReply:
        self.get(request.resource_id)
        self._table.take(request.resource_id)
        return json_reply({"id": request.resource_id, "object": "conversation.deleted", "deleted": True})

    def _add(self, request: Request) -> SandboxReply:
        conversation = self.get(request.resource_id)
        request.query.only("include", "include[]")
        _ADD(request.body or {}, "")
        new = self._normal(conversation, request.body["items"])
        conversation.add(new)
        ends = {"first_id": new[0]["id"] if new else None, "has_more": False, "last_id": new[-1]["id"] if new else None}
        return json_reply({"object": "list", "data": _listed(new, request.query)} | ends)

    def _list(self, request: Request) -> SandboxReply:
        """Newest first unless ``order=asc``."""
        request.query.only("limit", "order", "after", "include", "include[]")
        page = request.query.page(self.get(request.resource_id).items)
        return json_reply(page | {"data": _listed(page["data"], request.query)})

    def _retrieve(self, request: Request) -> SandboxReply:
        request.query.only("include", "include[]")
        (shown,) = _listed([self._item(request)], request.query)
        return json_reply(shown)

    def _remove(self, request: Request) -> SandboxReply:
        conversation, gone = self.get(request.resource_id), self._item(request)
        with conversation.lock:
            conversation.items = [item for item in conversation.items if item is not gone]
        return json_reply({"id": request.child_id, "object": "conversation.item.deleted", "deleted": True})

    def _item(self, request: Request) -> Json:
        for item in self.get(request.resource_id).items:
            if item["id"] == request.child_id:
                return item
        raise refuse.no_conversation_item(request.child_id)

    def _normal(self, conversation: Conversation, new_items: list[Json]) -> list[Json]:
        items.check_distinct(conversation.items, new_items)
        for item in new_items:
            if item.get("type") == "item_reference":
                raise refuse.no_item(item["id"])
        return items.normal(new_items, lambda prefix: self._id(prefix, conversation.partition))

    def _id(self, prefix: str, partition: str) -> str:
        return f"{prefix}_{int(self._clock()):08x}{self._mint.hex(24)}{partition}"


def _listed(shown: list[Json], query: Query) -> list[Json]:
    images = "message.input_image.image_url" in query.all("include", "include[]")
    return [items.listed(item, images) for item in shown]
