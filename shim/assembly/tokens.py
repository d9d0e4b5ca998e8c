"""Counts the tokens of a text in this process: with a tokenizer if one is installed, else by its length.

The extra ``tokens`` installs one that contains OpenAI's vocabularies, so nothing is fetched when it is used.
"""

from functools import cache
from typing import Any, Final

from shim.translate.estimate import plain

#: The vocabulary of gpt-4o and later models.
VOCABULARY: Final = "o200k_base"


def count(text: str) -> int:
    """Tokens of a text; half of a surrogate pair, which no tokenizer accepts, is counted as a question mark."""
    encoding = _encoding()
    if encoding is None:
        return plain(text)
    return int(encoding.count(text.encode("utf-8", "replace").decode()))


@cache
def _encoding() -> Any:
    """The tokenizer, which takes most of a second to load; None if there is none."""
    try:
        import quicktok
    except ImportError:
        return None
    return quicktok.get_encoding(VOCABULARY)
