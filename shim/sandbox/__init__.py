"""An offline Responses server that follows rules instead of a model: for the demo, for tests, for users' own tests.

It enforces the real API's conditions and is stricter where they differ, so that a mistake is an error and not a pass.
It knows `shim.wire` and nothing else of this project: it cannot inherit the mistakes of what is tested against it.
"""

from shim.sandbox.server import Received, Sandbox
from shim.sandbox.shapes.reply import Cut, Pause, SandboxReply

__all__ = ["Cut", "Pause", "Received", "Sandbox", "SandboxReply"]
