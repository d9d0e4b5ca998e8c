"""A request for an operation, and the type of a table of routes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from shim.sandbox.shapes.multipart import Form
from shim.sandbox.shapes.query import Query
from shim.sandbox.shapes.reply import SandboxReply


@dataclass(frozen=True, slots=True)
class Asked:
    """``ids`` are those in the path, by the names in its pattern; ``form`` is there if the body was a form."""

    ids: Mapping[str, str]
    query: Query
    body: Any = None
    form: Form | None = None

    @property
    def name(self) -> str:
        """The first id in the path."""
        return self.ids["name"]

    @property
    def part(self) -> str:
        """The second."""
        return self.ids["part"]


#: Method, pattern of the path after the version prefix, operation.
Route = tuple[str, str, Callable[[Asked], SandboxReply]]
NAME: Final = r"(?P<name>[^/]+)"
PART: Final = r"(?P<part>[^/]+)"
