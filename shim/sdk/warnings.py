"""The SDK's resources for the old API, without its deprecation warnings.

Every method of ``beta.assistants`` and ``beta.threads`` warns that the API is deprecated.  With the shim this warning
is not needed, so its clients' methods are without it; all other warnings remain.
"""

from functools import cache, cached_property
from typing import Any

#: Attributes of a resource that are resources themselves.
NESTED = ("assistants", "threads", "messages", "runs", "steps")

#: The warning, in both its wordings.  Other warnings (``use `stream` instead``) are not suppressed.
ADVICE = frozenset({"The Assistants API is deprecated in favor of the Responses API", "deprecated"})
#: The module of the wrapper of deprecated functions.
WARNERS = ("typing_extensions", "warnings", "_py_warnings")


def without_warnings(resource: Any) -> Any:
    """The same resource with a class whose methods do not warn, and the same for its sub-resources."""
    deprecated: Any = type(resource)
    if not hasattr(deprecated, "_quiet"):
        resource.__class__ = _silent_class(deprecated)
    return resource


def silence_client(client: Any) -> None:
    """The first SDKs create ``beta`` with the client: there its warnings are removed at once."""
    if "beta" in vars(client):
        without_warnings(vars(client)["beta"])


@cache
def _silent_class(deprecated: Any) -> type:
    changed: dict[str, Any] = {name: _nested(deprecated, name) for name in NESTED if hasattr(deprecated, name)}
    for name in dir(deprecated):
        method = getattr(deprecated, name)
        if getattr(method, "__deprecated__", None) in ADVICE:
            changed[name] = _unwarned(method)
    if "assistants" in changed and not hasattr(deprecated, "vector_stores"):
        # Their place in programs from before 2025.
        changed["vector_stores"] = property(lambda self: self._client.vector_stores)
    silent = type(deprecated.__name__, (deprecated,), changed | {"__module__": deprecated.__module__, "_quiet": True})
    for name, value in changed.items():
        if isinstance(value, cached_property):
            value.__set_name__(silent, name)
    return silent


def _unwarned(method: Any) -> Any:
    """The function within the innermost warning: in some methods the warning is within the check of the arguments."""
    unwrapped = method
    while wrapped := getattr(method, "__wrapped__", None):
        if method.__globals__["__name__"] in WARNERS:
            unwrapped = wrapped
        method = wrapped
    return unwrapped


def _nested(deprecated: type, name: str) -> "cached_property[Any]":
    value: Any = vars(deprecated)[name]
    return cached_property(lambda self: without_warnings(value.__get__(self, deprecated)))
