"""The second door: an HTTP server that speaks the Assistants API, for any language.  Needs the extra ``server``.

On a loopback address whoever reaches it is the one user there is.  For others it tells its callers apart, by their own
keys or by keys that it gives out, and nobody sees what is another's: see `shim.server.callers`.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shim.server.app import application

__all__ = ["application"]


def __getattr__(name: str) -> Any:
    """The application, with all that it loads, for whoever asks for it: a process that only watches others does not."""
    if name != "application":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from shim.server.app import application

    return application
