"""The second door: an HTTP server that speaks the Assistants API, for any language.  Needs the extra ``server``.

Whoever reaches it is the one tenant there is: every caller sees every assistant and thread.  His own Authorization
header goes with the upstream calls of his runs; it opens nothing here.
"""

from shim.server.app import application

__all__ = ["application"]
