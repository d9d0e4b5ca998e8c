"""The input of a hosted tool's call."""

from dataclasses import dataclass
from typing import Any

from shim.sandbox.memory.resources import Resources
from shim.sandbox.shapes.control_words import ToolCall
from shim.wire.types import Json


@dataclass(frozen=True, slots=True)
class Task:
    """``question`` is the user's message without words and names; ``include`` the request's field of that name."""

    call: ToolCall
    tool: Json
    question: str
    context: list[Json]
    control_words: frozenset[str]
    include: frozenset[str]
    resources: Resources

    def argument(self, name: str, default: Any) -> Any:
        """An argument of the call, if it has the type of the default."""
        value = (self.call.arguments or {}).get(name)
        return value if type(value) is type(default) else default
