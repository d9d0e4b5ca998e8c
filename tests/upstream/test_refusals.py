"""Exceptions of the SDK and of the HTTP library as refusals: with the server's own message, without any key."""

import json
from typing import Any

import openai
import pytest

from shim.http.guard import http
from shim.ports import Refusal
from shim.upstream.answers import NoResponse
from shim.upstream.refusals import of_error, refusals
from shim.wire import sse

KEY = "sk-of-the-upstream-1234567890"
BROKEN = (http.TransportError,)
REQUEST = http.Request("POST", "http://model/v1/responses", headers={"authorization": f"Bearer {KEY}"})

#: The body of an error; message, type, param and code of the refusal.
BODIES: list[tuple[Any, tuple[str, str | None, str | None, str | None]]] = [
    ({"message": "No.", "type": "t", "param": "p", "code": "c"}, ("No.", "t", "p", "c")),
    ({"message": "No.", "code": 422, "param": None}, ("No.", None, None, None)),
    ({"error": {"message": "No.", "code": "c"}}, ("No.", None, None, "c")),
    ({"error": "No.", "code": "c"}, ("No.", None, None, "c")),
    ({"detail": "No."}, ("No.", None, None, None)),
    ({"message": "", "detail": ["No."]}, ("['No.']", None, None, None)),
    ({}, ("otherwise", None, None, None)),
]


@pytest.mark.parametrize("body, expected", BODIES)
def test_an_error_is_read_in_every_format(body: Any, expected: Any) -> None:
    found = of_error(422, body, "otherwise", {"retry-after": "1"})
    assert (found.message, found.type, found.param, found.code) == expected
    assert (found.status, found.headers) == (422, {"retry-after": "1"})


def _refused(problem: Exception, sent: Any = None) -> Refusal:
    def fail() -> None:
        with refusals(BROKEN, sent):
            raise problem

    with pytest.raises(Refusal) as refused:
        fail()
    assert refused.value.__cause__ is problem
    return refused.value


def test_a_refusal_has_the_fields_that_a_caller_may_need() -> None:
    headers = {"Retry-After": "3", "X-Request-Id": "req_1", "Set-Cookie": "secret"}
    response = http.Response(429, headers=headers, request=REQUEST)
    body = {"message": f"Too many by {KEY}.", "code": "rate_limit_exceeded", "type": "requests"}
    found = _refused(openai.RateLimitError("Too many.", response=response, body=body))
    assert (found.status, found.message, found.code) == (429, "Too many by ***.", "rate_limit_exceeded")
    assert {name.lower(): value for name, value in found.headers.items()} == {
        "retry-after": "3",
        "x-request-id": "req_1",
    }


def test_an_answer_whose_error_is_not_an_object() -> None:
    response = http.Response(502, request=REQUEST)
    found = _refused(openai.InternalServerError(f"Bad gateway {KEY}", response=response, body=None))
    assert (found.status, found.message) == (502, "Bad gateway ***")


def test_a_failed_connection_is_a_refusal_without_a_status() -> None:
    problem = openai.APIConnectionError(request=REQUEST)
    problem.__cause__ = OSError(f"cannot send {KEY}")
    assert KEY in str(problem.__cause__)
    with pytest.raises(Refusal) as refused, refusals(BROKEN):
        raise problem
    assert (refused.value.status, refused.value.message) == (None, "Connection error. cannot send ***")


#: An exception while an answer is read, and a part of the refusal's message.
READ: list[tuple[Exception, str]] = [
    (http.ReadError(f"reset by {KEY}"), "The connection to the model was lost: reset by ***"),
    (NoResponse(f"a page by {KEY}"), "The upstream server answered with status 200, but sent a page by *** instead"),
    (sse.TooLarge("an event is too large"), "The model's answer could not be read: an event is too large"),
    (json.JSONDecodeError("Expecting value", "x", 0), "The model's answer could not be read: Expecting value"),
    (RecursionError("too deep"), "The model's answer could not be read: too deep"),
]


@pytest.mark.parametrize("problem, message", READ, ids=lambda problem: type(problem).__name__)
def test_an_exception_while_reading_has_no_status(problem: Exception, message: str) -> None:
    found = _refused(problem, REQUEST)
    assert found.status is None
    assert found.message.startswith(message)


def test_an_internal_error_is_not_a_refusal() -> None:
    with pytest.raises(KeyError), refusals(BROKEN, REQUEST):
        raise KeyError("ours")
