"""Every way in which the body of a call can name an upstream object."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

Json = dict[str, Any]


@dataclass
class Made:
    """The ids of objects that a tenant has created upstream."""

    file: str
    store: str
    response: str
    streamed: str
    container: str


NOBODYS: Final = Made("file-nobodys", "vs_nobodys", "resp_nobodys", "resp_missing", "cntr_nobodys")
#: Every way to name an object in the body of a call.
BODIES: Final[dict[str, tuple[str, Callable[[Made], Json]]]] = {
    "a file of an input": (
        "responses",
        lambda made: {
            "model": "gpt-4o",
            "input": [{"role": "user", "content": [{"type": "input_file", "file_id": made.file}]}],
        },
    ),
    "a store to search": (
        "responses",
        lambda made: {
            "model": "gpt-4o",
            "input": "What is the word?",
            "tools": [{"type": "file_search", "vector_store_ids": [made.store]}],
        },
    ),
    "a container": (
        "responses",
        lambda made: {
            "model": "gpt-4o",
            "input": "1 + 1",
            "tools": [{"type": "code_interpreter", "container": made.container}],
        },
    ),
    "files of a new container": (
        "responses",
        lambda made: {
            "model": "gpt-4o",
            "input": "1 + 1",
            "tools": [{"type": "code_interpreter", "container": {"type": "auto", "file_ids": [made.file]}}],
        },
    ),
    "a response": (
        "responses",
        lambda made: {"model": "gpt-4o", "input": "And?", "previous_response_id": made.response},
    ),
    "a streamed response": (
        "responses",
        lambda made: {"model": "gpt-4o", "input": "And?", "previous_response_id": made.streamed},
    ),
    "files of a store": ("vector_stores", lambda made: {"name": "x", "file_ids": [made.file]}),
    "files of a container": ("containers", lambda made: {"name": "x", "file_ids": [made.file]}),
    "a file of an assistant": (
        "assistants",
        lambda made: {
            "model": "gpt-4o",
            "tools": [{"type": "code_interpreter"}],
            "tool_resources": {"code_interpreter": {"file_ids": [made.file]}},
        },
    ),
    "a store of an assistant": (
        "assistants",
        lambda made: {
            "model": "gpt-4o",
            "tools": [{"type": "file_search"}],
            "tool_resources": {"file_search": {"vector_store_ids": [made.store]}},
        },
    ),
    "files of an assistant's new store": (
        "assistants",
        lambda made: {
            "model": "gpt-4o",
            "tools": [{"type": "file_search"}],
            "tool_resources": {"file_search": {"vector_stores": [{"file_ids": [made.file]}]}},
        },
    ),
    "an attachment": (
        "threads",
        lambda made: {
            "messages": [
                {
                    "role": "user",
                    "content": "Read this.",
                    "attachments": [{"file_id": made.file, "tools": [{"type": "file_search"}]}],
                }
            ]
        },
    ),
    "a picture": (
        "threads",
        lambda made: {
            "messages": [
                {"role": "user", "content": [{"type": "image_file", "image_file": {"file_id": made.file}}]},
            ]
        },
    ),
}
