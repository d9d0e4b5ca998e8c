"""The errors of the Chat Completions API for mistakes that a translation could make."""

import json
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
FIELDS = {
    "model",
    "messages",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "temperature",
    "top_p",
    "max_tokens",
    "max_completion_tokens",
    "reasoning_effort",
    "response_format",
    "stream",
    "stream_options",
}
#: Fields of a message by its role.
MESSAGES = {
    "system": {"role", "content"},
    "developer": {"role", "content"},
    "user": {"role", "content"},
    "assistant": {"role", "content", "tool_calls", "refusal"},
    "tool": {"role", "content", "tool_call_id"},
}
PARTS = {"text": "text", "image_url": "image_url"}


def fault(body: Json) -> str:
    """The first error in a request, or an empty text."""
    return next(_faults(body), "")


def _faults(body: Json) -> Iterator[str]:
    yield from (f"Unrecognized request argument supplied: {name}" for name in body.keys() - FIELDS)
    if not body.get("model") or not body.get("messages"):
        yield "you must provide a model and messages"
    for tool in body.get("tools", ()):
        yield from _tool(tool)
    if body.get("tools") == []:
        yield "[] is too short - 'tools'"
    if "tool_choice" in body and "tools" not in body:
        yield "'tool_choice' is only allowed when 'tools' are specified."
    for place, message in enumerate(body["messages"]):
        yield from (f"messages[{place}]: {each}" for each in _message(message))
    yield from _answers(body["messages"])


def _tool(tool: Json) -> Iterator[str]:
    if tool.keys() != {"type", "function"} or tool["type"] != "function" or not tool["function"].get("name"):
        yield f"Invalid tool: {tool}"


def _message(message: Json) -> Iterator[str]:
    known = MESSAGES.get(message.get("role", ""))
    if known is None:
        yield f"Invalid value: {message.get('role')!r}"
        return
    yield from (f"Additional properties are not allowed ({name!r})" for name in message.keys() - known)
    content = message.get("content")
    if content is None and not message.get("tool_calls"):
        yield "content is missing"
    for part in content if isinstance(content, list) else ():
        if part.get("type") not in PARTS or part.keys() != {"type", PARTS[part["type"]]}:
            yield f"Invalid content part: {part}"
    if "tool_calls" in message and not message["tool_calls"]:
        yield "[] is too short - 'tool_calls'"
    for call in message.get("tool_calls", ()):
        try:
            json.loads(call["function"]["arguments"])
        except ValueError:
            yield f"arguments are no JSON: {call}"


def _answers(messages: list[Json]) -> Iterator[str]:
    """Each call is answered by exactly one message with the role ``tool``, directly after it."""
    waiting: list[str] = []
    for message in messages:
        if message["role"] == "tool":
            if message["tool_call_id"] not in waiting:
                yield "messages with role 'tool' must be a response to a preceding message with 'tool_calls'."
                return
            waiting.remove(message["tool_call_id"])
        elif waiting:
            break
        waiting += [call["id"] for call in message.get("tool_calls", ())]
    if waiting:
        yield f"An assistant message with 'tool_calls' must be followed by tool messages. Missing: {waiting}"
