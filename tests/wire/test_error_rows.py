"""The errors that only the server sends: their statuses, their codes, and the important parts of their messages."""

import pytest

from shim.wire.error_rows import SERVERS
from shim.wire.errors import error

INVALID, FAILED = "invalid_request_error", "server_error"
# row, values, status, a part of the message, type, code
BODIES = [
    ("no_upstream_object", {"id": "file-1"}, 404, "No object found with id 'file-1'.", INVALID, None),
    (
        "not_passed_on",
        {"method": "GET", "path": "evals"},
        404,
        "Invalid URL (GET /evals): this server does not pass it on.",
        INVALID,
        "not_passed_on",
    ),
    (
        "key_unchecked",
        {"status": 503},
        503,
        "Your API key could not be checked: the upstream server answered with status 503.",
        FAILED,
        None,
    ),
    ("server_key_refused", {}, 500, "The upstream server has refused the key of this server.", FAILED, None),
    (
        "head_too_large",
        {"limit": 9},
        431,
        "The request's headers are too large: at most 9 bytes are accepted.",
        INVALID,
        None,
    ),
    ("host_not_allowed", {"address": "x"}, 403, "does not answer requests for 'x'", INVALID, "host_not_allowed"),
    (
        "too_many_requests",
        {"limit": 9, "seconds": 7},
        429,
        "on requests per min (RPM): Limit 9. Please try again in 7s.",
        "requests",
        "rate_limit_exceeded",
    ),
    (
        "too_many_at_once",
        {"what": "runs", "limit": 9, "seconds": 1},
        429,
        "on runs at one time: Limit 9. Please try again in 1s.",
        "requests",
        "rate_limit_exceeded",
    ),
    (
        "too_many_failures",
        {"limit": 9, "seconds": 7},
        429,
        "on requests without the right key per min: Limit 9. Please try again in 7s.",
        "requests",
        "rate_limit_exceeded",
    ),
    ("overloaded", {}, 503, "The server is currently overloaded with other requests.", FAILED, None),
    ("window_is_local", {"address": "x.com"}, 403, "came through 'x.com'", INVALID, "not_loopback"),
    ("not_loopback", {"address": "x.com"}, 403, "this request came through 'x.com'", INVALID, "not_loopback"),
    ("upstream_unreachable", {"problem": "x"}, 502, "The upstream server could not be reached: x", FAILED, None),
    (
        "upstream_down",
        {"since": "2026-11-27T02:38:39Z", "seconds": 4},
        503,
        "has not answered since 2026-11-27T02:38:39Z. Requests to it are suspended: try again in 4s.",
        FAILED,
        None,
    ),
    (
        "invalid_header",
        {"header": "x-a"},
        400,
        "The value of the header 'x-a' cannot be passed on: it may contain ASCII characters only.",
        INVALID,
        "invalid_header",
    ),
    ("ambiguous_length", {}, 400, "either a Content-Length or a Transfer-Encoding", INVALID, "invalid_header"),
    ("request_timeout", {"seconds": "60"}, 408, "The request did not arrive within 60 seconds.", INVALID, None),
    ("too_large", {"limit": 9}, 413, "The request body is too large: at most 9 bytes are accepted.", INVALID, None),
    (
        "unknown_url",
        {"method": "GET", "path": "/x"},
        404,
        "Unknown request URL: GET /x. Please check the URL for typos, or see the docs at "
        "https://platform.openai.com/docs/api-reference/.",
        INVALID,
        "unknown_url",
    ),
    ("reader_too_slow", {"limit": 9, "seconds": "30"}, 503, "more than 9 bytes waited in it", FAILED, None),
    ("shutting_down", {}, 503, "because the server is shutting down", FAILED, None),
]


@pytest.mark.parametrize("name, values, status, message, kind, code", BODIES, ids=[row[0] for row in BODIES])
def test_the_body_of_an_error(
    name: str, values: dict[str, object], status: int, message: str, kind: str, code: str | None
) -> None:
    made = error(name, **values)
    body = made.body["error"]
    assert (made.status, body["type"], body["param"], body["code"]) == (status, kind, None, code)
    assert message in body["message"]


def test_every_row_is_tested() -> None:
    assert [row[0] for row in BODIES] == list(SERVERS)
