"""The clients: the SDK's own, with ``beta.assistants`` and ``beta.threads`` alive."""

from functools import cached_property
from typing import Any

import openai

from shim.assembly.wiring import wire, wire_async, with_key
from shim.sdk.warnings import hush, quiet


class OpenAI(openai.OpenAI):
    """`openai.OpenAI`, with ``beta.assistants`` and ``beta.threads`` alive.  Takes the same arguments."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**with_key(given))
        wire(self)
        hush(self)

    @cached_property
    def beta(self) -> Any:
        return quiet(super().beta)


class AsyncOpenAI(openai.AsyncOpenAI):
    """`openai.AsyncOpenAI`, with ``beta.assistants`` and ``beta.threads`` alive.  Takes the same arguments."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**with_key(given))
        wire_async(self)
        hush(self)

    @cached_property
    def beta(self) -> Any:
        return quiet(super().beta)


class AzureOpenAI(openai.AzureOpenAI):
    """`openai.AzureOpenAI`, with ``beta.assistants`` and ``beta.threads`` alive.  Takes the same arguments."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**with_key(given))
        wire(self)
        hush(self)

    @cached_property
    def beta(self) -> Any:
        return quiet(super().beta)


class AsyncAzureOpenAI(openai.AsyncAzureOpenAI):
    """`openai.AsyncAzureOpenAI`, with ``beta.assistants`` and ``beta.threads`` alive.  Takes the same arguments."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**with_key(given))
        wire_async(self)
        hush(self)

    @cached_property
    def beta(self) -> Any:
        return quiet(super().beta)


Client = OpenAI
AsyncClient = AsyncOpenAI
