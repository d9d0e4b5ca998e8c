"""Whether upstream continues from the previous response."""

from typing import Any

import pytest

from shim.engine.run import echo
from shim.ports import Profile

Json = dict[str, Any]
TRUSTED, UNKNOWN = Profile("a"), Profile("b", trusted=False)
GONE = {"code": "previous_response_not_found", "message": "Previous response with id 'resp_0' not found."}


def opened(**more: Any) -> Json:
    return {"type": "response.created", "response": {"id": "resp_1", "status": "in_progress", **more}}


def failed(error: Json | None) -> Json:
    return {"type": "response.failed", "response": {"id": "resp_1", "status": "failed", "error": error}}


LOST = {"type": "error", "error": GONE}
WORD = {"type": "response.output_text.delta", "delta": "Hi"}
OTHER = {"type": "error", "error": {"code": "server_error", "message": "Oops."}}


@pytest.mark.parametrize(
    "events, trusted, unknown",
    [
        ([], None, None),
        ([{"type": "keepalive"}], None, None),
        ([opened(previous_response_id="resp_0")], "continued", "continued"),
        ([opened(previous_response_id="resp_9")], "ignored", "ignored"),
        ([opened(previous_response_id=None)], "ignored", "ignored"),
        ([opened()], "continued", "ignored"),
        ([LOST], "lost", "lost"),
        ([failed(GONE)], "lost", "lost"),
        ([opened(previous_response_id="resp_0"), LOST], "lost", "lost"),
        ([opened(previous_response_id="resp_0"), failed(GONE)], "lost", "lost"),
        ([OTHER], None, None),
        ([OTHER, opened(previous_response_id="resp_0")], "continued", "continued"),
        ([WORD], None, "ignored"),
        ([WORD, opened(previous_response_id="resp_0")], "continued", "ignored"),
        ([failed(None)], None, None),
    ],
)
def test_the_first_event_about_the_chain_decides(events: list[Json], trusted: str | None, unknown: str | None) -> None:
    assert echo.verdict(events, "resp_0", TRUSTED, False) == trusted
    assert echo.verdict(iter(events), "resp_0", UNKNOWN, False) == unknown


@pytest.mark.parametrize(
    "events, found", [([opened()], None), ([WORD], None), ([LOST], "lost"), ([WORD, LOST], "lost")]
)
def test_after_a_correct_echo_only_a_lost_chain_counts(events: list[Json], found: str | None) -> None:
    assert echo.verdict(events, "resp_0", UNKNOWN, True) == found


@pytest.mark.parametrize(
    "response, found",
    [
        ({"status": "completed", "previous_response_id": "resp_0"}, "continued"),
        ({"status": "failed", "previous_response_id": "resp_0", "error": GONE}, "lost"),
        ({"status": "failed", "previous_response_id": "resp_0", "error": {"message": "Oops."}}, "continued"),
        ({"status": "failed", "previous_response_id": "resp_0", "error": None}, "continued"),
        ({"previous_response_id": None}, "ignored"),
    ],
)
def test_a_response_object_gives_the_same_verdict(response: Json, found: str) -> None:
    assert echo.of_response(response, "resp_0", TRUSTED) == found


def test_a_response_that_failed_because_the_previous_one_is_missing() -> None:
    assert echo.is_lost({"status": "failed", "previous_response_id": "resp_0", "error": GONE})
    assert not echo.is_lost({"status": "failed", "previous_response_id": "resp_0", "error": {"message": "Oops."}})
    assert not echo.is_lost({"status": "completed", "error": None})


@pytest.mark.parametrize(
    "response, requested, chains, stored",
    [
        ({"store": True}, True, True, True),
        ({}, True, True, True),
        ({"store": None}, True, True, True),
        ({"store": False}, True, True, False),
        ({"store": True}, False, True, False),
        ({"store": True}, True, False, False),
    ],
)
def test_a_response_is_stored_if_requested_and_not_denied(
    response: Json, requested: bool, chains: bool, stored: bool
) -> None:
    assert echo.may_chain(response, requested, Profile("a", stores=chains)) is stored


def test_the_first_response_among_events() -> None:
    assert echo.response_in([WORD, opened(n=1), opened(n=2)]) == opened(n=1)["response"]
    assert echo.response_in([WORD]) is None
    assert echo.response_in([]) is None
