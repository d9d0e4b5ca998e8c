"""Upstream's failures as errors of the old API: a run's ``last_error``, or an error for the caller."""

from typing import Final

from shim.translate.caller_names import Names
from shim.wire.types import Json

#: Upstream's error code: the run's ``last_error.code``.  Everything else is a server error.
CODES: Final[dict[str, str]] = {
    "rate_limit_exceeded": "rate_limit_exceeded",
    "insufficient_quota": "rate_limit_exceeded",
    "invalid_prompt": "invalid_prompt",
}
#: HTTP status of a refusal: the run's ``last_error.code``.
STATUSES: Final[dict[int, str]] = {429: "rate_limit_exceeded"}
NO_CALLER: Final = Names()
DEFAULT_MESSAGE: Final = "Sorry, something went wrong."


def last_error(code: str | None, message: str | None) -> Json:
    """A run's ``last_error``: one of three codes, and upstream's message, verbatim."""
    return {"code": CODES.get(code or "", "server_error"), "message": message or DEFAULT_MESSAGE}


def of_response(response: Json, earlier: Json | None, names: Names = NO_CALLER) -> Json:
    """The error of a failed response, or that of an earlier ``error`` event; ``names``: the caller's names."""
    error = response.get("error") or earlier or {}
    message, param = error.get("message"), error.get("param")
    if message and isinstance(message, str):
        message = names.message(message, param if isinstance(param, str) else None)
    return last_error(error.get("code"), message)


def of_event(event: Json) -> Json:
    """The error in an ``error`` event: nested on the real wire, flat in its documentation."""
    error = event.get("error")
    if isinstance(error, str):
        return {"message": error}
    return error if isinstance(error, dict) else event


def of_refusal(status: int | None, code: str | None, message: str) -> Json:
    """The error of a request that was refused or whose answer was lost; ``message`` already has the caller's names."""
    return last_error(STATUSES.get(status or 0) or code, message)


def of_step(error: Json | None) -> Json:
    """A step's ``last_error``, with only ``server_error`` and ``rate_limit_exceeded``."""
    error = error or last_error(None, None)
    return error if error["code"] == "rate_limit_exceeded" else error | {"code": "server_error"}
