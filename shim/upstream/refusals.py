"""Converts exceptions of the SDK and the HTTP library to a `Refusal` with upstream's own text."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import openai

from shim.ports import Refusal
from shim.upstream import answers, secrets
from shim.wire import sse
from shim.wire.types import Json

#: Errors of the HTTP library that a stream may raise; the door provides them, as only it knows the library.
Broken = tuple[type[Exception], ...]


@contextmanager
def refusals(broken: Broken, sent: Any = None) -> Iterator[None]:
    """``sent``: the request, for failures that have no reference to it."""

    def clean(raised: Exception) -> str:
        return str(raised) if sent is None else secrets.masked(str(raised), sent)

    try:
        yield
    except openai.APIStatusError as error:
        raise _of_status(error) from error
    except openai.APIConnectionError as error:
        cause = error.__cause__
        raised = f"{error.message} {cause or ''}".strip()
        raise Refusal(None, secrets.masked(raised, error.request)) from error
    except broken as error:
        raise Refusal(None, f"The connection to the model was lost: {clean(error)}") from error
    except answers.NoResponse as error:
        raise Refusal(None, clean(error)) from error
    except (sse.TooLarge, json.JSONDecodeError, RecursionError) as error:
        raise Refusal(None, f"The model's answer could not be read: {clean(error)}") from error


def _of_status(error: openai.APIStatusError) -> Refusal:
    # The SDK has unwrapped `error`.
    body: Json = error.body if isinstance(error.body, dict) else {"message": error.body}
    headers = {
        name.lower(): value
        for name, value in error.response.headers.items()
        if name.lower() in ("retry-after", "x-request-id")
    }
    body = secrets.without(body, error.request)
    # If the body has no message, the SDK uses the whole body as the message.
    return of_error(error.status_code, body, secrets.masked(error.message, error.request), headers)


def of_error(status: int | None, body: Json, otherwise: str = "", headers: Mapping[str, str] = {}) -> Refusal:
    """A `Refusal` from an error's body, with the message ``otherwise`` if it has none.  Some servers nest the error
    twice, or send a plain text, or use another key.
    """
    inner = body.get("error")
    body = inner if isinstance(inner, dict) else body
    message = next((body[key] for key in ("message", "error", "detail") if body.get(key)), otherwise)
    return Refusal(status, str(message), _text(body, "type"), _text(body, "param"), _text(body, "code"), headers)


def _text(body: Json, key: str) -> str | None:
    """A field of an error, if it is text: some servers repeat the status as a number there."""
    value = body.get(key)
    return value if isinstance(value, str) else None
