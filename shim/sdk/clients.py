"""The clients: the SDK's own, with ``beta.assistants`` and ``beta.threads`` answered by the shim."""

from collections.abc import Callable
from functools import cached_property, wraps
from typing import Any, TypeVar

import openai

from shim.sdk.operator import WithAsyncShim, WithShim
from shim.sdk.warnings import hush, quiet

T = TypeVar("T")


def connected(init: Callable[..., None]) -> Callable[..., None]:
    """A client's ``__init__`` that connects the client to the shim after it was built."""

    @wraps(init)
    def build(self: Any, *args: Any, **given: Any) -> None:
        # Loaded with the first client: a program that only imports the package does not pay for the whole engine.
        from shim.assembly import wiring

        init(self, *args, **wiring.with_key(given))
        connect = wiring.wire_async if isinstance(self, openai.AsyncOpenAI) else wiring.wire
        connect(self)
        hush(self)

    return build


def quiet_beta(loud: Any) -> Any:
    """The cached property ``beta`` of a client's class, of which nothing warns."""
    made = cached_property(lambda client: quiet(loud.func(client)))
    made.__set_name__(openai.OpenAI, "beta")
    return made


def _connected_client(kind: type[T]) -> type[T]:
    """The class with its run-time behaviour changed, and its types as they are in the SDK."""
    made: Any = kind
    made.__init__ = connected(made.__init__)
    # The first SDKs make it with the client.
    if loud := getattr(kind, "beta", None):
        made.beta = quiet_beta(loud)
    return kind


@_connected_client
class OpenAI(WithShim, openai.OpenAI):
    """`openai.OpenAI`, with ``beta.assistants`` and ``beta.threads`` answered by the shim.  Takes the same
    arguments.
    """


@_connected_client
class AsyncOpenAI(WithAsyncShim, openai.AsyncOpenAI):
    """`openai.AsyncOpenAI`, with ``beta.assistants`` and ``beta.threads`` answered by the shim.  Takes the same
    arguments.
    """


@_connected_client
class AzureOpenAI(WithShim, openai.AzureOpenAI):
    """`openai.AzureOpenAI`, with ``beta.assistants`` and ``beta.threads`` answered by the shim.  Takes the same
    arguments.
    """


@_connected_client
class AsyncAzureOpenAI(WithAsyncShim, openai.AsyncAzureOpenAI):
    """`openai.AsyncAzureOpenAI`, with ``beta.assistants`` and ``beta.threads`` answered by the shim.  Takes the same
    arguments.
    """


Client = OpenAI
AsyncClient = AsyncOpenAI
