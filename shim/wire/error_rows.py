"""The rows of the error table that only the server uses, and the type of a row."""

from dataclasses import dataclass
from typing import Final, Literal

INVALID_REQUEST: Final = "invalid_request_error"
SERVER_ERROR: Final = "server_error"


@dataclass(frozen=True, slots=True)
class Row:
    """One error: ``message`` and ``param`` are templates for `str.format`."""

    known: Literal["recorded", "reported", "choice"]
    status: int
    message: str
    param: str | None = None
    code: str | None = None
    type: str = INVALID_REQUEST


#: Refused callers, addresses, sizes and rates; and failures of the upstream.
SERVERS: Final[dict[str, Row]] = {
    "no_upstream_object": Row("choice", 404, "No object found with id '{id}'."),
    "not_passed_on": Row(
        "choice",
        404,
        "Invalid URL ({method} /{path}): this server does not pass it on.",
        code="not_passed_on",
    ),
    "key_unchecked": Row(
        "choice",
        503,
        "Your API key could not be checked: the upstream server answered with status {status}.",
        type=SERVER_ERROR,
    ),
    "server_key_refused": Row(
        "choice",
        500,
        "The upstream server has refused the key of this server. Its log has the details.",
        type=SERVER_ERROR,
    ),
    "head_too_large": Row("choice", 431, "The request's headers are too large: at most {limit} bytes are accepted."),
    "host_not_allowed": Row(
        "choice",
        403,
        "This server does not answer requests for '{address}'. SHIM_ALLOWED_HOSTS and SHIM_ALLOWED_ORIGINS list what "
        "it answers.",
        code="host_not_allowed",
    ),
    "too_many_requests": Row(
        "choice",
        429,
        "Rate limit reached on requests per min (RPM): Limit {limit}. Please try again in {seconds}s.",
        code="rate_limit_exceeded",
        type="requests",
    ),
    "too_many_at_once": Row(
        "choice",
        429,
        "Rate limit reached on {what} at one time: Limit {limit}. Please try again in {seconds}s.",
        code="rate_limit_exceeded",
        type="requests",
    ),
    "too_many_failures": Row(
        "choice",
        429,
        "Rate limit reached on requests without the right key per min: Limit {limit}. Please try again in {seconds}s.",
        code="rate_limit_exceeded",
        type="requests",
    ),
    "overloaded": Row(
        "reported",
        503,
        "The server is currently overloaded with other requests. Sorry about that! Please try again later.",
        type=SERVER_ERROR,
    ),
    "window_is_local": Row(
        "choice",
        403,
        "This server does not distinguish callers (`--auth`), so the pages at /ui are shown on this machine alone, "
        "and this request came through '{address}'.",
        code="not_loopback",
    ),
    "not_loopback": Row(
        "choice",
        403,
        "This server answers on a loopback address alone, and this request came through '{address}'. `assistants-shim "
        "serve --allow-remote` accepts such requests.",
        code="not_loopback",
    ),
    "upstream_unreachable": Row(
        "choice", 502, "The upstream server could not be reached: {problem}", type=SERVER_ERROR
    ),
    "upstream_down": Row(
        "choice",
        503,
        "The upstream server has not answered since {since}. Requests to it are suspended: try again in {seconds}s.",
        type=SERVER_ERROR,
    ),
    "invalid_header": Row(
        "choice",
        400,
        "The value of the header '{header}' cannot be passed on: it may contain ASCII characters only.",
        code="invalid_header",
    ),
    "ambiguous_length": Row(
        "choice", 400, "A request has either a Content-Length or a Transfer-Encoding, not both.", code="invalid_header"
    ),
    "request_timeout": Row("choice", 408, "The request did not arrive within {seconds} seconds."),
    "too_large": Row("choice", 413, "The request body is too large: at most {limit} bytes are accepted."),
    # The answer to a path outside of the API.
    "unknown_url": Row(
        "reported",
        404,
        "Unknown request URL: {method} {path}. Please check the URL for typos, or see the docs at "
        "https://platform.openai.com/docs/api-reference/.",
        code="unknown_url",
    ),
    "reader_too_slow": Row(
        "choice",
        503,
        "This stream has ended, because more than {limit} bytes waited in it and nothing was read for {seconds} "
        "seconds. The run goes on: retrieve it to see how it ends.",
        type=SERVER_ERROR,
    ),
    "shutting_down": Row(
        "choice",
        503,
        "This stream has ended, because the server is shutting down. Retrieve the run to see how it ends.",
        type=SERVER_ERROR,
    ),
}
