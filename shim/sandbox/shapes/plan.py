"""The planned contents of a response, without ids: items, their pieces, and the annotations of a text."""

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

from shim.wire.types import Json

_TEXT_PIECE: Final = re.compile(r"\s*\S+|\s+$")
#: Keys of an annotation that count characters of the text.
_OFFSETS: Final = ("index", "start_index", "end_index")


@dataclass(frozen=True, slots=True)
class Mark:
    """An annotation, and how many characters are sent before it."""

    annotation: Json
    at: int

    def shifted(self, by: int) -> "Mark":
        """The same in a text that begins ``by`` characters later."""
        moved = {name: max(0, offset + by) for name, offset in self.annotation.items() if name in _OFFSETS}
        return Mark(self.annotation | (moved if self._end else {}), self.at + by)

    def within(self, length: int) -> bool:
        """Whether it belongs to the first ``length`` characters.  One without a range (0…0) is decided by when it is
        sent.
        """
        return self.at <= length or 0 < self._end <= length

    @property
    def _end(self) -> int:
        return max((self.annotation[name] for name in _OFFSETS if name in self.annotation), default=0)


@dataclass(frozen=True, slots=True)
class PlannedItem:
    """One output item without an id: its text, in pieces of one token each.

    ``kind`` is reasoning, text, refusal, call, or the type of a hosted tool's item, whose fields are ``item_fields``.
    ``tokens`` counts tokens that are not in pieces.
    """

    kind: str
    pieces: tuple[str, ...] = ()
    name: str = ""
    phase: str | None = None
    tokens: int = 0
    complete: bool = True
    marks: tuple[Mark, ...] = ()
    item_fields: Json = field(default_factory=dict)

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    @property
    def cost(self) -> int:
        return self.tokens + len(self.pieces)

    @property
    def annotations(self) -> list[Json]:
        """The annotations that are sent: for a text that was cut, only those before the cut."""
        return [mark.annotation for mark in self.marks if mark.at <= len(self.text)]

    def split(self, index: int) -> "tuple[PlannedItem, PlannedItem]":
        """The item as two texts, cut before a piece."""
        length = len("".join(self.pieces[:index]))
        before = tuple(replace(mark, at=min(mark.at, length)) for mark in self.marks if mark.within(length))
        after = tuple(mark.shifted(-length) for mark in self.marks if not mark.within(length))
        first = replace(self, pieces=self.pieces[:index], marks=before)
        return first, replace(self, pieces=self.pieces[index:], marks=after)


@dataclass(frozen=True, slots=True)
class Plan:
    """One response: its items, why it stops early (if it does), and other requests of control words."""

    items: tuple[PlannedItem, ...]
    cut: str | None
    control_words: frozenset[str]


def pieces_of(text: str, cuts: frozenset[int] = frozenset()) -> tuple[str, ...]:
    """Text as it is streamed: word by word, nothing lost, and never across one of ``cuts``."""
    edges = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    return tuple(piece for start, end in pairwise(edges) for piece in _TEXT_PIECE.findall(text[start:end]))


class Draft:
    """A text that is being written, with its annotations.  Places are counted in code points."""

    def __init__(self, text: str = "") -> None:
        self.text = text
        self._late_annotations: list[Json] = []
        self._marks: list[Mark] = []

    def append(self, text: str) -> tuple[int, int]:
        """Append a text; returns its range."""
        start = len(self.text)
        self.text += text
        return start, len(self.text)

    def mark(self, annotation: Json) -> None:
        """Add an annotation that is sent after the text so far."""
        self._marks.append(Mark(annotation, len(self.text)))

    def mark_late(self, annotation: Json) -> None:
        """Add an annotation that is sent after the last delta."""
        self._late_annotations.append(annotation)

    def item(self, phase: str | None) -> PlannedItem:
        """The text as an item."""
        marks = (*self._marks, *(Mark(each, len(self.text)) for each in self._late_annotations))
        cuts = frozenset(mark.at for mark in marks)
        return PlannedItem("text", pieces_of(self.text, cuts), phase=phase, marks=marks)
