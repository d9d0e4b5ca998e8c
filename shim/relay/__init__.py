"""One uninterrupted stream across all tool rounds; bodies for web frameworks."""

from shim.relay.rounds import RoundLimit
from shim.relay.stream import AsyncRunStream, RunStream, stream_run
from shim.relay.tools import Call, Tool, tool_schema

__all__ = ["AsyncRunStream", "Call", "RoundLimit", "RunStream", "Tool", "stream_run", "tool_schema"]
