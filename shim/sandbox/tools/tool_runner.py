"""Runs the hosted tools of one response: their items, and the text of the answer about them."""

from collections.abc import Callable
from typing import Final

from shim.sandbox.memory.resources import Resources
from shim.sandbox.shapes.control_words import ToolCall
from shim.sandbox.shapes.plan import Draft, PlannedItem
from shim.sandbox.tools import coding, remote_tools, searching
from shim.sandbox.tools.task import Task
from shim.sandbox.tools.tools import called
from shim.wire.types import Json

#: By the name under which a message calls for them.
IMPLEMENTATIONS: Final[dict[str, Callable[[Task, Draft], list[PlannedItem]]]] = {
    "file_search": searching.file_search,
    "code_interpreter": coding.code_interpreter,
    "web_search": remote_tools.web_search,
    "image_generation": remote_tools.image_generation,
    "mcp": remote_tools.mcp,
}
#: Tools that are also called without being named, if the message has something for them.
_WITHOUT_NAME: Final[dict[str, Callable[[Task], bool]]] = {
    "file_search": searching.finds_anything,
    "code_interpreter": coding.has_arithmetic,
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
        body: Json,
        resources: Resources,
        reasoning: list[PlannedItem],
        think_again: bool,
    ) -> None:
        self.tools = tools
        self._question = question
        self._context = list(context)
        self._include = frozenset(body.get("include") or ())
        self._resources = resources
        self._reasoning = reasoning
        self._think_again = think_again
        self._calls_left = body.get("max_tool_calls")

    def run(self, call: ToolCall, control_words: frozenset[str], draft: Draft) -> list[PlannedItem]:
        """The items of one call; nothing if the response may make no more calls."""
        if self._calls_left is not None:
            if not self._calls_left:
                return []
            self._calls_left -= 1
        items = IMPLEMENTATIONS[call.name](self._task(call, control_words), draft)
        # The next call of this response shares its container.
        self._context += [{"type": piece.kind, **piece.item_fields} for piece in items]
        return [piece for each in items for piece in (each, *self._after(each))]

    def unnamed_calls(self, since: list[Json]) -> tuple[ToolCall, ...]:
        """Calls of tools that the message does not name; none, if a hosted tool was already called for it."""
        if any(called_by(item) in IMPLEMENTATIONS for item in since):
            return ()
        calls = [ToolCall(name) for name in _WITHOUT_NAME if name in self.tools]
        return tuple(each for each in calls if _WITHOUT_NAME[each.name](self._task(each, frozenset())))

    def tool_lists(self) -> list[PlannedItem]:
        """The list of an MCP server's tools, unless the conversation already contains it."""
        known = {item["server_label"] for item in self._context if item["type"] == "mcp_list_tools"}
        tool = self.tools.get("mcp")
        return [remote_tools.tool_list(tool)] if tool and tool["server_label"] not in known else []

    def approved(self, draft: Draft) -> list[PlannedItem] | None:
        """The calls that the input approves; nothing if it has no approvals."""
        approval_responses = [item for item in self._context[-1:] if item["type"] == "mcp_approval_response"]
        requests_by_id = {item["id"]: item for item in self._context if item["type"] == "mcp_approval_request"}
        if not approval_responses:
            return None
        approval_request = requests_by_id.get(approval_responses[0]["approval_request_id"])
        if approval_request is None or not approval_responses[0]["approve"]:
            draft.append("The call was not approved. ")
            return []
        return [
            remote_tools.successful_call(
                approval_request["server_label"], approval_request["arguments"], approval_request["id"], draft
            )
        ]

    def _after(self, item: PlannedItem) -> list[PlannedItem]:
        """The reasoning after a piece; none after a request for approval, which ends the response."""
        thinks = self._think_again or item.item_fields.get("error")
        return self._reasoning if thinks and item.kind != "mcp_approval_request" else []

    def _task(self, call: ToolCall, control_words: frozenset[str]) -> Task:
        tool = self.tools[call.name]
        return Task(call, tool, self._question, self._context, control_words, self._include, self._resources)


def offered(requested: list[Json], echoed: list[Json], names: set[str]) -> dict[str, Json]:
    """The hosted tools among ``names``, each with its request and its echo together."""
    wanted = names & IMPLEMENTATIONS.keys()
    pairs = zip(requested, echoed, strict=True)
    return {called(echo): {**tool, **echo} for tool, echo in pairs if called(echo) in wanted}


def called_by(item: Json) -> str:
    """The tool that an item came from."""
    return str(item["type"]).removesuffix("_call")
