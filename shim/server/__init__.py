"""The second door: an HTTP server that speaks the Assistants API, for any language.  Needs the extra ``server``.

On a loopback address whoever reaches it is the one user there is.  For others it tells its callers apart, by their own
keys or by keys that it gives out, and nobody sees what is another's: see `shim.server.callers`.
"""

from shim.server.app import application

__all__ = ["application"]
