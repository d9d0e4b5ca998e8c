"""One effect for a POST, however often it is sent.

Official SDKs send a request again by themselves after a lost connection, 408, 409, 429 and 5xx; the only mark of this
is the header ``x-stainless-retry-count``.  A request with that mark, or with an ``Idempotency-Key``, gets the answer of
the earlier request that had the effect, if that was within ten minutes.

Equal requests are not always the same request: a user may say "yes" twice, and all requests for runs have the same
body.  So a repetition is matched with an earlier request only if nothing has happened in the thread since that shows
that the earlier request was answered (`MEANWHILE`), and each earlier request is matched once.  A repeated request for a
thread or an assistant without a key makes a second object: two users who share one thread by mistake are worse than a
thread that is never used.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from shim.engine.context import Context
from shim.engine.protocol import Request
from shim.store import dialects, requests
from shim.store.tx import Tx, brief
from shim.wire.errors import error

Kind = Literal["assistant", "thread", "message", "run", "outputs", "cancel"]
COUNT: Final = "x-stainless-retry-count"
KEY: Final = "idempotency-key"
#: The largest number of attempts that is read from the header: no SDK makes more.
MAX_ATTEMPTS: Final = 1000
DIGITS: Final = 10

#: For each kind of request, the objects whose creation in the thread shows that its caller got the answer. Tool outputs
#: name call ids, which occur once.
MEANWHILE: Final[Mapping[Kind, tuple[Kind, ...]]] = {
    "assistant": (),
    "thread": (),
    "message": ("run",),
    "run": ("message", "run", "outputs"),
    "outputs": (),
    "cancel": (),
}
#: Kinds of request that are matched only by a key.
KEYED: Final[tuple[Kind, ...]] = ("assistant", "thread")


class Repeated(Exception):
    """The request has had its effect before; ``row`` is what was stored of that."""

    def __init__(self, post: "Post", row: requests.Row) -> None:
        super().__init__(f"{row.kind} {row.made}")
        self.post, self.row = post, row


@dataclass(frozen=True, slots=True)
class Post:
    """A request that must have its effect only once.  ``mark``: the digest by which it is found: of its key if it has
    one, else of its path and body; ``digest``: with a key, that of path and body.
    """

    kind: Kind
    mark: str
    attempt: int
    arrived: float
    digest: str | None = None

    @property
    def in_doubt(self) -> bool:
        """Whether an earlier request may have had the effect: this one is a retry, or has a key."""
        return self.attempt > 0 or self.digest is not None


def post(context: Context, request: Request, kind: Kind) -> Post:
    """The marks and the digest of a request that has just arrived."""
    headers = {name.lower(): value for name, value in request.headers.items() if name.lower() in (COUNT, KEY)}
    attempt = _attempt(headers.get(COUNT, "0")) if kind not in KEYED else 0
    body = _digest(request.path.encode(), request.body)
    new_post = Post(kind, body, attempt, context.clock())
    if not (key := headers.get(KEY)):
        return new_post
    return replace(new_post, mark=_digest(b"key", request.path.encode(), key.encode()), digest=body)


def _attempt(count: str) -> int:
    """The number of the attempt; any client may write anything into the header."""
    return min(int(count), MAX_ATTEMPTS) if count.isdecimal() and len(count) < DIGITS else 0


def _digest(*parts: bytes) -> str:
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:40]


async def check_early(context: Context, post: Post) -> None:
    """Look for an earlier request before anything is sent upstream for this one.  Raises `Repeated`."""
    if post.in_doubt:
        await context.store.read(_check, post)


def check(tx: Tx, post: Post) -> None:
    """Look for an earlier request in the transaction of the effect, before the effect and after the thread is locked.
    Raises `Repeated`.
    """
    if post.in_doubt:
        dialects.in_turn(tx.db, post.mark)
    if post.in_doubt or post.kind not in KEYED:
        _check(tx, post)


def note(tx: Tx, context: Context, post: Post, object_id: str, thread_id: str | None = None) -> int:
    """Store the id of the object that the request made, in the same transaction.  Returns the number of the row, or
    0.
    """
    if post.kind in KEYED and post.digest is None:
        return 0
    known = {"mark": post.mark, "attempt": post.attempt, "digest": post.digest, "kind": post.kind}
    columns = {"made": object_id, "thread_id": thread_id, "created_at": context.clock()}
    return requests.insert(tx, known | columns)


def forget(tx: Tx, noted: int) -> None:
    """Remove the row, as the effect was undone."""
    requests.remove(tx, noted)


async def claim(context: Context, repeated: Repeated) -> bool:
    """Claim the earlier request's answer for this one; False if another request has claimed it.  So two repetitions
    never get the answer of one earlier request.
    """
    post, row = repeated.post, repeated.row
    if post.digest is not None or row.attempt > post.attempt:
        return True
    return await context.store.write(requests.claim, row.seq, post.attempt)


@brief
def _check(tx: Tx, post: Post) -> None:
    if post.digest is not None:
        row = requests.keyed(tx, post.mark, post.arrived)
        if row is not None and row.digest != post.digest:
            raise error("key_used_otherwise")
    else:
        row = requests.sent(tx, post.mark, post.attempt, post.arrived)
        if row is not None and requests.has_since(tx, row, MEANWHILE[post.kind]):
            return
    if row is not None:
        raise Repeated(post, row)
