"""``shim.install()``: clients that other code builds from `openai` are ours from then on."""

from collections.abc import Callable
from functools import cached_property, wraps
from typing import Any, Final

import openai

from shim.assembly.wiring import wire, wire_async, with_key
from shim.sdk.warnings import hush, quiet

#: The SDK's base classes; every other client, Azure's and other people's own, is built through one of them.
BASES: Final[dict[Any, Callable[[Any], None]]] = {openai.OpenAI: wire, openai.AsyncOpenAI: wire_async}
_originals: Final[dict[Any, tuple[Any, Any]]] = {}


def install() -> None:
    """From now on every client that is built from `openai`'s classes has the old API alive.

    Clients that were built before stay as they are.  Doing it twice is doing it once.
    """
    for base, connect in BASES.items():
        if base not in _originals:
            _originals[base] = base.__init__, vars(base).get("beta")
            base.__init__ = _wired(base.__init__, connect)
            if loud := vars(base).get("beta"):
                base.beta = _quiet_beta(loud)


def uninstall() -> None:
    """Undo `install`.  Clients that were built meanwhile keep working."""
    while _originals:
        base, (init, beta) = _originals.popitem()
        base.__init__ = init
        if beta is not None:
            base.beta = beta


def _wired(init: Any, connect: Callable[[Any], None]) -> Any:
    @wraps(init)
    def build(self: Any, *args: Any, **given: Any) -> None:
        init(self, *args, **with_key(given))
        connect(self)
        hush(self)

    return build


def _quiet_beta(loud: Any) -> Any:
    made = cached_property(lambda client: quiet(loud.func(client)))
    made.__set_name__(openai.OpenAI, "beta")
    return made
