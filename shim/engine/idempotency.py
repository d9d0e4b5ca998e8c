"""One effect for a POST, however often it is sent.

Official SDKs send a request again by themselves after a lost connection, 408, 409, 429 and 5xx; their only sign is
``x-stainless-retry-count``.  A request with that sign, or with an ``Idempotency-Key``, gets the answer of the one that
has had its effect, if that was within ten minutes.

Equal requests are not always the same one: "yes" may be said twice, and every run is asked for in the same words.  So
one that is sent again is taken for an earlier one only while nothing has happened in the thread since that says the
earlier one was answered (`MEANWHILE`), and each earlier one is found once.  Whoever makes a thread or an assistant and
gives no key gets another one: that two users should share a thread is worse than a thread that nobody uses.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from shim.engine.context import Context
from shim.engine.protocol import Request
from shim.store import dialects, requests
from shim.store.tx import Tx
from shim.wire.errors import error

Kind = Literal["assistant", "thread", "message", "run", "outputs", "cancel"]
COUNT: Final = "x-stainless-retry-count"
KEY: Final = "idempotency-key"
#: No SDK tries more often than this, and no number in the header is read that has more digits.
MOST: Final = 1000
DIGITS: Final = 10

#: What came to a thread after a request of each kind, and tells that its caller knows the answer.  Tool outputs name
#: calls that are asked once.
MEANWHILE: Final[Mapping[Kind, tuple[Kind, ...]]] = {
    "assistant": (),
    "thread": (),
    "message": ("run",),
    "run": ("message", "run", "outputs"),
    "outputs": (),
    "cancel": (),
}
#: What needs a key to be found again.
KEYED: Final[tuple[Kind, ...]] = ("assistant", "thread")


class Again(Exception):
    """The request has had its effect before, as ``row`` tells."""

    def __init__(self, asked: "Post", row: requests.Row) -> None:
        super().__init__(f"{row.kind} {row.made}")
        self.asked, self.row = asked, row


@dataclass(frozen=True, slots=True)
class Post:
    """A request that must not have its effect twice.  ``digest`` stands for its body, where a key is its mark."""

    kind: Kind
    mark: str
    attempt: int
    arrived: float
    digest: str | None = None

    @property
    def in_doubt(self) -> bool:
        """Whether it may have had its effect."""
        return self.attempt > 0 or self.digest is not None


def post(world: Context, request: Request, kind: Kind) -> Post:
    """What is known of the request when it comes in."""
    headers = {name.lower(): value for name, value in request.headers.items() if name.lower() in (COUNT, KEY)}
    attempt = _attempt(headers.get(COUNT, "0")) if kind not in KEYED else 0
    body = _digest(request.path.encode(), request.body)
    made = Post(kind, body, attempt, world.clock())
    if not (key := headers.get(KEY)):
        return made
    return replace(made, mark=_digest(b"key", request.path.encode(), key.encode()), digest=body)


def _attempt(count: str) -> int:
    """What a header says that anybody may have written."""
    return min(int(count), MOST) if count.isdecimal() and len(count) < DIGITS else 0


def _digest(*parts: bytes) -> str:
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:40]


async def look(world: Context, asked: Post) -> None:
    """Before anything is done upstream for the request.  Raises `Again`."""
    if asked.in_doubt:
        await world.store.read(_check, asked)


def check(tx: Tx, asked: Post) -> None:
    """In the transaction that is to have the effect, before it and behind the thread's lock.  Raises `Again`."""
    if asked.in_doubt:
        dialects.in_turn(tx.db, asked.mark)
    if asked.in_doubt or asked.kind not in KEYED:
        _check(tx, asked)


def note(tx: Tx, world: Context, asked: Post, made: str, thread_id: str | None = None) -> int:
    """In the same transaction: the id of what came of it.  Returns the number under which it is noted, or 0."""
    if asked.kind in KEYED and asked.digest is None:
        return 0
    known = {"mark": asked.mark, "attempt": asked.attempt, "digest": asked.digest, "kind": asked.kind}
    place = {"made": made, "thread_id": thread_id, "created_at": world.clock()}
    return requests.insert(tx, known | place)


def forget(tx: Tx, noted: int) -> None:
    """The effect was taken back."""
    requests.remove(tx, noted)


async def claim(world: Context, again: Again) -> bool:
    """Whether the answer of the earlier request is this one's.  Of two that look for an earlier one, each gets its own,
    or makes one.
    """
    asked, row = again.asked, again.row
    if asked.digest is not None or row.attempt > asked.attempt:
        return True
    return await world.store.write(requests.claim, row.seq, asked.attempt)


def _check(tx: Tx, asked: Post) -> None:
    if asked.digest is not None:
        row = requests.keyed(tx, asked.mark, asked.arrived)
        if row is not None and row.digest != asked.digest:
            raise error("key_used_otherwise")
    else:
        row = requests.sent(tx, asked.mark, asked.attempt, asked.arrived)
        if row is not None and requests.has_since(tx, row, MEANWHILE[asked.kind]):
            return
    if row is not None:
        raise Again(asked, row)
