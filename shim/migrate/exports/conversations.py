"""Exports threads as conversations: created empty, then filled in blocks, each recorded before and after it is sent.

These requests are not idempotent: a block whose answer is lost may have arrived, and would be there twice if it were
sent again.  So before a block is sent again, the conversation is checked.
"""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, Literal, NamedTuple

from shim.engine.bridge import transcript
from shim.migrate.exports.memory import Exported, Memory
from shim.ports import Refusal, Upstream
from shim.runtime import drive
from shim.store.tx import Tx
from shim.translate import history, native
from shim.wire import encoding, ids
from shim.wire.types import Json

#: Items of one request; the largest number that the API accepts.
BLOCK: Final = 20
#: Seconds to wait after each refusal for too many requests.
PAUSES: Final = (1.0, 4.0, 15.0, 30.0)
Verdict = Literal["created", "added", "unchanged", "changed", "gone", "refused"]
#: The text of each verdict for the report.
VERDICTS: Final[dict[Verdict, str]] = {
    "created": "a new conversation",
    "added": "new items were added to its conversation",
    "unchanged": "nothing new",
    "changed": "what was exported has changed in the thread since: remove its lines from the file to export it again",
    "gone": "its conversation no longer exists: remove its lines from the file to export it again",
    "refused": "the server refused it",
}


class Outcome(NamedTuple):
    """The result for a thread.  ``items``: how many were added.  ``detail``: the server's message."""

    thread_id: str
    verdict: Verdict
    conversation_id: str | None = None
    items: int = 0
    detail: str = ""


def items_of(tx: Tx, thread_id: str) -> list[Json]:
    """A thread's items in a form that any server accepts: calls with their outputs, and no reasoning, which is valid
    only with the response that made it.
    """
    composed = history.compose(transcript.entries(tx, thread_id), thoughts=False)
    return [item for item in composed if item["type"] != "message" or item["content"]]


class Exporter:
    """Writes to the server behind ``upstream``, which must not retry by itself."""

    def __init__(self, upstream: Upstream, memory: Memory, sleep: Callable[[float], None] = time.sleep) -> None:
        self._upstream, self._memory, self._sleep = upstream, memory, sleep

    def export(self, thread_id: str, items: Sequence[Json], metadata: dict[str, str]) -> Outcome:
        """Add the missing ones of a thread's ``items`` to its conversation.  Does not raise errors of the server.

        ``metadata`` becomes the conversation's, with the thread's id as ``thread_id`` if there is room for it.
        """
        known = self._memory.get(thread_id)
        new = known is None
        try:
            if known is None:
                known = self._create(thread_id, metadata)
            known = self._settled(known, items)
            if known.items > len(items) or known.digest != _digest(items[: known.items]):
                return Outcome(thread_id, "changed", known.conversation_id)
            count = self._add(known, items)
        except Refusal as refusal:
            gone = refusal.status == 404 and known is not None
            at = None if known is None else known.conversation_id
            return Outcome(thread_id, "gone" if gone else "refused", at, detail=refusal.message)
        verdict: Verdict = "created" if new else "added" if count else "unchanged"
        return Outcome(thread_id, verdict, known.conversation_id, count)

    def _create(self, thread_id: str, metadata: dict[str, str]) -> Exported:
        default_metadata = {"thread_id": thread_id} if len(metadata) < 16 else {}
        conversation = self._call("POST", "/conversations", {"metadata": default_metadata | metadata})
        known = Exported(thread_id, conversation["id"], digest=_digest(()))
        self._memory.note(known)
        return known

    def _settled(self, known: Exported, items: Sequence[Json]) -> Exported:
        """Find out whether the block that was sent last has arrived, if that is unknown."""
        if not known.pending:
            return known
        end = known.items + known.pending
        arrived = self._listed(known.conversation_id)[known.items : end]
        if native.repeated_count(arrived, items[known.items : end]) is None or len(arrived) < known.pending:
            return replace(known, pending=0)
        return self._arrived(known, items)

    def _arrived(self, known: Exported, items: Sequence[Json]) -> Exported:
        end = known.items + known.pending
        known = replace(known, items=end, digest=_digest(items[:end]), pending=0)
        self._memory.note(known)
        return known

    def _add(self, known: Exported, items: Sequence[Json]) -> int:
        path = ids.path("conversations", known.conversation_id, "items")
        before = known.items
        while block := items[known.items : known.items + BLOCK]:
            known = replace(known, pending=len(block))
            self._memory.note(known)
            self._call("POST", path, {"items": list(block)})
            known = self._arrived(known, items)
        return known.items - before

    def _listed(self, conversation_id: str) -> list[Json]:
        items: list[Json] = []
        path = ids.path("conversations", conversation_id, "items") + "?limit=100&order=asc"
        path += "&include[]=message.input_image.image_url"
        after = ""
        while True:
            page = self._call("GET", path + after)
            items += page["data"]
            if not page.get("has_more"):
                return items
            after = f"&after={page['last_id']}"

    def _call(self, method: str, path: str, body: Json | None = None) -> Json:
        """A request that is refused because of a rate limit had no effect, and is sent again."""
        for pause in PAUSES:
            try:
                return drive.finish(self._upstream.call(method, path, body))
            except Refusal as refusal:
                if refusal.status != 429:
                    raise
            self._sleep(pause)
        return drive.finish(self._upstream.call(method, path, body))


def _digest(items: Sequence[Json]) -> str:
    return hashlib.sha256(b"\n".join(encoding.compact(item) for item in items)).hexdigest()
