"""The shapes of URL that the server takes: OpenAI's, and Azure's three."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_to_bytes

#: The path before an API's own, first match first; and whether that is Azure's way of writing it.
SHAPES: Final = (
    (re.compile(r"/v1(?:/+(.*))?"), False),
    (re.compile(r"/openai/v1(?:/+(.*))?"), True),
    (re.compile(r"/openai/deployments/[^/]+(?:/+(.*))?"), True),
    (re.compile(r"/openai(?:/+(.*))?"), True),
)
#: Azure's parameter, which no other server knows.
VERSION: Final = "api-version"
DOTS: Final = (".", "..")
#: How often a path is decoded to find dots in it.  Whoever encodes one more often means nothing good.
ROUNDS: Final = 10


@dataclass(frozen=True, slots=True)
class Place:
    """What a URL names: ``path`` stands below the API's base, without a leading slash; ``raw`` is the same as it was
    written.
    """

    path: str
    raw: str
    azure: bool


def place(written: str) -> Place | None:
    """What a request line's path (without the query) names; None for what is outside of the API."""
    if climbs(written):
        return None
    for shape, azure in SHAPES:
        if found := shape.fullmatch(written):
            raw = found[1] or ""
            return Place(unquote_to_bytes(raw.encode("latin-1")).decode("utf-8", "replace"), raw, azure)
    return None


def climbs(written: str) -> bool:
    """Whether a path has a segment of one or two dots, which a server may take for a step towards its root: written
    plainly, percent-encoded once or more often, with a parameter, or between backslashes.  So does one that is encoded
    too often to tell.
    """
    decoded = _decoded(written.encode("latin-1"))
    if decoded is None:
        return True
    segments = decoded.decode("latin-1").replace("\\", "/").split("/")
    return any(segment.partition(";")[0].strip() in DOTS for segment in segments)


def _decoded(written: bytes) -> bytes | None:
    """Without any percent-encoding; None for what is encoded more often than `ROUNDS` times.

    Bytes stay bytes: as text, each byte that is not ASCII would become two in each round, without end.
    """
    for _ in range(ROUNDS):
        before, written = written, unquote_to_bytes(written)
        if written == before:
            return written
    return None


def query(written: str, azure: bool) -> str:
    """A query as another server is to get it."""
    if not azure:
        return written
    return "&".join(part for part in written.split("&") if part.partition("=")[0] != VERSION)
