"""Runs the hosted tools of one response: their items, and the text of the answer about them."""

from collections.abc import Callable
from typing import Final

from shim.sandbox.memory.resources import Resources
from shim.sandbox.shapes.plan import Draft, Piece
from shim.sandbox.shapes.words import Named
from shim.sandbox.tools import coding, remote_tools, searching
from shim.sandbox.tools.task import Task
from shim.sandbox.tools.tools import called
from shim.wire.types import Json

#: By the name under which a message calls for them.
WORKERS: Final[dict[str, Callable[[Task, Draft], list[Piece]]]] = {
    "file_search": searching.file_search,
    "code_interpreter": coding.code_interpreter,
    "web_search": remote_tools.web_search,
    "image_generation": remote_tools.image_generation,
    "mcp": remote_tools.mcp,
}
#: Tools that are also called without being named, if the message has something for them.
_UNASKED: Final[dict[str, Callable[[Task], bool]]] = {
    "file_search": searching.matches,
    "code_interpreter": coding.wanted,
}


class ToolRunner:
    """``tools`` are the hosted ones that may be called, by name.

    ``thought`` is the reasoning after a failed call, and with ``again`` after every call.
    """

    def __init__(
        self,
        tools: dict[str, Json],
        question: str,
        context: list[Json],
        request: Json,
        resources: Resources,
        thought: list[Piece],
        again: bool,
    ) -> None:
        self.tools = tools
        self._question = question
        self._context = list(context)
        self._include = frozenset(request.get("include") or ())
        self._resources = resources
        self._thought = thought
        self._again = again
        self._left = request.get("max_tool_calls")

    def do(self, call: Named, words: frozenset[str], draft: Draft) -> list[Piece]:
        """The items of one call; nothing if the response may make no more calls."""
        if self._left is not None:
            if not self._left:
                return []
            self._left -= 1
        made = WORKERS[call.name](self._task(call, words), draft)
        # The next call of this response shares its container.
        self._context += [{"type": piece.kind, **piece.made} for piece in made]
        return [piece for each in made for piece in (each, *self._after(each))]

    def unasked(self, since: list[Json]) -> tuple[Named, ...]:
        """Calls of tools that the message does not name; none, if a hosted tool was already called for it."""
        if any(called_by(item) in WORKERS for item in since):
            return ()
        found = [Named(name) for name in _UNASKED if name in self.tools]
        return tuple(each for each in found if _UNASKED[each.name](self._task(each, frozenset())))

    def lists(self) -> list[Piece]:
        """The list of an MCP server's tools, unless the conversation already contains it."""
        known = {item["server_label"] for item in self._context if item["type"] == "mcp_list_tools"}
        tool = self.tools.get("mcp")
        return [remote_tools.listed(tool)] if tool and tool["server_label"] not in known else []

    def approved(self, draft: Draft) -> list[Piece] | None:
        """The calls that the input approves; nothing if it has no approvals."""
        verdicts = [item for item in self._context[-1:] if item["type"] == "mcp_approval_response"]
        asked = {item["id"]: item for item in self._context if item["type"] == "mcp_approval_request"}
        if not verdicts:
            return None
        request = asked.get(verdicts[0]["approval_request_id"])
        if request is None or not verdicts[0]["approve"]:
            draft.write("The call was not approved. ")
            return []
        return [remote_tools.answered(request["server_label"], request["arguments"], request["id"], draft)]

    def _after(self, piece: Piece) -> list[Piece]:
        """The reasoning after a piece; none after a request for approval, which ends the response."""
        thinks = self._again or piece.made.get("error")
        return self._thought if thinks and piece.kind != "mcp_approval_request" else []

    def _task(self, call: Named, words: frozenset[str]) -> Task:
        tool = self.tools[call.name]
        return Task(call, tool, self._question, self._context, words, self._include, self._resources)


def offered(requested: list[Json], echoed: list[Json], names: set[str]) -> dict[str, Json]:
    """The hosted tools among ``names``, each with its request and its echo together."""
    wanted = names & WORKERS.keys()
    pairs = zip(requested, echoed, strict=True)
    return {called(echo): {**given, **echo} for given, echo in pairs if called(echo) in wanted}


def called_by(item: Json) -> str:
    """The tool that an item came from."""
    return str(item["type"]).removesuffix("_call")
