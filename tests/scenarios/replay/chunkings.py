"""Ways in which a network may cut the same bytes."""

import itertools
import re
from collections.abc import Callable, Sequence

Chunking = Callable[[Sequence[bytes]], list[bytes]]


def _every(size: int) -> Chunking:
    def cut(blocks: Sequence[bytes]) -> list[bytes]:
        raw = b"".join(blocks)
        return [raw[at : at + size] for at in range(0, len(raw), size)]

    return cut


def at(raw: bytes, places: Sequence[int]) -> list[bytes]:
    """``raw`` in pieces, cut at each of ``places``."""
    edges = [0, *sorted({place for place in places if 0 < place < len(raw)}), len(raw)]
    return [raw[start:end] for start, end in itertools.pairwise(edges)]


def inside_characters(blocks: Sequence[bytes]) -> list[bytes]:
    """Pieces cut after the first byte of every multi-byte character, and in the middle of every escaped one."""
    raw = b"".join(blocks)
    leads = [found.end() for found in re.finditer(rb"[\xc2-\xf4]", raw)]
    escapes = [found.start() + 3 for found in re.finditer(rb"\\u[0-9a-fA-F]{4}", raw)]
    return at(raw, leads + escapes)


CHUNKINGS: dict[str, Chunking] = {
    "whole": lambda blocks: [b"".join(blocks)],
    "event": list,
    "1 byte": _every(1),
    "7 bytes": _every(7),
    "inside characters": inside_characters,
}
