"""Counting the tokens of a text in this process: by a tokenizer if one is installed, else by its length.

The extra ``tokens`` installs one that brings OpenAI's vocabularies along, so nothing is fetched when it is used.
"""

from functools import cache
from typing import Any, Final

from shim.translate.estimate import plain

#: The vocabulary of gpt-4o and what came after it.
VOCABULARY: Final = "o200k_base"


def count(text: str) -> int:
    """Tokens of a text; half a character, which no tokenizer takes, is counted as a question mark."""
    encoding = _encoding()
    if encoding is None:
        return plain(text)
    return int(encoding.count(text.encode("utf-8", "replace").decode()))


@cache
def _encoding() -> Any:
    """The tokenizer, which takes most of a second to load; None where there is none."""
    try:
        import quicktok
    except ImportError:
        return None
    return quicktok.get_encoding(VOCABULARY)
