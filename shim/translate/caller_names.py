"""Translates field names in upstream's errors to those of the caller's request, by FIELDS and TOOLS.

Upstream names fields of the request that the shim has sent (``text.format.schema``).  The caller has sent another one
(``response_format.json_schema.schema``), and can correct only that.  A field without a counterpart in the caller's
request keeps upstream's name, and the message says that it is upstream's.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from shim.translate.fields import FIELDS, MESSAGE, OURS, OUTPUT, PARTS
from shim.translate.tools import TOOLS
from shim.wire.types import Json

Step = str | int

#: Upstream's path: the caller's.  A path that ends in ``*`` also stands for all paths below it.
BACK: Final[dict[str, str]] = {path: own for handling in FIELDS.values() for path, own in handling.back.items()}
#: The same within a message.
IN_MESSAGE: Final[dict[str, str]] = {path: own for handling in MESSAGE.values() for path, own in handling.back.items()}
#: The caller's fields that are sent to upstream in some form.
OWN: Final = frozenset(name for name, handling in FIELDS.items() if handling.kind != "kept")
#: Every field that the shim sends.
SENT: Final = sorted({name for handling in FIELDS.values() for name in handling.to} | OURS.keys())
_STEP: Final = re.compile(r"\[(\d+)\]|([^.\[\]]+)")
#: A field's name within a text, and the rest of its path.
_FIELD_NAME: Final = re.compile(rf"(?<![\w.\-/\[])(?:body\.)?(?:{'|'.join(SENT)})(?:\.\w+|\[\d+\])*(?![\w\[])")
#: Names that are also ordinary words, and the text that must stand before them if they are names.
_ORDINARY_WORDS: Final = frozenset({"text", "reasoning", "truncation", "input", "include", "store", "stream"})
_BEFORE: Final = re.compile(r"(?i)\b(parameter|argument|field|property|key|value|invalid|for)s?\W{1,3}$")


def _steps(path: str) -> list[Step]:
    """``a[1].b`` and ``a.1.b`` as a, 1, b."""
    steps = [int(number or name) if (number or name).isdecimal() else name for number, name in _STEP.findall(path)]
    return steps[1:] if steps[:1] == ["body"] else steps


def _written(steps: list[Step]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")


def _path_of(rows: Mapping[str, str], steps: list[Step]) -> str | None:
    """The caller's path according to the most specific row."""
    if (caller_path := rows.get(_written(steps))) is not None:
        return caller_path
    for cut in range(len(steps), -1, -1):
        if (caller_path := rows.get(_written(steps[:cut]) + "*")) is not None:
            return _joined(caller_path.removesuffix("*"), _written(steps[cut:]))
    return None


def _joined(*paths: str) -> str:
    return "".join(path if path.startswith("[") else f".{path}" for path in paths if path).removeprefix(".")


@dataclass(frozen=True, slots=True)
class Names:
    """``run``: its tools were sent.  ``caller_body``: the caller's request.  ``body``: the request to upstream."""

    run: Json = field(default_factory=dict)
    caller_body: Json = field(default_factory=dict)
    body: Json = field(default_factory=dict)

    def path(self, path: str) -> str | None:
        """The caller's name of a field that upstream names; None if the caller has sent no such field."""
        steps = _steps(path)
        match steps:
            case ["tools", int(position), *rest]:
                return self._of_tool(position, rest)
            case ["input", int(position), *rest]:
                return self._of_item(position, rest)
        if (caller_path := _path_of(BACK, steps)) is not None:
            return caller_path
        # Servers in front of Chat Completions use its names, which are the caller's, too.
        return _written(steps) if steps and steps[0] in OWN else None

    def message(self, message: str, param: str | None = None) -> str:
        """A message of upstream's with the caller's names; if it names a field that the caller has not sent, it says
        that the name is upstream's.
        """
        foreign = [] if param is None or self.path(param) is not None else [param]

        def replaced(match: re.Match[str]) -> str:
            name, before = match[0], message[: match.start()]
            if name in _ORDINARY_WORDS and not (
                before[-1:] in ("'", '"', "`") and (name == param or _BEFORE.search(before))
            ):
                return name
            if (caller_name := self.path(name)) is None and "[" in name and param is None:
                foreign.append(name)
            return name if caller_name is None else caller_name

        renamed = _FIELD_NAME.sub(replaced, message)
        return renamed + (f" ({self._note(foreign[0])})" if foreign else "")

    def _note(self, name: str) -> str:
        match _steps(name):
            case ["input", int(position), *_] if position < len(self.body.get("input") or []):
                kind = self.body["input"][position].get("type", "message").replace("_", " ")
                return f"{name!r} is upstream's name for an earlier {kind} of the thread"
        return f"{name!r} is upstream's name, for a field that the shim sends"

    def _of_tool(self, position: int, rest: list[Step]) -> str | None:
        """Upstream may have been sent fewer tools than the run has."""
        tools, sent = self.run.get("tools") or [], self.body.get("tools") or []
        kinds = {tool.get("type") for tool in sent}
        positions = [number for number, tool in enumerate(tools) if not sent or tool["type"] in kinds]
        if position >= len(positions):
            return None
        tool, tool_path = tools[positions[position]], f"tools[{positions[position]}]"
        caller_path = _path_of(TOOLS[tool["type"]].back, rest) if rest else ""
        if caller_path is None:
            return _joined(tool_path, _written(rest)) if rest[0] == tool["type"] else None
        return caller_path.removeprefix("/") if caller_path.startswith("/") else _joined(tool_path, caller_path)

    def _of_item(self, position: int, rest: list[Step]) -> str | None:
        """The last items of the input are those of the caller's own request."""
        items = self.body.get("input") or []
        if len(items) == 1 and position == 0 and items[0].get("role") == "developer":
            return "instructions"
        if (outputs := self.caller_body.get("tool_outputs")) is not None:
            return self._of_output(position - len(items) + len(outputs), position, rest)
        messages = self._messages()
        position += len(messages) - len(items)
        if not 0 <= position < len(messages):
            return None
        message_path, message = messages[position]
        caller_path = _in_message(message, rest)
        return None if caller_path is None else _joined(message_path, caller_path)

    def _of_output(self, index: int, position: int, rest: list[Step]) -> str | None:
        if index < 0 or position >= len(self.body["input"]):
            return None
        item = self.body["input"][position]
        ids = [item.get("call_id"), item.get("approval_request_id")]
        for number, output in enumerate(self.caller_body["tool_outputs"]):
            if output.get("tool_call_id") in ids:
                caller_path = _path_of(OUTPUT, rest) if rest else ""
                return None if caller_path is None else _joined(f"tool_outputs[{number}]", caller_path)
        return None

    def _messages(self) -> list[tuple[str, Json]]:
        """The messages in the caller's request that are sent, each with its path."""
        thread = (self.caller_body.get("thread") or {}).get("messages") or []
        added = self.caller_body.get("additional_messages") or []
        lists = [("thread.messages", thread), ("additional_messages", added)]
        return [
            (f"{name}[{number}]", message)
            for name, messages in lists
            for number, message in enumerate(messages)
            if message["role"] == "user" or _parts(message)
        ]


def _parts(message: Json) -> list[int]:
    """The positions of the parts that are sent: of an assistant's message, only the texts that are not empty."""
    content = message["content"]
    parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
    return [position for position, part in enumerate(parts) if message["role"] == "user" or part.get("text")]


def _in_message(message: Json, rest: list[Step]) -> str | None:
    match rest:
        case ["content", int(position), *below]:
            content, positions = message["content"], _parts(message)
            if isinstance(content, str):
                return "content"
            if position >= len(positions):
                return None
            caller_path = _path_of(PARTS[content[positions[position]]["type"]], below) if below else ""
            return None if caller_path is None else _joined(f"content[{positions[position]}]", caller_path)
    return _path_of(IN_MESSAGE, rest) if rest else ""
