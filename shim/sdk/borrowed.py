"""The names of the installed SDK's private modules that the copies in `shim/sdk/vendored` use.

If a later SDK moves one of these names, only this file must change.
"""

import inspect
from typing import Any, Final
from urllib.parse import quote

import openai._base_client as base
from openai import APIConnectionError, AsyncStream, BaseModel, Stream, _legacy_response
from openai._base_client import AsyncPaginator
from openai._compat import cached_property, model_dump
from openai._models import construct_type
from openai._resource import AsyncAPIResource, SyncAPIResource
from openai._response import async_to_streamed_response_wrapper, to_streamed_response_wrapper
from openai._types import (
    NOT_GIVEN,
    Body,
    Headers,
    NotGiven,
    Omit,
    Query,
    SequenceNotStr,
    not_given,
    omit,
)
from openai._utils import (
    PropertyInfo,
    async_maybe_transform,
    consume_async_iterator,
    consume_sync_iterator,
    is_dict,
    is_given,
    is_list,
    maybe_transform,
    required_args,
)

__all__ = [
    "NOT_GIVEN",
    "APIConnectionError",
    "AsyncAPIResource",
    "AsyncPaginator",
    "AsyncStream",
    "BaseModel",
    "Body",
    "Headers",
    "NotGiven",
    "Omit",
    "PropertyInfo",
    "Query",
    "SequenceNotStr",
    "Stream",
    "SyncAPIResource",
    "_legacy_response",
    "async_maybe_transform",
    "async_to_streamed_response_wrapper",
    "cached_property",
    "construct_type",
    "consume_async_iterator",
    "consume_sync_iterator",
    "is_dict",
    "is_given",
    "is_list",
    "make_request_options",
    "maybe_transform",
    "model_dump",
    "not_given",
    "omit",
    "path_template",
    "request_exceptions",
    "required_args",
    "timeout_exceptions",
    "to_streamed_response_wrapper",
]

#: The arguments of this SDK's request options; the copies may pass arguments that it does not have.
_OPTIONS: Final = frozenset(inspect.signature(base.make_request_options).parameters)


def make_request_options(**options: Any) -> Any:
    """The options of a request, as far as this SDK has them."""
    return base.make_request_options(**{name: value for name, value in options.items() if name in _OPTIONS})


def request_exceptions() -> tuple[type[Exception], ...]:
    """The HTTP library's exceptions for a failed request."""
    return _exceptions("request_exceptions", "RequestError")


def timeout_exceptions() -> tuple[type[Exception], ...]:
    """The HTTP library's exceptions for a timeout."""
    return _exceptions("timeout_exceptions", "TimeoutException")


def _exceptions(name: str, kind: str) -> tuple[type[Exception], ...]:
    # openai 1 supports only one HTTP library.
    try:
        from openai import _httpx2
    except ImportError:
        return (getattr(vars(base)["httpx"], kind),)
    exceptions: tuple[type[Exception], ...] = getattr(_httpx2, name)()
    return exceptions


# openai 1 does not have this one either.
try:
    from openai._utils import path_template
except ImportError:

    def path_template(template: str, /, **kwargs: Any) -> str:
        """A path with ids in it."""
        return template.format(**{name: quote(str(id), safe="") for name, id in kwargs.items()})
