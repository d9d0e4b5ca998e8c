"""``shim.install()``: clients that other code builds from `openai` use the shim from then on."""

from typing import Any, Final

import openai

from shim.sdk import children
from shim.sdk.clients import able_responses, beta_without_warnings, connected
from shim.sdk.operator import WithAsyncShim, WithShim

#: The SDK's base classes; every other client, Azure's and those of other packages, is built through one of them.
BASES: Final[dict[Any, Any]] = {openai.OpenAI: WithShim, openai.AsyncOpenAI: WithAsyncShim}
_originals: Final[dict[Any, tuple[Any, Any, Any]]] = {}


def install() -> None:
    """Let the shim answer the old API's calls of every client that is built from `openai`'s classes from now on, in
    this process and in the Python processes that it starts.

    Clients that were built before are not changed.  A second call has no effect.
    """
    for base, own_class in BASES.items():
        if base not in _originals:
            _originals[base] = base.__init__, vars(base).get("beta"), vars(base).get("responses")
            base.__init__ = connected(base.__init__)
            if deprecated := vars(base).get("beta"):
                base.beta = beta_without_warnings(deprecated)
            if plain := vars(base).get("responses"):
                base.responses = able_responses(plain)
            base.shim = vars(own_class)["shim"]
    children.enable()


def uninstall() -> None:
    """Undo `install`.  Clients that were built meanwhile keep working."""
    children.disable()
    while _originals:
        base, (init, beta, responses) = _originals.popitem()
        base.__init__ = init
        del base.shim
        if responses is not None:
            base.responses = responses
        if beta is not None:
            base.beta = beta
