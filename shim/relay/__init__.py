"""One uninterrupted stream across all tool rounds; bodies for web frameworks."""

from shim.relay.bodies import AsyncBody, Body, to_data_stream, to_json_lines, to_sse
from shim.relay.rounds import RoundLimit
from shim.relay.stream import AsyncRunStream, RunStream, follow_run, stream_run
from shim.relay.tools import Call, Tool, tool_schema

__all__ = [
    "AsyncBody",
    "AsyncRunStream",
    "Body",
    "Call",
    "RoundLimit",
    "RunStream",
    "Tool",
    "follow_run",
    "stream_run",
    "to_data_stream",
    "to_json_lines",
    "to_sse",
    "tool_schema",
]
