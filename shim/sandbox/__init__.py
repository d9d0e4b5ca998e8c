"""An offline Responses server that follows rules instead of a model: for the demo, for tests, for users' own tests.

It enforces the real API's conditions, and is stricter where these are uncertain, so that a mistake of a program becomes
an error.  It imports nothing of this project but `shim.wire`, so that it cannot share the bugs of the code that is
tested with it.
"""

from shim.sandbox.server import Received, Sandbox
from shim.sandbox.shapes.reply import Cut, Pause, SandboxReply

__all__ = ["Cut", "Pause", "Received", "Sandbox", "SandboxReply"]
