"""Calls of tools that Assistants never had, in the most similar form that the old API has.

A step of the old API has three kinds of call.  These become calls of a function that already have an output: name,
arguments as JSON, output.  They never wait for outputs and are never in a required action.
"""

from collections.abc import Callable, Iterator
from typing import Final

from shim.translate import calls
from shim.translate.turn import STEP_OPENS, Emitted, GeneratedFile, Turn, emits
from shim.wire.encoding import dumps
from shim.wire.passed_on import WEB_SEARCH
from shim.wire.types import Json

#: Upstream's item: the tools of a run that may cause it.
CAUSED_BY: Final[dict[str, tuple[str, ...]]] = {
    "web_search_call": WEB_SEARCH,
    "mcp_list_tools": ("mcp",),
    "mcp_call": ("mcp",),
    "image_generation_call": ("image_generation",),
    "mcp_approval_request": ("mcp",),
}


def has_tool_for(run: Json, kind: str) -> bool:
    """Whether the run has a tool that may cause such an item."""
    return any(tool["type"] in CAUSED_BY.get(kind, ()) for tool in run["tools"])


@emits(*STEP_OPENS, "thread.run.step.delta")
def emit_call(turn: Turn, event: Json) -> Iterator[Emitted]:
    """Such a call has ended: emit its whole step; nothing if the run has no such tool."""
    item = event["item"]
    if not has_tool_for(turn.run, item["type"]):
        return
    name, arguments, output = CALLS[item["type"]](turn, item)
    function = {"name": name, "arguments": dumps(arguments), "output": output}
    yield from calls.open_hosted(turn, event, {"id": turn.new_id("call"), "type": "function", "function": function})
    yield from calls.complete(turn, turn.items[event["known"].key])


#: The function whose output is the application's approval.
APPROVAL: Final = "mcp_approval_request"


@emits(*STEP_OPENS, "thread.run.step.delta")
def request_approval(turn: Turn, event: Json) -> Iterator[Emitted]:
    """A call of a server's tool needs an approval: the run requires it like a function's output."""
    item = event["item"]
    if not has_tool_for(turn.run, item["type"]):
        return
    wanted = {name: item.get(name) for name in ("server_label", "name", "arguments")}
    call = {"id": item.get("id"), "name": APPROVAL, "arguments": dumps(wanted)}
    as_call = event | {"item": {"type": "function_call"} | call}
    yield from calls.open_call(turn, as_call)
    yield from calls.close_call(turn, as_call)


def approval_requests(run: Json) -> dict[str, str]:
    """Ids of the calls in a run's required action that request an approval; calls of a function with the same name are
    not among them.
    """
    own = {tool["function"]["name"] for tool in run["tools"] if tool["type"] == "function"}
    waiting = run["required_action"]["submit_tool_outputs"]["tool_calls"] if APPROVAL not in own else []
    return {call["id"]: APPROVAL for call in waiting if call["function"]["name"] == APPROVAL}


def _web_search(turn: Turn, item: Json) -> tuple[str, Json, str]:
    return "web_search", item.get("action") or {}, item.get("status") or "completed"


def _list_tools(turn: Turn, item: Json) -> tuple[str, Json, str]:
    names = {"tools": [tool.get("name") for tool in item.get("tools") or []]}
    return "mcp_list_tools", {"server_label": item.get("server_label")}, item.get("error") or dumps(names)


def _mcp_call(turn: Turn, item: Json) -> tuple[str, Json, str]:
    has_tool_for = {"server_label": item.get("server_label"), "arguments": item.get("arguments")}
    output = item.get("output")
    return (
        item.get("name") or "mcp_call",
        has_tool_for,
        output if output is not None else dumps({"error": item.get("error")}),
    )


def _image(turn: Turn, item: Json) -> tuple[str, Json, str]:
    """The picture is stored under an id, and the next message shows it, like a plot."""
    file_id = turn.new_id("cfile")
    if data := item.get("result"):
        turn.images.append(file_id)
        kind = item.get("output_format") or "png"
        turn.generated_files.append(
            GeneratedFile(file_id, f"{file_id}.{kind}", data=f"data:image/{kind};base64,{data}")
        )
    return "image_generation", {"prompt": item.get("revised_prompt")}, file_id


#: Upstream's item: the function's name, its arguments, its output.
CALLS: Final[dict[str, Callable[[Turn, Json], tuple[str, Json, str]]]] = {
    "web_search_call": _web_search,
    "mcp_list_tools": _list_tools,
    "mcp_call": _mcp_call,
    "image_generation_call": _image,
}
