"""The failures that control words request."""

from typing import Final

from shim.sandbox.api import response
from shim.sandbox.shapes import events
from shim.sandbox.shapes.refuse import Refused
from shim.wire.types import Json

_LIMIT: Final = (
    "Rate limit reached for {model} in organization org-sandbox on tokens per min (TPM): Limit 30000, Used 30000, "
    "Requested 30. Please try again in 20ms. Visit https://platform.openai.com/account/rate-limits to learn more."
)
_QUOTA: Final = (
    "You exceeded your current quota, please check your plan and billing details. For more information on this error, "
    "read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors."
)
_SERVER: Final = (
    "The server had an error processing your request. Sorry about that! You can retry your request, or contact us "
    "through our help center at help.openai.com if you keep seeing this error."
)
_BUSY: Final = "The server is currently overloaded with other requests. Sorry about that! Please try again later."

#: word -> (type of the error event, code, message, status where no stream was asked for)
IN_STREAM: Final[dict[str, tuple[str, str, str, int]]] = {
    "fail-early": ("server_error", "server_error", _SERVER, 500),
    "fail-midway": ("server_error", "server_error", _SERVER, 500),
    "limit-early": ("tokens", "rate_limit_exceeded", _LIMIT, 429),
    "limit-midway": ("tokens", "rate_limit_exceeded", _LIMIT, 429),
    "quota-early": ("insufficient_quota", "insufficient_quota", _QUOTA, 429),
}
#: word -> (status, type, code, message)
BEFORE: Final[dict[str, tuple[int, str, str | None, str]]] = {
    "status-429": (429, "tokens", "rate_limit_exceeded", _LIMIT),
    "status-500": (500, "server_error", None, _SERVER),
    "status-503": (503, "server_error", None, _BUSY),
}
#: The `Retry-After` for clients, short for tests.
SOON: Final = {"retry-after": "1", "retry-after-ms": "10"}


def before(control_words: frozenset[str], model: str, first: bool) -> Refused | None:
    """The refusal that a word requests instead of a response; ``first``: there was no equal request before."""
    for control_word, (status, kind, code, message) in BEFORE.items():
        if control_word in control_words or (first and f"{control_word}-once" in control_words):
            return Refused(message.format(model=model), status=status, type=kind, code=code, headers=SOON)
    return None


def in_stream(sent: list[Json], opened: Json, control_words: frozenset[str]) -> tuple[list[Json], Json] | None:
    """The events up to a failure and the failed response, if a word requests one.  ``sent`` begins with the opening."""
    for control_word, (kind, code, message, _) in IN_STREAM.items():
        if control_word in control_words:
            text = message.format(model=opened["model"])
            start = len(events.opening(opened))
            before = sent[: events.middle(sent) if control_word.endswith("midway") else start]
            done = [each["item"] for each in before if each["type"] == "response.output_item.done"]
            final = response.failed(opened, code, text, done)
            return [*before, events.failure(kind, code, text), events.ending(final)], final
    return None


def plain(final: Json, control_words: frozenset[str]) -> Refused:
    """The same failure for a request without a stream."""
    control_word = next(each for each in IN_STREAM if each in control_words)
    kind, code, _, status = IN_STREAM[control_word]
    return Refused(final["error"]["message"], status=status, type=kind, code=code, headers=SOON)
