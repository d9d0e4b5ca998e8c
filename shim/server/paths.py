"""The forms of URL that the server accepts: OpenAI's, and Azure's three."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_to_bytes

#: The part before the API's own path, in the order in which they are tried; and whether it is Azure's form.
SHAPES: Final = (
    (re.compile(r"/v1(?:/+(.*))?"), False),
    (re.compile(r"/openai/v1(?:/+(.*))?"), True),
    (re.compile(r"/openai/deployments/[^/]+(?:/+(.*))?"), True),
    (re.compile(r"/openai(?:/+(.*))?"), True),
)
#: Azure's parameter, which other servers do not have.
VERSION: Final = "api-version"
DOTS: Final = (".", "..")
#: How often a path is decoded to find dots in it.  A path that is encoded more often is refused as an attack.
ROUNDS: Final = 10


@dataclass(frozen=True, slots=True)
class Target:
    """The target of a request, from its URL: ``path`` is the part below the API's base, without a leading
    slash; ``raw`` is the same, undecoded.
    """

    path: str
    raw: str
    azure: bool


def target(written: str) -> Target | None:
    """The parts of a request line's path (without the query); None for a path outside of the API."""
    if climbs(written):
        return None
    for shape, azure in SHAPES:
        if match := shape.fullmatch(written):
            raw = match[1] or ""
            return Target(unquote_to_bytes(raw.encode("latin-1")).decode("utf-8", "replace"), raw, azure)
    return None


def climbs(written: str) -> bool:
    """Whether a path has a segment of one or two dots, which a server may resolve to a parent folder: plain,
    percent-encoded once or more often, with a parameter, or between backslashes.  True also for a path that is encoded
    too often.
    """
    decoded = _decoded(written.encode("latin-1"))
    if decoded is None:
        return True
    segments = decoded.decode("latin-1").replace("\\", "/").split("/")
    return any(segment.partition(";")[0].strip() in DOTS for segment in segments)


def _decoded(written: bytes) -> bytes | None:
    """The path without percent-encoding; None if it is encoded more often than `ROUNDS` times.

    Bytes stay bytes: as text, each byte that is not ASCII would become two in each round, without end.
    """
    for _ in range(ROUNDS):
        before, written = written, unquote_to_bytes(written)
        if written == before:
            return written
    return None


def query(written: str, azure: bool) -> str:
    """A query in the form for the upstream."""
    if not azure:
        return written
    return "&".join(part for part in written.split("&") if part.partition("=")[0] != VERSION)
