"""The items of hosted tools in the form in which a request may send them again, and the prefixes of their ids."""

from typing import Final

from shim.sandbox.shapes.fields import Check, anything, array, boolean, nullable, record, string

PREFIX: Final[dict[str, str]] = {
    "file_search_call": "fs",
    "code_interpreter_call": "ci",
    "web_search_call": "ws",
    "image_generation_call": "ig",
    "mcp_list_tools": "mcpl",
    "mcp_call": "mcp",
    "mcp_approval_request": "mcpr",
    "mcp_approval_response": "mcpr",
}

_NAME: Final = {"name": string(empty=False), "server_label": string(empty=False)}
CHECKS: Final[dict[str, Check]] = {
    "file_search_call": record(
        {
            "type": string(),
            "id": string(prefix="fs_"),
            "status": anything,
            "queries": array(string()),
            "results": nullable(array(anything)),
        },
        "id",
        "queries",
    ),
    "code_interpreter_call": record(
        {
            "type": string(),
            "id": string(prefix="ci_"),
            "status": anything,
            "code": nullable(string()),
            "container_id": string(prefix="cntr_"),
            "outputs": nullable(array(anything)),
        },
        "id",
        "container_id",
    ),
    "web_search_call": record(
        {"type": string(), "id": string(prefix="ws_"), "status": anything, "action": anything}, "id"
    ),
    "image_generation_call": record(
        {
            **dict.fromkeys(("background", "output_format", "quality", "size", "revised_prompt"), nullable(string())),
            "type": string(),
            "id": string(prefix="ig_"),
            "status": anything,
            "result": nullable(string()),
        },
        "id",
    ),
    "mcp_list_tools": record(
        {
            "type": string(),
            "id": string(prefix="mcpl_"),
            "server_label": string(),
            "tools": array(anything),
            "error": anything,
        },
        "id",
        "server_label",
        "tools",
    ),
    "mcp_call": record(
        {
            "type": string(),
            "id": string(prefix="mcp_"),
            **_NAME,
            "arguments": string(),
            "approval_request_id": nullable(string()),
            "error": anything,
            "output": nullable(string()),
            "status": anything,
        },
        "id",
        *_NAME,
        "arguments",
    ),
    "mcp_approval_request": record(
        {"type": string(), "id": string(prefix="mcpr_"), **_NAME, "arguments": string()}, "id", *_NAME, "arguments"
    ),
    "mcp_approval_response": record(
        {
            "type": string(),
            "id": nullable(string()),
            "approval_request_id": string(prefix="mcpr_"),
            "approve": boolean,
            "reason": nullable(string()),
        },
        "approval_request_id",
        "approve",
    ),
}
