"""Upstream's failures in the old API's words: which end a run as failed, and which the caller gets at once."""

from typing import Final

from shim.translate.caller_names import Names
from shim.wire.types import Json

#: Upstream's error code: the run's ``last_error.code``.  Everything else is a server error.
CODES: Final[dict[str, str]] = {
    "rate_limit_exceeded": "rate_limit_exceeded",
    "insufficient_quota": "rate_limit_exceeded",
    "invalid_prompt": "invalid_prompt",
}
#: HTTP status before the answer: the same.
STATUSES: Final[dict[int, str]] = {429: "rate_limit_exceeded"}
NOBODYS: Final = Names()
SORRY: Final = "Sorry, something went wrong."


def last_error(code: str | None, message: str | None) -> Json:
    """A run's ``last_error``: one of three codes, and upstream's message, verbatim."""
    return {"code": CODES.get(code or "", "server_error"), "message": message or SORRY}


def of_response(response: Json, earlier: Json | None, names: Names = NOBODYS) -> Json:
    """The error of a failed response, or the one that an ``error`` event told before; ``names``: the caller's."""
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
    """The error of a call that got no answer, or lost it; ``message`` with the caller's names in it."""
    return last_error(STATUSES.get(status or 0) or code, message)


def of_step(error: Json | None) -> Json:
    """A step's ``last_error``: it knows ``server_error`` and ``rate_limit_exceeded`` only."""
    error = error or last_error(None, None)
    return error if error["code"] == "rate_limit_exceeded" else error | {"code": "server_error"}
