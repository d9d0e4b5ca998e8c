"""The second door: an HTTP server that speaks the Assistants API, for any language.  Needs the extra ``server``.

On a loopback address all callers are one user.  For other addresses it identifies its callers, by their own keys or by
keys that it issues, and no tenant sees another tenant's objects: see `shim.server.callers`.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shim.server.app import application

__all__ = ["application"]


def __getattr__(name: str) -> Any:
    """Load the application only when it is used: a process that only supervises workers does not need it."""
    if name != "application":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from shim.server.app import application

    return application
