"""Regular expressions for all languages: addresses, headers and ids."""

import re
from collections.abc import Iterator
from typing import Final

#: An address of the API: OpenAI's, Azure's, or that of a server with the same API.
ADDRESS: Final = re.compile(
    r"(?:api\.openai\.com|\.azure\.com)[^\s\"'`]*?/(?:threads|assistants)\b(?![-_.]\w)"
    r"|(?<![\w.])/?(?:v1|openai)/(?:threads|assistants)\b(?![-_.]\w)"
)
HEADER: Final = re.compile(r"\bassistants=v([12])\b", re.IGNORECASE)
#: Ids as the API made them: a prefix and 24 letters or digits; a shorter one is an example.
IDS: Final = {
    "assistant-id": re.compile(r"\basst_[A-Za-z0-9]{20,64}\b"),
    "thread-id": re.compile(r"\bthread_[A-Za-z0-9]{20,64}\b"),
    "upstream-id": re.compile(r"\b(?:vs_[A-Za-z0-9]{20,64}|file-[A-Za-z0-9]{22,24})\b"),
}
#: An id mixes capitals, small letters and digits; a name in a program usually does not.
MIXED: Final = re.compile(r"_.*(?:\d|[a-z].*[A-Z]|[A-Z].*[a-z])|^(?:vs_|file-)")


def ids(text: str) -> Iterator[tuple[str, str]]:
    """The ids in a text, each with its rule."""
    for rule, pattern in IDS.items():
        yield from ((rule, match[0]) for match in pattern.finditer(text) if MIXED.search(match[0]))
