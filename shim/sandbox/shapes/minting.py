"""Ids in the real API's form, from a seed and a counter: the same requests in the same order get the same ids.

``resp_`` + 16 hex that a chain and its items share + ``00`` (stored) or ``01`` (not stored) + 8 hex time + 24 hex.
"""

import hashlib
import itertools
import threading
from dataclasses import dataclass

from shim.wire.ids import ALPHABET, LENGTH


class Mint:
    """Thread-safe."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._count = itertools.count(1)
        self._lock = threading.Lock()

    def hex(self, length: int) -> str:
        """Fresh hex digits, at most 64."""
        return self._digest().hex()[:length]

    def letters(self, length: int) -> str:
        """Fresh letters and digits, at most 42."""
        number = int.from_bytes(self._digest(), "big")
        letters = []
        for _ in range(length):
            number, digit = divmod(number, len(ALPHABET))
            letters.append(ALPHABET[digit])
        return "".join(letters)

    def call_id(self) -> str:
        """``call_`` and 24 letters or digits."""
        return f"call_{self.letters(LENGTH)}"

    def encrypted(self) -> str:
        """A text in the form of encrypted reasoning."""
        return f"gAAAAAB{self.hex(64)}{self.hex(64)}=="

    def family(self, previous: str | None, stored: bool, now: float, partition: str | None = None) -> "Family":
        """The ids of one response; it shares the partition of the response it continues, or of its conversation."""
        partition = previous.partition("_")[2][:16] if previous else partition or self.hex(16)
        return Family(self, partition, "00" if stored else "01", f"{int(now):08x}")

    def _digest(self) -> bytes:
        with self._lock:
            number = next(self._count)
        return hashlib.sha256(f"{self._seed}/{number}".encode()).digest()


@dataclass(frozen=True, slots=True)
class Family:
    """The common parts of the ids of one response."""

    mint: Mint
    partition: str
    flag: str
    time: str

    def __call__(self, prefix: str) -> str:
        return f"{prefix}_{self.partition}{self.flag}{self.time}{self.mint.hex(24)}"


def obfuscation(delta: str, position: int) -> str:
    """Padding that hides a delta's length: up to 16 letters, by the delta's position in the stream."""
    letters = hashlib.sha256(f"{position}".encode()).hexdigest()[:16]
    return letters[: -len(delta) % 16]
