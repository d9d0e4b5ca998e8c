"""Estimates the tokens of a request, if upstream cannot count them.

Text is counted by a function that is passed in; the rest by these constants, which fit the recordings: upstream counts
three tokens for the answer's beginning and four for each message.
"""

from collections.abc import Callable
from typing import Final

from shim.wire.encoding import dumps
from shim.wire.types import Json

Count = Callable[[str], int]

#: For the whole request, and for each item.
PRIMING: Final = 3
ITEM: Final = 4
#: One image: the tokens of a picture of 1024 by 1024 pixels; with ``detail: low`` only the base value.
IMAGE: Final = 765
LOW: Final = 85


def plain(text: str) -> int:
    """A token for every four bytes of UTF-8, rounded up; used without a tokenizer."""
    return -(-len(text.encode("utf-8", "surrogatepass")) // 4)


def of_body(body: Json, count: Count) -> int:
    """The whole request: conversation, instructions, tools, the answer's format."""
    return frame(body, count) + sum(of_item(item, count) for item in body["input"])


def frame(body: Json, count: Count) -> int:
    """The same without the conversation."""
    instructions = body.get("instructions")
    shown = [body[name] for name in ("tools", "text") if name in body]
    return PRIMING + (ITEM + count(instructions) if instructions else 0) + sum(count(dumps(each)) for each in shown)


def of_item(item: Json, count: Count) -> int:
    """One item of a conversation, in the form of a request or the journal.  Encrypted reasoning counts as zero."""
    values = [value for key in ("content", "output", "name", "arguments") if (value := item.get(key))]
    texts = sum(count(value) for value in values if isinstance(value, str))
    return ITEM + texts + sum(_of_part(part, count) for value in values if not isinstance(value, str) for part in value)


def _of_part(part: Json, count: Count) -> int:
    if part["type"] == "input_image":
        return LOW if part.get("detail") == "low" else IMAGE
    return count(part.get("text") or part.get("refusal") or "")
