"""``import shim as openai``: the module-level client, and the module's settings.

``shim.api_key = ...`` sets `openai`'s, and ``shim.beta``, ``shim.files`` and every other resource are those of one of
the shim's clients with the same settings.  The lists of settings and resources are read from the installed SDK.
"""

import sys
import types
from functools import cached_property
from typing import Any, Final

import openai
from openai._resource import SyncAPIResource
from openai._utils import LazyProxy

from shim.sdk.warnings import without_warnings

#: Names that a program sets on the module to configure its client.
SETTINGS: Final = frozenset(name for name in openai.__annotations__ if not name.startswith("_"))


class _Module(types.ModuleType):
    """The package as a module that passes its settings on to `openai`."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name in SETTINGS:
            setattr(openai, name, value)
        else:
            super().__setattr__(name, value)


class _Resource(LazyProxy[Any]):
    """A resource of the module-level client.  The client is made when the resource is first used, as the program may
    configure it before that.
    """

    def __init__(self, name: str) -> None:
        self._shim_name = name

    def __load__(self) -> Any:
        return getattr(_client(), self._shim_name)


_clients: dict[str, Any] = {}


def resources() -> dict[str, Any]:
    """A resource of the shim's client for each one of `openai`'s module-level client."""
    known = {*dir(openai.OpenAI), *openai.OpenAI.__annotations__}
    # Reading a proxy's class would make the client.
    proxies = [name for name, value in vars(openai).items() if issubclass(type(value), LazyProxy)]
    return {name: _Resource(name) for name in proxies if name in known}


def take_over(name: str) -> None:
    """Make the package of that name pass settings on."""
    sys.modules[name].__class__ = _Module


def _client() -> Any:
    """The shim's client with the settings of `openai`'s module-level one, which decides whether they mean Azure."""
    from shim.assembly.wiring import with_key

    if key := with_key({"api_key": openai.api_key}).get("api_key"):
        openai.api_key = key
    module_client: Any = openai._load_client()
    if _clients.get("theirs") is not module_client:
        _clients.update(theirs=module_client, ours=_beside(module_client))
    return _clients["ours"]


class _Held:
    """A client attribute that belongs to the client and not, as in `openai`, to the module."""

    def __get__(self, client: Any, _kind: Any = None) -> Any:
        return vars(client)["_held"]

    def __set__(self, client: Any, value: Any) -> None:
        vars(client)["_held"] = value


def _beside(module_client: Any) -> Any:
    from shim.assembly.wiring import wire

    kind: Any = type("ModuleClient", (type(module_client),), {"_client": _Held()})
    shim_client = object.__new__(kind)
    vars(shim_client).update(
        {
            name: _of(shim_client, value)
            for name, value in vars(module_client).items()
            if not _cached(module_client, name)
        }
    )
    shim_client._client = module_client._client
    wire(shim_client)
    vars(shim_client)["beta"] = without_warnings(type(module_client.beta)(shim_client))
    if hasattr(module_client, "responses"):  # since openai 1.66
        from shim.sdk.submission import with_submission

        vars(shim_client)["responses"] = with_submission(type(module_client.responses)(shim_client))
    return shim_client


def _cached(client: Any, name: str) -> bool:
    """Whether the attribute is a cached property, which is computed again if it is missing."""
    return isinstance(getattr(type(client), name, None), cached_property)


def _of(client: Any, value: Any) -> Any:
    """An attribute of another client, for this one: the first SDKs make all resources with their client."""
    return type(value)(client) if isinstance(value, SyncAPIResource) else value
