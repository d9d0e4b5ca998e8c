"""``import shim as openai``: the module-level client, and the module's settings.

``shim.api_key = ...`` sets `openai`'s, and ``shim.beta`` is that of a client of ours with the same settings; every
other resource is `openai`'s own.
"""

import copy
import sys
import types
from typing import Any, Final

import openai

from shim.assembly.wiring import wire, with_key
from shim.sdk.warnings import quiet

#: What a program sets on the module to set up its client.
SETTINGS: Final = frozenset(
    {
        "admin_api_key",
        "api_key",
        "api_type",
        "api_version",
        "azure_ad_token",
        "azure_ad_token_provider",
        "azure_endpoint",
        "base_url",
        "default_headers",
        "default_query",
        "http_client",
        "max_retries",
        "organization",
        "project",
        "timeout",
        "webhook_secret",
    }
)


class _Module(types.ModuleType):
    """The package as a module that hands its settings on."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name in SETTINGS:
            setattr(openai, name, value)
        else:
            super().__setattr__(name, value)


class _Beta:
    """``shim.beta``.  The client is made when something of it is used, as the program may not have set it up before."""

    def __getattr__(self, name: str) -> Any:
        return getattr(_client().beta, name)


beta: Final = _Beta()
_made: dict[str, Any] = {}


def take_over(name: str) -> None:
    """Make the package of that name hand settings on."""
    sys.modules[name].__class__ = _Module


def _client() -> Any:
    """A client of ours beside `openai`'s module-level one, which knows whether the settings mean Azure."""
    if key := with_key({"api_key": openai.api_key}).get("api_key"):
        openai.api_key = key
    theirs: Any = openai._load_client()
    if _made.get("theirs") is not theirs:
        _made.update(theirs=theirs, ours=_beside(theirs))
    return _made["ours"]


class _Held:
    """An HTTP client that belongs to one client and not, as in `openai`, to the module."""

    def __get__(self, client: Any, _kind: Any = None) -> Any:
        return vars(client)["_held"]

    def __set__(self, client: Any, value: Any) -> None:
        vars(client)["_held"] = value


def _beside(theirs: Any) -> Any:
    kind: Any = type("ModuleClient", (type(theirs),), {"_client": _Held()})
    ours = object.__new__(kind)
    vars(ours).update(copy.copy(vars(theirs)))
    ours._client = theirs._client
    wire(ours)
    vars(ours)["beta"] = quiet(type(theirs.beta)(ours))
    return ours
