"""The clients: the SDK's own, with ``beta.assistants`` and ``beta.threads`` answered by the shim."""

from collections.abc import Callable
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any, TypeVar

import openai

from shim.sdk.operator import WithAsyncShim, WithShim
from shim.sdk.warnings import silence_client, without_warnings

if TYPE_CHECKING:
    from shim.sdk.submission import AsyncResponses, Responses

T = TypeVar("T")


def connected(init: Callable[..., None]) -> Callable[..., None]:
    """A client's ``__init__`` that connects the client to the shim after it was built."""

    @wraps(init)
    def build(self: Any, *args: Any, **options: Any) -> None:
        # Loaded with the first client, so that only importing the package does not load the whole engine.
        from shim.assembly import wiring

        init(self, *args, **wiring.with_key(options))
        connect = wiring.wire_async if isinstance(self, openai.AsyncOpenAI) else wiring.wire
        connect(self)
        silence_client(self)
        if "responses" in vars(self):
            # The first SDKs create it with the client, too.
            _able(vars(self)["responses"])

    return build


def beta_without_warnings(deprecated: Any) -> Any:
    """The cached property ``beta`` of a client's class, without deprecation warnings."""
    beta = cached_property(lambda client: without_warnings(deprecated.func(client)))
    beta.__set_name__(openai.OpenAI, "beta")
    return beta


def able_responses(plain: Any) -> Any:
    """The cached property ``responses`` of a client's class, with `submit_tool_outputs`."""

    responses = cached_property(lambda client: _able(plain.func(client)))
    responses.__set_name__(openai.OpenAI, "responses")
    return responses


def _able(resource: Any) -> Any:
    # Loaded with the resource, as in the SDK, as it takes a while.
    from shim.sdk.submission import with_submission

    return with_submission(resource)


def _connected_client(kind: type[T]) -> type[T]:
    """The class with its run-time behaviour changed, and its types as they are in the SDK."""
    patched: Any = kind
    patched.__init__ = connected(patched.__init__)
    # The first SDKs create it with the client.
    if deprecated := getattr(kind, "beta", None):
        patched.beta = beta_without_warnings(deprecated)
    if plain := getattr(kind, "responses", None):
        patched.responses = able_responses(plain)
    return kind


@_connected_client
class OpenAI(WithShim, openai.OpenAI):
    """`openai.OpenAI`, with ``beta.assistants`` and ``beta.threads`` answered by the shim.  Takes the same
    arguments.
    """

    if TYPE_CHECKING:

        @cached_property
        def responses(self) -> "Responses": ...


@_connected_client
class AsyncOpenAI(WithAsyncShim, openai.AsyncOpenAI):
    """`openai.AsyncOpenAI`, with ``beta.assistants`` and ``beta.threads`` answered by the shim.  Takes the same
    arguments.
    """

    if TYPE_CHECKING:

        @cached_property
        def responses(self) -> "AsyncResponses": ...


@_connected_client
class AzureOpenAI(WithShim, openai.AzureOpenAI):
    """`openai.AzureOpenAI`, with ``beta.assistants`` and ``beta.threads`` answered by the shim.  Takes the same
    arguments.
    """

    if TYPE_CHECKING:

        @cached_property
        def responses(self) -> "Responses": ...


@_connected_client
class AsyncAzureOpenAI(WithAsyncShim, openai.AsyncAzureOpenAI):
    """`openai.AsyncAzureOpenAI`, with ``beta.assistants`` and ``beta.threads`` answered by the shim.  Takes the same
    arguments.
    """

    if TYPE_CHECKING:

        @cached_property
        def responses(self) -> "AsyncResponses": ...


Client = OpenAI
AsyncClient = AsyncOpenAI
