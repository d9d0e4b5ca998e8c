"""Types that today's SDKs do not have, and what replaces them; a test compares them with the installed SDK.

An import of one fails before and after the swap: the shim brings the types of the last SDK with the Assistants API, and
these are older.
"""

import re
from typing import Final

_THREADS: Final = "openai.types.beta.threads"
_STRATEGIES: Final = (
    *("FileChunkingStrategy", "FileChunkingStrategyParam", "AutoFileChunkingStrategyParam"),
    *("OtherFileChunkingStrategyObject", "StaticFileChunkingStrategy", "StaticFileChunkingStrategyParam"),
    *("StaticFileChunkingStrategyObject", "StaticFileChunkingStrategyObjectParam"),
)
_STORES: Final = (
    *("VectorStore", "VectorStoreDeleted", "VectorStoreCreateParams", "VectorStoreListParams"),
    "VectorStoreUpdateParams",
)
#: A name below ``openai.types.beta``, and the new one.
NAMES: Final[dict[str, str]] = {
    "ThreadMessage": f"{_THREADS}.Message",
    "MessageContentText": f"{_THREADS}.TextContentBlock",
    "MessageContentImageFile": f"{_THREADS}.ImageFileContentBlock",
    "CodeToolCall": f"{_THREADS}.runs.CodeInterpreterToolCall",
    "RetrievalToolCall": f"{_THREADS}.runs.FileSearchToolCall",
    "RetrievalToolCallDelta": f"{_THREADS}.runs.FileSearchToolCallDelta",
    "RetrievalTool": "openai.types.beta.FileSearchTool",
    "RetrievalToolParam": "openai.types.beta.FileSearchToolParam",
    "AssistantResponseFormat": "openai.types.beta.AssistantResponseFormatOption",
    "AssistantResponseFormatParam": "openai.types.beta.AssistantResponseFormatOptionParam",
    **{name: f"openai.types.{name}" for name in (*_STORES, *_STRATEGIES)},
}
#: The same for packages, whose names are below the new one; empty if there is none.
PACKAGES: Final[dict[str, str]] = {
    "vector_stores": "openai.types.vector_stores",
    "assistants": "",
    "threads.messages": "",
}
_PACKAGE: Final = re.compile(rf"({'|'.join(map(re.escape, PACKAGES))})(?:\.(.*))?")


def replaced(name: str) -> str | None:
    """The new name of a type, by its full dotted name; empty if there is none, and None if the SDK has it."""
    path = name.partition(".types.beta.")[2]
    if (inside := _PACKAGE.fullmatch(path)) is not None:
        new = PACKAGES[inside[1]]
        return f"{new}.{inside[2]}" if new and inside[2] else new
    # A type's module has its name: `thread_message.ThreadMessage`.
    names = (re.sub(r"(?:^|_)([a-z])", lambda each: each[1].upper(), part) for part in path.split("."))
    return next((NAMES[each] for each in names if each in NAMES), None)
