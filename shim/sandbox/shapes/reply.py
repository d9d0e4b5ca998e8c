"""The sandbox's replies: a status, headers, and a body, whole or in chunks."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from shim.wire import encoding
from shim.wire.types import Json

JSON_TYPE: Final = {"content-type": "application/json"}
STREAM_TYPE: Final = {"content-type": "text/event-stream; charset=utf-8"}


class Cut(Exception):
    """Raised by a body: the connection breaks here, without a proper end of the body."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A place in a body where the sender must wait this many seconds.  The sandbox itself never sleeps."""

    seconds: float


@dataclass(frozen=True, slots=True)
class SandboxReply:
    """``body`` is complete, or an iterator of chunks and pauses that may raise `Cut`."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: "bytes | Iterator[bytes | Pause]" = b""


def json_reply(value: Json, status: int = 200) -> SandboxReply:
    return SandboxReply(status, dict(JSON_TYPE), encoding.compact(value))
