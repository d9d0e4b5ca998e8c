"""The Assistants API, implemented on the Responses API.

``from shim import OpenAI`` instead of ``from openai import OpenAI``, and the program works again.  Every other name is
`openai`'s own: ``import shim as openai`` works, too.
"""

from typing import TYPE_CHECKING, Any

import openai as _openai

from shim.sdk import legacy as _legacy
from shim.sdk import module as _module
from shim.sdk import submodules as _submodules
from shim.sdk.clients import AsyncAzureOpenAI, AsyncClient, AsyncOpenAI, AzureOpenAI, Client, OpenAI
from shim.sdk.install import install, uninstall
from shim.sdk.session import ShimSession

__version__ = "0.2.0"
__all__ = [
    "AsyncAzureOpenAI",
    "AsyncClient",
    "AsyncOpenAI",
    "AzureOpenAI",
    "Client",
    "OpenAI",
    "ShimSession",
    "beta",
    "install",
    "uninstall",
]

if TYPE_CHECKING:
    from shim.sdk.names import *  # noqa: F403 - the names of the SDK
    from shim.sdk.names import beta
else:
    _legacy.bring()
    __all__ += [name for name in _openai.__all__ if name not in __all__]
    globals().update(_module.resources())
    _module.take_over(__name__)
    _submodules.make_importable()

    def __getattr__(name: str) -> Any:
        return getattr(_openai, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *dir(_openai)})
