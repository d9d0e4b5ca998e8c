"""The SDK's resources for the old API, without its advice to leave it.

Every method of ``beta.assistants`` and ``beta.threads`` warns that the API is deprecated.  Our users have just done
something about that, so on our clients these methods come without the warning; all other warnings are kept.
"""

from functools import cache, cached_property
from typing import Any

#: Attributes of a resource that are resources themselves.
NESTED = ("assistants", "threads", "messages", "runs", "steps")

#: The advice, in both its wordings.  Other methods warn of other things (``use `stream` instead``), as they always did.
ADVICE = frozenset({"The Assistants API is deprecated in favor of the Responses API", "deprecated"})
#: Where the wrapper of a deprecated function comes from.
WARNERS = ("typing_extensions", "warnings", "_py_warnings")


def quiet(resource: Any) -> Any:
    """The same resource, of a class whose methods do not warn; what hangs below it, too."""
    loud: Any = type(resource)
    if not hasattr(loud, "_quiet"):
        resource.__class__ = _quiet_class(loud)
    return resource


def quiet_client(client: Any) -> None:
    """The first SDKs make ``beta`` with the client: there it is made quiet at once."""
    if "beta" in vars(client):
        quiet(vars(client)["beta"])


@cache
def _quiet_class(loud: Any) -> type:
    changed: dict[str, Any] = {name: _nested(loud, name) for name in NESTED if hasattr(loud, name)}
    for name in dir(loud):
        method = getattr(loud, name)
        if getattr(method, "__deprecated__", None) in ADVICE:
            changed[name] = _unwarned(method)
    if "assistants" in changed and not hasattr(loud, "vector_stores"):
        # Where programs of before 2025 look for them.
        changed["vector_stores"] = property(lambda self: self._client.vector_stores)
    made = type(loud.__name__, (loud,), changed | {"__module__": loud.__module__, "_quiet": True})
    for name, value in changed.items():
        if isinstance(value, cached_property):
            value.__set_name__(made, name)
    return made


def _unwarned(method: Any) -> Any:
    """What the innermost warning is wrapped around: in some methods it is within the check of the arguments."""
    found = method
    while wrapped := getattr(method, "__wrapped__", None):
        if method.__globals__["__name__"] in WARNERS:
            found = wrapped
        method = wrapped
    return found


def _nested(loud: type, name: str) -> "cached_property[Any]":
    found: Any = vars(loud)[name]
    return cached_property(lambda self: quiet(found.__get__(self, loud)))
