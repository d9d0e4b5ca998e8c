"""The other hosted tools: web search, image generation and MCP servers.  Their results are invented."""

import base64
import json
from typing import Final
from urllib.parse import quote

from shim.sandbox.shapes.plan import Draft, PlannedItem
from shim.sandbox.tools import png
from shim.sandbox.tools.task import Task
from shim.wire.types import Json

HOST: Final = "example.com"
#: The values for ``auto``.
_PICTURE: Final = {"background": "opaque", "quality": "high", "size": "1024x1024"}


def web_search(task: Task, draft: Draft) -> list[PlannedItem]:
    query = task.argument("query", task.question)
    urls = [f"https://{HOST}/{number}/{quote(query[:40])}?utm_source=openai" for number in _numbers(task)]
    action: Json = {"type": "search", "queries": [query], "query": query}
    if "web_search_call.action.sources" in task.include:
        action["sources"] = [{"type": "url", "url": url} for url in urls]
    for number, url in enumerate(urls, 1):
        _report(task, draft, f"Page {number} on {query[:40]}", url)
    return [PlannedItem("web_search_call", item_fields={"action": action})]


def _numbers(task: Task) -> range:
    return range(1, 1 + max(1, min(20, task.argument("results", 1))))


def _report(task: Task, draft: Draft, title: str, url: str) -> None:
    """A sentence with its source in brackets, which the citation covers."""
    draft.append(f"{title} was found ")
    if "uncited" not in task.control_words:
        start, end = draft.append(f"([{HOST}]({url}))")
        draft.mark({"type": "url_citation", "end_index": end, "start_index": start, "title": title, "url": url})
    draft.append(". ")


def image_generation(task: Task, draft: Draft) -> list[PlannedItem]:
    """An image; its partial images are its pieces, and each is a whole image."""
    prompt = task.argument("prompt", task.question)
    tool = {name: _PICTURE[name] if task.tool[name] == "auto" else task.tool[name] for name in _PICTURE}
    picture = base64.b64encode(png.encode(prompt)).decode()
    shown = {**tool, "output_format": task.tool["output_format"]}
    item_fields = {**shown, "result": picture, "revised_prompt": f"A square in the colour of: {prompt}"}
    draft.append("I made a picture. ")
    return [
        PlannedItem(
            "image_generation_call", (picture,) * (task.tool.get("partial_images") or 0), item_fields=item_fields
        )
    ]


#: The one tool of every simulated server.
ECHO: Final[Json] = {
    "annotations": {"read_only": False},
    "description": "Says what it was told.",
    "input_schema": {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {"text": {"type": "string"}},
        "required": ["text"],
        "additionalProperties": False,
    },
    "name": "echo",
}


def mcp(task: Task, draft: Draft) -> list[PlannedItem]:
    """A call, or a request for approval, which ends the response."""
    arguments = task.call.arguments if task.call.arguments is not None else {"text": task.question}
    text = json.dumps(arguments, ensure_ascii=False, separators=(",", ":"))
    label = task.tool["server_label"]
    if not _needs_no_approval(task.tool):
        return [PlannedItem("mcp_approval_request", (text,), item_fields={"name": "echo", "server_label": label})]
    failed = [_call(label, text, None, failed=True)] if "mcp-fails" in task.control_words else []
    return [*failed, successful_call(label, text, None, draft)]


def successful_call(label: str, arguments: str, approval: str | None, draft: Draft) -> PlannedItem:
    """A successful call."""
    draft.append(f"{label} answered {arguments}. ")
    return _call(label, arguments, approval, failed=False)


def tool_list(tool: Json) -> PlannedItem:
    """The server's list of tools, which comes first, once in a conversation."""
    return PlannedItem("mcp_list_tools", item_fields={"server_label": tool["server_label"], "tools": [ECHO]})


def _needs_no_approval(tool: Json) -> bool:
    required = tool["require_approval"]
    return required == "never" or (
        isinstance(required, dict) and "echo" in (required.get("never") or {}).get("tool_names", [])
    )


def _call(label: str, arguments: str, approval: str | None, failed: bool) -> PlannedItem:
    item_fields = {
        "approval_request_id": approval,
        "error": {"type": "http_error", "code": 424, "message": "424: "} if failed else None,
        "name": "echo",
        "output": None if failed else arguments,
        "server_label": label,
    }
    return PlannedItem("mcp_call", (arguments,), item_fields=item_fields)
