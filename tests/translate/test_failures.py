"""Upstream's failures as errors of the old API."""

from typing import get_args

import pytest
from openai.types.beta.threads.run import LastError
from openai.types.beta.threads.runs.run_step import LastError as StepError

from shim.translate import failures

RUN_CODES = set(get_args(LastError.model_fields["code"].annotation))
STEP_CODES = set(get_args(StepError.model_fields["code"].annotation))
#: HTTP status, code, the run's code, the step's code.
ROWS = [
    (429, None, "rate_limit_exceeded", "rate_limit_exceeded"),
    (429, "insufficient_quota", "rate_limit_exceeded", "rate_limit_exceeded"),
    (None, "insufficient_quota", "rate_limit_exceeded", "rate_limit_exceeded"),
    (400, "invalid_prompt", "invalid_prompt", "server_error"),
    (400, "context_length_exceeded", "server_error", "server_error"),
    (500, None, "server_error", "server_error"),
    (None, None, "server_error", "server_error"),
]


@pytest.mark.parametrize("status, code, of_run, of_step", ROWS)
def test_the_error_of_a_refused_request(status, code, of_run, of_step) -> None:
    error = failures.of_refusal(status, code, "Upstream's words.")
    assert error == {"code": of_run, "message": "Upstream's words."}
    assert failures.of_step(error) == {"code": of_step, "message": "Upstream's words."}


def test_the_codes_are_those_of_the_sdk() -> None:
    assert {of_run for _, _, of_run, _ in ROWS} == RUN_CODES
    assert {of_step for _, _, _, of_step in ROWS} == STEP_CODES
    assert set(failures.CODES.values()) | set(failures.STATUSES.values()) <= RUN_CODES


def test_an_error_without_a_message_gets_the_recorded_message() -> None:
    assert failures.of_step(None) == {"code": "server_error", "message": "Sorry, something went wrong."}
    assert failures.last_error("rate_limit_exceeded", "")["message"] == "Sorry, something went wrong."


#: The response's own error, the error of an earlier event, the run's message.
MESSAGES = [
    ({"message": "A."}, {"message": "B."}, "A."),
    (None, {"message": "B."}, "B."),
    (None, None, "Sorry, something went wrong."),
]


@pytest.mark.parametrize("expected, emitted, message", MESSAGES)
def test_a_failed_response(expected, emitted, message) -> None:
    assert failures.of_response({"error": expected}, emitted)["message"] == message


#: The event, and its error.
EVENTS = [
    ({"type": "error", "error": {"message": "A."}}, "A."),
    ({"type": "error", "message": "B.", "error": None}, "B."),
    ({"type": "error", "message": "C."}, "C."),
    ({"type": "error", "error": "D."}, "D."),
]


@pytest.mark.parametrize("event, message", EVENTS)
def test_an_error_event(event, message) -> None:
    assert failures.of_event(event)["message"] == message
