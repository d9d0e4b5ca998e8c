"""Reads ChatGPT's data export, ``conversations.json``: each conversation is a tree of messages, ``mapping``.

Only the branch that its user saw last becomes a thread; ids are not of the API's form.  Source of the format: files
that were exported in 2024 to 2026.
"""

from collections.abc import Iterator
from typing import Any, Final

from shim.migrate.imports.objects_read import Hint, Inner, ReadObject
from shim.wire.types import Json

#: Roles of messages that are not imported: instructions, and outputs of tools.
_UNSEEN: Final = ("system", "tool")


def fits(value: Json, hint: Hint) -> bool:
    return isinstance(value.get("mapping"), dict)


def read(value: Json, hint: Hint, inner: Inner) -> Iterator[ReadObject]:
    """The thread, and the messages from its root to the one that was shown last."""
    thread_id = str(value.get("conversation_id") or value.get("id") or "")
    hint = hint.at(thread_id=thread_id or None)
    title = {"title": value["title"]} if isinstance(value.get("title"), str) else {}
    nodes = value["mapping"]
    branch = _branch(nodes, value.get("current_node"))
    left = sum(1 for name, node in nodes.items() if name not in branch and _message_of(node) is not None)
    dropped = (("branch", f"{left} messages of {thread_id}"),) if left else ()
    yield ReadObject(
        "thread", {"id": thread_id, "created_at": value.get("create_time"), "metadata": title}, hint, dropped
    )
    for name in branch:
        message = _message_of(nodes[name])
        if message is not None:
            yield _message(name, message, hint)


def _branch(nodes: Json, last: Any) -> dict[str, None]:
    """The names of the nodes from the root to the last one."""
    names: list[str] = []
    current = last if isinstance(last, str) and last in nodes else next(reversed(nodes), None)
    while isinstance(current, str) and current in nodes and current not in names:
        names.append(current)
        node = nodes[current]
        current = node.get("parent") if isinstance(node, dict) else None
    return dict.fromkeys(reversed(names))


def _message_of(node: Any) -> Json | None:
    """The message of a node, if it is a user's or an assistant's."""
    message = node.get("message") if isinstance(node, dict) else None
    author = message.get("author") if isinstance(message, dict) else None
    if not isinstance(message, dict) or not isinstance(author, dict) or author.get("role") in _UNSEEN:
        return None
    return message if _parts(message) else None


def _parts(message: Json) -> list[Any]:
    content = message.get("content")
    if not isinstance(content, dict):
        return []
    parts = content.get("parts")
    if not isinstance(parts, list):
        parts = [content["text"]] if isinstance(content.get("text"), str) else []
    return [part for part in parts if part not in ("", None)]


def _message(name: str, message: Json, hint: Hint) -> ReadObject:
    body = {
        "id": message.get("id") or name,
        "role": message["author"].get("role"),
        "created_at": message.get("create_time"),
        "content": [part if isinstance(part, str) else {"type": _kind(part)} for part in _parts(message)],
    }
    return ReadObject("message", body, hint)


def _kind(part: Any) -> str:
    """The kind of a part that is no text, for the report: pictures are separate files with other names."""
    return str(part.get("content_type")) if isinstance(part, dict) else type(part).__name__
