"""The rule that decides whether a server's chains can be trusted."""

from typing import Any

import pytest

from shim.ports import Profile, Refusal
from shim.upstream import chaining
from shim.upstream.profiles import OTHER, PROFILES

UNKNOWN = "resp_never"
GONE = Refusal(400, f"Previous response with id '{UNKNOWN}' not found.", code="previous_response_not_found")
#: A server's answer to a request that continues from a response that does not exist, and the conclusion.
ANSWERS: list[tuple[Any, str]] = [
    (GONE, "refused"),
    (Refusal(404, f"No {UNKNOWN} here."), "refused"),
    (Refusal(400, "Sumimasen."), "unclear"),
    (Refusal(503, "Busy."), "unclear"),
    (Refusal(400, "llama.cpp does not support 'previous_response_id'"), "unclear"),
    ({"status": "completed", "previous_response_id": None}, "left out"),
    ({"status": "completed", "previous_response_id": "resp_other"}, "left out"),
    ({"status": "completed", "previous_response_id": UNKNOWN}, "believed"),
    ({"status": "completed"}, "believed"),
    ({"status": "failed", "previous_response_id": UNKNOWN}, "unclear"),
]


@pytest.mark.parametrize("answer, shows", ANSWERS, ids=str)
def test_the_conclusion_from_an_answer(answer: Any, shows: str) -> None:
    assert chaining.of_unknown(answer, UNKNOWN) == shows


#: The observation: whether the server chains, and whether it is trusted without repeating the id.
SHOWN: list[tuple[bool, chaining.Unknown, tuple[bool, bool]]] = [
    (True, "refused", (True, True)),
    (True, "left out", (True, False)),
    (True, "believed", (False, False)),
    (True, "unclear", (False, False)),
    (False, "refused", (False, False)),
]


@pytest.mark.parametrize("has_it, unknown, able", SHOWN)
def test_the_findings_about_a_server(has_it: bool, unknown: chaining.Unknown, able: tuple[bool, bool]) -> None:
    found = chaining.learned(PROFILES[OTHER], has_it, unknown)
    assert (found.stores, found.trusted) == able
    # For a known kind of server the profile decides.
    for known in (PROFILES["openai"], PROFILES["vllm"], Profile("x", stores=False, trusted=False)):
        assert chaining.learned(known, has_it, unknown) == known
