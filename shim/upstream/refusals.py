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

    def clean(said: Exception) -> str:
        return str(said) if sent is None else secrets.masked(str(said), sent)

    try:
        yield
    except openai.APIStatusError as error:
        raise _of_status(error) from error
    except openai.APIConnectionError as error:
        cause = error.__cause__
        said = f"{error.message} {cause or ''}".strip()
        raise Refusal(None, secrets.masked(said, error.request)) from error
    except broken as error:
        raise Refusal(None, f"The connection to the model was lost: {clean(error)}") from error
    except answers.NoResponse as error:
        raise Refusal(None, clean(error)) from error
    except (sse.TooLarge, json.JSONDecodeError, RecursionError) as error:
        raise Refusal(None, f"The model's answer could not be read: {clean(error)}") from error


def _of_status(error: openai.APIStatusError) -> Refusal:
    # The SDK has unwrapped `error`.
    told: Json = error.body if isinstance(error.body, dict) else {"message": error.body}
    kept = {
        name: value for name, value in error.response.headers.items() if name.lower() in ("retry-after", "x-request-id")
    }
    told = secrets.without(told, error.request)
    # Where the body has no message the SDK makes one of all of it.
    return of_error(error.status_code, told, secrets.masked(error.message, error.request), kept)


def of_error(status: int | None, told: Json, otherwise: str = "", headers: Mapping[str, str] = {}) -> Refusal:
    """What an error's body says, or else ``otherwise``: some servers nest it twice, or answer a bare text there, or
    under another key.
    """
    inner = told.get("error")
    told = inner if isinstance(inner, dict) else told
    message = next((told[key] for key in ("message", "error", "detail") if told.get(key)), otherwise)
    return Refusal(status, str(message), _word(told, "type"), _word(told, "param"), _word(told, "code"), headers)


def _word(told: Json, key: str) -> str | None:
    """A field of an error where it is text: some servers repeat the status as a number."""
    found = told.get(key)
    return found if isinstance(found, str) else None
