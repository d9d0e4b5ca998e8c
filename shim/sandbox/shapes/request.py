"""A request for an operation, and the type of a table of routes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from shim.sandbox.shapes.multipart import Form
from shim.sandbox.shapes.query import Query
from shim.sandbox.shapes.reply import SandboxReply


@dataclass(frozen=True, slots=True)
class Request:
    """``ids`` are those in the path, by the names in its pattern; ``form`` is there if the body was a form."""

    ids: Mapping[str, str]
    query: Query
    body: Any = None
    form: Form | None = None

    @property
    def resource_id(self) -> str:
        """The first id in the path."""
        return self.ids["resource_id"]

    @property
    def child_id(self) -> str:
        """The second."""
        return self.ids["child_id"]


#: Method, pattern of the path after the version prefix, operation.
Route = tuple[str, str, Callable[[Request], SandboxReply]]
RESOURCE_ID: Final = r"(?P<resource_id>[^/]+)"
CHILD_ID: Final = r"(?P<child_id>[^/]+)"
