"""Pictures: small PNG files of one colour, the same for the same words."""

import hashlib
import struct
import zlib
from typing import Final

SIDE: Final = 8


def encode(seed: str) -> bytes:
    """A square of eight by eight pixels whose colour depends on ``seed``."""
    row = b"\0" + hashlib.sha256(seed.encode()).digest()[:3] * SIDE
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    body = (_chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(row * SIDE)), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(body)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
