"""From what the SDK and the HTTP library raise to a `Refusal`, in upstream's own words."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import openai

from shim.ports import Refusal
from shim.upstream import answers, secrets
from shim.wire import sse
from shim.wire.types import Json

#: Errors of the HTTP library that a stream may raise; they are named by the door, the only place that knows the
#: library.
Broken = tuple[type[Exception], ...]


@contextmanager
def refusals(broken: Broken, sent: Any = None) -> Iterator[None]:
    """``sent``: the request, where a failure does not tell of it."""

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
        name: value for name, value in error.response.headers.items() if name.lower() in ("retry-after", "x-request-id")
    }
    body = secrets.without(body, error.request)
    # Where the body has no message the SDK makes one of all of it.
    return of_error(error.status_code, body, secrets.masked(error.message, error.request), headers)


def of_error(status: int | None, body: Json, otherwise: str = "", headers: Mapping[str, str] = {}) -> Refusal:
    """What an error's body says, or else ``otherwise``: some servers nest it twice, or answer a bare text there, or
    under another key.
    """
    inner = body.get("error")
    body = inner if isinstance(inner, dict) else body
    message = next((body[key] for key in ("message", "error", "detail") if body.get(key)), otherwise)
    return Refusal(status, str(message), _word(body, "type"), _word(body, "param"), _word(body, "code"), headers)


def _word(body: Json, key: str) -> str | None:
    """A field of an error where it is text: some servers repeat the status as a number."""
    found = body.get(key)
    return found if isinstance(found, str) else None
