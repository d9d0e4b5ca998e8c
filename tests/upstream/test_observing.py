"""Finished responses are passed to the registered observer, and to no other."""

from typing import Any

import pytest

from shim.upstream.observing import observed, shown, shown_response

DONE = {"id": "resp_1", "status": "completed"}
EVENTS: list[dict[str, Any]] = [
    {"type": "response.created", "response": {"id": "resp_1", "status": "in_progress"}},
    {"type": "response.output_text.delta", "delta": "x"},
    {"type": "response.completed", "response": DONE},
]


def test_a_finished_response_is_observed_once_and_the_events_are_unchanged() -> None:
    seen: list[Any] = []
    with observed(seen.append):
        assert shown(EVENTS) is EVENTS
    assert seen == [DONE]


@pytest.mark.parametrize("status", ["completed", "incomplete", "failed", "cancelled"])
def test_every_kind_of_end_is_observed(status: str) -> None:
    seen: list[Any] = []
    with observed(seen.append):
        shown_response({"status": status})
        shown_response({"status": "queued"})
        shown_response({})
    assert seen == [{"status": status}]


def test_nothing_is_observed_afterwards() -> None:
    seen: list[Any] = []
    with observed(seen.append):
        pass
    shown(EVENTS)
    assert shown_response(DONE) is DONE
    assert seen == []
